-- How the first administrator of a fresh installation is created when none is configured.
create table setup_secret (
    is_only     boolean     not null default true,
    secret_hash bytea       not null,
    created_at  timestamptz not null default now(),
    constraint setup_secret_pkey primary key (is_only),
    constraint setup_secret_is_only_check check (is_only)
);
comment on table setup_secret is 'The secret of the last start without staff; gone when there is an administrator.';
comment on column setup_secret.secret_hash is 'SHA-256: the secret is random, so a slow hash buys nothing.';
