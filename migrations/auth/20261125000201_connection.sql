-- Connections: secrets that overlap while a system is told its new ones, a rate limit, the last use.
alter table client add column old_secret_hash bytea;
alter table client add column old_password_hash bytea;
alter table client add column old_secrets_until timestamptz;
alter table client add column rate_limit_per_second integer;
alter table client add column last_used_at timestamptz;
alter table client add constraint client_old_secrets_check check (
    (old_secrets_until is null) = (old_secret_hash is null)
    and (old_secrets_until is null) = (old_password_hash is null)
    and (old_secrets_until is null or kind = 'connection')
);
alter table client add constraint client_rate_limit_per_second_check check (
    rate_limit_per_second is null
    or (rate_limit_per_second between 1 and 100000 and kind = 'connection')
);
comment on column client.old_secret_hash is 'The secret before the last rotation, good until old_secrets_until.';
comment on column client.old_password_hash is 'The password before the last rotation, good until old_secrets_until.';
comment on column client.rate_limit_per_second is 'Of connections: requests a second, enforced by the gateway; null is the default of the installation.';
comment on column client.last_used_at is 'Of connections: when it last got a token, to the minute.';
comment on constraint client_old_secrets_check on client is 'Only connections rotate with overlap, and always both secrets.';
