-- Signing keys come and go: published first, signing later, kept until the last token has expired.
alter table signing_key drop constraint signing_key_algorithm_check;
alter table signing_key add constraint signing_key_algorithm_check
    check (algorithm in ('EdDSA', 'RS256'));
alter table signing_key add column signs_from timestamptz not null default now();
update signing_key set signs_from = created_at;
comment on table signing_key is 'Keys of tokens. All are published; of each algorithm the newest whose time has come signs.';
comment on column signing_key.public_key is 'Ed25519: 32 bytes; RSA: PKCS #1.';
comment on column signing_key.private_key is 'PKCS #8 (Ed25519) or PKCS #1 (RSA), sealed under the master key.';
comment on column signing_key.signs_from is 'Before this it is only published, so that everyone has it when it signs.';
