-- Mail that waits to be sent, and the one-time links in it.
create table mail (
    mail_id    uuid        not null,
    sealed     bytea       not null,
    attempts   integer     not null default 0,
    created_at timestamptz not null,
    due_at     timestamptz not null,
    constraint mail_pkey primary key (mail_id)
);
comment on table mail is 'Mails to be written and sent; a row goes when its mail is sent, or after a day.';
comment on column mail.sealed is 'To whom, in which language and about what, sealed under the master key. The link in a mail is made when it is sent, so none waits here.';
comment on column mail.due_at is 'When it is tried next. Whoever takes a mail moves this on first, so nobody else takes it and a crash loses none.';
create index mail_due_at_idx on mail (due_at);

create table one_time_token (
    token_id   uuid        not null,
    token_hash bytea       not null,
    purpose    text        not null,
    account_id uuid,
    email      text        not null,
    language   text        not null,
    content    bytea,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint one_time_token_pkey primary key (token_id),
    constraint one_time_token_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint one_time_token_purpose_check check (
        purpose in ('verify_email', 'change_email', 'register', 'reset_password')
    ),
    constraint one_time_token_register_check check (
        (purpose = 'register') = (account_id is null) and (purpose = 'register') = (content is not null)
    )
) partition by range (token_id);
comment on table one_time_token is 'Links in mails, by the SHA-256 of their 256 random bits. Partitions of a day.';
comment on column one_time_token.email is 'Where the link was sent: whoever has it reads mail there.';
comment on column one_time_token.language is 'Of the mail, and of those that follow from it.';
comment on column one_time_token.content is 'Of a registration to be completed: profile and password hash, sealed under the master key.';
create index one_time_token_account_id_idx on one_time_token (account_id);
comment on index one_time_token_account_id_idx is 'Links of an account end together when its password changes.';

alter table account add column email_verified_at timestamptz;
comment on column account.email_verified_at is 'When it was proved that the account''s owner reads mail at its address.';
