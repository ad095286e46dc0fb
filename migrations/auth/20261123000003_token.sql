-- Clients, keys, sessions and their refresh tokens.
create table client (
    client_id     text        not null,
    kind          text        not null,
    label         text        not null,
    scopes        text[]      not null,
    secret_hash   bytea,
    username      text,
    password_hash bytea,
    version       bigint      not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    constraint client_pkey primary key (client_id),
    constraint client_label_key unique (label),
    constraint client_username_key unique (username),
    constraint client_kind_check check (kind in ('public', 'service', 'connection')),
    constraint client_secret_hash_check check ((kind = 'public') = (secret_hash is null)),
    constraint client_username_check check (
        (kind = 'connection') = (username is not null and password_hash is not null)
    ),
    constraint client_scopes_check check (kind = 'service' or not 'internal' = any (scopes))
);
comment on table client is 'OAuth clients: the public storefront, our own services, and connections of other systems.';
comment on column client.secret_hash is 'SHA-256: secrets are random with 128 bits or more, so guessing is hopeless and a slow hash buys nothing.';
comment on column client.username is 'Of connections: for the password grant of the PIM management API.';
comment on column client.password_hash is 'SHA-256 of a random password, as for secret_hash.';
comment on constraint client_scopes_check on client is 'Calls between services are for our own services alone.';
create index client_kind_idx on client (kind, client_id);
comment on index client_kind_idx is 'Pages of the list of connections.';

create sequence connection_number;
comment on sequence connection_number is 'First part of the client ids of connections.';

create table signing_key (
    key_id      text        not null,
    algorithm   text        not null,
    public_key  bytea       not null,
    private_key bytea       not null,
    created_at  timestamptz not null default now(),
    constraint signing_key_pkey primary key (key_id),
    constraint signing_key_algorithm_check check (algorithm in ('EdDSA'))
);
comment on table signing_key is 'Keys of access tokens. The newest signs, all are published.';
comment on column signing_key.private_key is 'PKCS #8, sealed under the master key.';

create table session (
    session_id     uuid        not null,
    client_id      text        not null,
    subject        text        not null,
    account_id     uuid,
    scopes         text[],
    user_agent     text,
    address        inet,
    created_at     timestamptz not null,
    last_used_at   timestamptz not null,
    expires_at     timestamptz not null,
    ends_at        timestamptz not null,
    revoked_at     timestamptz,
    revoked_reason text,
    constraint session_pkey primary key (session_id),
    constraint session_client_id_fkey foreign key (client_id)
        references client (client_id) on delete cascade,
    constraint session_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint session_ends_at_check check (expires_at <= ends_at),
    constraint session_revoked_reason_check check ((revoked_at is null) = (revoked_reason is null))
);
comment on table session is 'One sign-in and all refresh tokens that descend from it (their family).';
comment on column session.subject is 'The sub of its access tokens.';
comment on column session.scopes is 'What was asked for; null asks for all that the subject may.';
comment on column session.expires_at is 'Moves on with every use (idle lifetime), never past ends_at.';
comment on column session.ends_at is 'Absolute end.';
create index session_account_id_idx on session (account_id, session_id);
comment on index session_account_id_idx is 'The sessions of one account, newest first.';
create index session_known_address_idx on session (account_id, address);
comment on index session_known_address_idx is 'Whether an account has signed in from an address before.';
create index session_client_id_idx on session (client_id);
comment on index session_client_id_idx is 'Deleting a connection ends its sessions.';
create index session_expires_at_idx on session (expires_at);
comment on index session_expires_at_idx is 'Clearing away what expired.';

create table refresh_token (
    token_hash     bytea       not null,
    session_id     uuid        not null,
    created_at     timestamptz not null,
    rotated_at     timestamptz,
    successor_hash bytea,
    answer         bytea,
    constraint refresh_token_pkey primary key (token_hash),
    constraint refresh_token_session_id_fkey foreign key (session_id)
        references session (session_id) on delete cascade,
    constraint refresh_token_rotated_at_check check (
        (rotated_at is null) = (successor_hash is null)
    )
);
comment on table refresh_token is 'Opaque refresh tokens by the SHA-256 of their 256 random bits.';
comment on column refresh_token.rotated_at is 'When it was exchanged for its one successor.';
comment on column refresh_token.answer is 'The sealed answer of that exchange, for a retry within the grace time; cleared later.';
create index refresh_token_session_id_idx on refresh_token (session_id);
create index refresh_token_rotated_at_idx on refresh_token (rotated_at);
comment on index refresh_token_rotated_at_idx is 'Clearing away old tokens.';
create index refresh_token_answer_idx on refresh_token (rotated_at) where answer is not null;
comment on index refresh_token_answer_idx is 'Clearing answers after the grace time.';

create table throttle (
    key        bytea            not null,
    level      double precision not null,
    updated_at timestamptz      not null,
    constraint throttle_pkey primary key (key)
);
comment on table throttle is 'Leaky buckets of failed logins.';
comment on column throttle.key is 'Keyed digest of what is counted (account, address or both): no personal data.';
comment on column throttle.level is 'Attempts not yet leaked away at updated_at.';
create index throttle_updated_at_idx on throttle (updated_at);
comment on index throttle_updated_at_idx is 'Clearing away empty buckets.';

insert into client (client_id, kind, label, scopes)
values ('storefront', 'public', 'Storefront', '{}');
