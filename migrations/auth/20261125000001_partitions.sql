-- Rows that expire live in time partitions, and end when their partition is dropped: no deletes, no bloat,
-- and an index that stays small however long the history is. Ids are UUIDv7, which begin with their time,
-- so a range of ids is a span of time, an id alone finds its partition, and it can stay the only primary
-- key. `retention` in the code makes partitions ahead of time and drops them.
--
-- Refresh tokens change their form with this (they now carry the id of their row), so whoever was signed
-- in signs in once more.
drop table refresh_token;
drop table session;

create table session (
    session_id       uuid        not null,
    client_id        text        not null,
    subject          text        not null,
    account_id       uuid,
    scopes           text[],
    authenticated_at timestamptz not null,
    methods          text[]      not null,
    user_agent       text,
    address          inet,
    created_at       timestamptz not null,
    last_used_at     timestamptz not null,
    expires_at       timestamptz not null,
    ends_at          timestamptz not null,
    revoked_at       timestamptz,
    revoked_reason   text,
    constraint session_pkey primary key (session_id),
    constraint session_client_id_fkey foreign key (client_id)
        references client (client_id) on delete cascade,
    constraint session_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint session_ends_at_check check (expires_at <= ends_at),
    constraint session_revoked_reason_check check ((revoked_at is null) = (revoked_reason is null))
) partition by range (session_id);
comment on table session is 'One sign-in and all refresh tokens that descend from it (their family). Partitions of 30 days.';
comment on column session.subject is 'The sub of its access tokens.';
comment on column session.scopes is 'What was asked for; null asks for all that the subject may.';
comment on column session.authenticated_at is 'When the person proved who they are: auth_time of id tokens.';
comment on column session.methods is 'How: amr of id tokens (RFC 8176); empty for shoppers without account and for clients.';
comment on column session.expires_at is 'Moves on with every use (idle lifetime), never past ends_at.';
comment on column session.ends_at is 'Absolute end.';
create index session_live_idx on session (account_id, expires_at) where revoked_at is null;
comment on index session_live_idx is 'The live sessions of one account, without looking at the ended ones.';
create index session_known_address_idx on session (account_id, address);
comment on index session_known_address_idx is 'Whether an account has signed in from an address before.';
create index session_client_id_idx on session (client_id);
comment on index session_client_id_idx is 'Deleting a client ends its sessions.';

create table refresh_token (
    token_id     uuid        not null,
    token_hash   bytea       not null,
    session_id   uuid        not null,
    created_at   timestamptz not null,
    rotated_at   timestamptz,
    successor_id uuid,
    answer       bytea,
    constraint refresh_token_pkey primary key (token_id),
    constraint refresh_token_rotated_at_check check ((rotated_at is null) = (successor_id is null))
) partition by range (token_id);
comment on table refresh_token is 'Opaque refresh tokens by the SHA-256 of their 256 random bits. Partitions of 7 days.';
comment on column refresh_token.token_id is 'The first 16 bytes of the token.';
comment on column refresh_token.session_id is 'No foreign key: partitions of both tables are dropped on their own, and a token without session is of no use.';
comment on column refresh_token.rotated_at is 'When it was exchanged for its one successor.';
comment on column refresh_token.answer is 'The sealed answer of that exchange, for a retry within the grace time; cleared later.';
create index refresh_token_answer_idx on refresh_token (rotated_at) where answer is not null;
comment on index refresh_token_answer_idx is 'Clearing answers after the grace time.';
