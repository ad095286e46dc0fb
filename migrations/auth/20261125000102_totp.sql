-- Second factors.
create table totp (
    account_id   uuid        not null,
    secret       bytea       not null,
    confirmed_at timestamptz,
    last_step    bigint,
    created_at   timestamptz not null,
    constraint totp_pkey primary key (account_id),
    constraint totp_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint totp_last_step_check check ((confirmed_at is null) = (last_step is null))
);
comment on table totp is 'Authenticator apps (RFC 6238) of accounts.';
comment on column totp.secret is '160 random bits, sealed under the master key.';
comment on column totp.confirmed_at is 'From then on it is asked for; before, it waits for its first code.';
comment on column totp.last_step is 'The 30 seconds of the newest code that was used: it and older ones are refused.';

create table recovery_code (
    account_id uuid  not null,
    code_hash  bytea not null,
    constraint recovery_code_pkey primary key (account_id, code_hash),
    constraint recovery_code_account_id_fkey foreign key (account_id)
        references totp (account_id) on delete cascade
);
comment on table recovery_code is 'For who has lost the app: each stands in for a code once, and its row goes then.';
comment on column recovery_code.code_hash is 'Keyed digest of 80 random bits.';
