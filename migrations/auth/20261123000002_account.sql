-- Who can sign in, and what staff may do.
create table account (
    account_id    uuid        not null,
    kind          text        not null,
    email         text        not null,
    password_hash text        not null,
    first_name    text,
    last_name     text,
    phone         text,
    disabled_at   timestamptz,
    version       bigint      not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    constraint account_pkey primary key (account_id),
    constraint account_email_key unique (email),
    constraint account_kind_check check (kind in ('customer', 'staff')),
    constraint account_email_check check (length(email) <= 254)
);
comment on table account is 'People: customers and staff. One e-mail address belongs to one account of either kind.';
comment on column account.email is 'Normalised: trimmed and in lower case.';
comment on column account.password_hash is 'Argon2id, PHC string.';
comment on column account.disabled_at is 'From then on neither login nor refresh works.';
comment on column account.version is 'Counts changes; the ETag.';
create index account_kind_idx on account (kind, account_id);
comment on index account_kind_idx is 'Pages of the list of staff.';

create table address (
    address_id  uuid        not null,
    account_id  uuid        not null,
    first_name  text        not null,
    last_name   text        not null,
    company     text,
    street      text        not null,
    street2     text,
    city        text        not null,
    region      text,
    postal_code text        not null,
    country     text        not null,
    phone       text,
    version     bigint      not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint address_pkey primary key (address_id),
    constraint address_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint address_country_check check (country ~ '^[A-Z]{2}$')
);
comment on table address is 'Address books of customers.';
comment on column address.country is 'ISO 3166-1 alpha-2.';
create index address_account_id_idx on address (account_id, address_id);

create table role (
    code       text        not null,
    label      text        not null,
    scopes     text[]      not null,
    builtin    boolean     not null default false,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint role_pkey primary key (code),
    constraint role_code_check check (code ~ '^[a-z0-9_]{1,50}$'),
    constraint role_scopes_check check (not 'internal' = any (scopes))
);
comment on table role is 'Named sets of scopes for staff.';
comment on column role.builtin is 'The administrator: always every scope, cannot be changed or deleted.';
comment on constraint role_scopes_check on role is 'Calls between services are never granted to people.';

create table staff_role (
    account_id uuid not null,
    role_code  text not null,
    constraint staff_role_pkey primary key (account_id, role_code),
    constraint staff_role_account_id_fkey foreign key (account_id)
        references account (account_id) on delete cascade,
    constraint staff_role_role_code_fkey foreign key (role_code) references role (code)
);
comment on table staff_role is 'Which staff has which roles.';
create index staff_role_role_code_idx on staff_role (role_code);
comment on index staff_role_role_code_idx is 'Whether a role is in use, and by whom.';
