-- Signing in through the browser: applications, authorization codes, browser sessions, consents.
alter table client drop constraint client_kind_check;
alter table client add constraint client_kind_check
    check (kind in ('public', 'confidential', 'service', 'connection'));
alter table client add column redirect_uris text[] not null default '{}';
alter table client add column post_logout_redirect_uris text[] not null default '{}';
alter table client add column first_party boolean not null default false;
alter table client add column id_token_algorithm text not null default 'RS256';
alter table client add constraint client_redirect_uris_check check (
    kind in ('public', 'confidential')
    or (redirect_uris = '{}' and post_logout_redirect_uris = '{}' and not first_party)
);
alter table client add constraint client_id_token_algorithm_check
    check (id_token_algorithm in ('EdDSA', 'RS256'));
comment on table client is 'OAuth clients: applications that people sign in with (public without, confidential with a secret), our own services, and connections of other systems.';
comment on column client.scopes is 'What it may do for itself; of applications: what it may ask staff for.';
comment on column client.redirect_uris is 'Where codes may be sent: compared as they are, but for the port of loopback addresses (RFC 8252 §7.3).';
comment on column client.post_logout_redirect_uris is 'Where a browser may be sent after signing out.';
comment on column client.first_party is 'Ours: people are not asked for their consent, and its tokens may do all that they may.';
comment on constraint client_redirect_uris_check on client is 'Only applications send people here.';

-- Any port of the loopback address: what runs on the person''s own machine.
update client
set first_party = true, redirect_uris = '{http://127.0.0.1/callback,http://[::1]/callback}'
where client_id = 'storefront';

create table browser_session (
    browser_session_id uuid        not null,
    token_hash         bytea       not null,
    account_id         uuid        not null,
    authenticated_at   timestamptz not null,
    methods            text[]      not null,
    expires_at         timestamptz not null,
    constraint browser_session_pkey primary key (browser_session_id),
    constraint browser_session_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade
) partition by range (browser_session_id);
comment on table browser_session is 'Browsers that are signed in here, so that the next application need not ask again. Partitions of 7 days.';
comment on column browser_session.token_hash is 'SHA-256 of the cookie.';
create index browser_session_account_id_idx on browser_session (account_id);
comment on index browser_session_account_id_idx is 'A new password signs every browser out.';

create table authorization_code (
    code_id          uuid        not null,
    code_hash        bytea       not null,
    client_id        text        not null,
    account_id       uuid        not null,
    redirect_uri     text        not null,
    code_challenge   text        not null,
    scopes           text[]      not null,
    nonce            text,
    authenticated_at timestamptz not null,
    methods          text[]      not null,
    expires_at       timestamptz not null,
    session_id       uuid,
    constraint authorization_code_pkey primary key (code_id),
    constraint authorization_code_client_id_fkey foreign key (client_id)
        references client (client_id) on delete cascade,
    constraint authorization_code_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade
) partition by range (code_id);
comment on table authorization_code is 'Codes that were sent to applications (RFC 6749 §4.1.2). Partitions of one day.';
comment on column authorization_code.code_challenge is 'PKCE, S256 (RFC 7636 §4.2).';
comment on column authorization_code.session_id is 'What it was exchanged for; set once. A code that comes again ends that session.';
create index authorization_code_client_id_idx on authorization_code (client_id);
create index authorization_code_account_id_idx on authorization_code (account_id);

create table consent (
    account_id uuid        not null,
    client_id  text        not null,
    scopes     text[]      not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint consent_pkey primary key (account_id, client_id),
    constraint consent_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint consent_client_id_fkey foreign key (client_id)
        references client (client_id) on delete cascade
);
comment on table consent is 'What people allowed applications of others to know and do.';
create index consent_client_id_idx on consent (client_id);
