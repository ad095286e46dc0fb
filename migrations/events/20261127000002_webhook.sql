-- Webhooks, and what is sent to them.
create table webhook (
    webhook_id       uuid        not null,
    url              text        not null,
    types            text[]      not null,
    description      text,
    status           text        not null,
    disabled_reason  text,
    disabled_at      timestamptz,
    paused_until     timestamptz,
    secret           bytea       not null,
    old_secret       bytea,
    old_secret_until timestamptz,
    version          bigint      not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint webhook_pkey primary key (webhook_id),
    constraint webhook_url_check check (length(url) between 1 and 2000),
    constraint webhook_types_check check (cardinality(types) <= 50),
    constraint webhook_description_check check (length(description) <= 500),
    constraint webhook_status_check check (status in ('enabled', 'disabled')),
    constraint webhook_disabled_check check (
        (status = 'disabled') = (disabled_at is not null)
        and (disabled_at is null) = (disabled_reason is null)),
    constraint webhook_disabled_reason_check check (disabled_reason in ('by_hand', 'gone', 'failing')),
    constraint webhook_old_secret_check check ((old_secret is null) = (old_secret_until is null))
);
comment on table webhook is 'Addresses of other systems that events are sent to.';
comment on column webhook.types is 'Names of types, and patterns such as order.*; all if empty.';
comment on column webhook.paused_until is 'The address asked for a pause (Retry-After).';
comment on column webhook.secret is 'Signs what is sent; sealed under the master key, for this row alone.';
comment on column webhook.old_secret is 'Signs too until old_secret_until.';

create table delivery (
    webhook_id   uuid        not null,
    event_id     uuid        not null,
    position     bigint      not null,
    subject      text        not null,
    status       text        not null default 'pending',
    tries        integer     not null default 0,
    due_at       timestamptz,
    leased_until timestamptz,
    tried_at     timestamptz,
    last_status  smallint,
    last_error   text,
    delivered_at timestamptz,
    constraint delivery_pkey primary key (webhook_id, event_id),
    constraint delivery_webhook_fkey foreign key (webhook_id) references webhook on delete cascade,
    constraint delivery_event_fkey foreign key (event_id) references outbox on delete cascade,
    constraint delivery_status_check check (status in ('pending', 'delivered', 'failed')),
    constraint delivery_tries_check check (tries >= 0),
    constraint delivery_due_check check (status = 'pending' or (due_at is null and leased_until is null)),
    constraint delivery_lease_check check (leased_until is null or due_at is not null),
    constraint delivery_delivered_check check ((status = 'delivered') = (delivered_at is not null))
);
comment on table delivery is 'An event that is, was, or could not be sent to a webhook; ends with its event.';
comment on column delivery.position is 'Of the event in the log.';
comment on column delivery.status is 'failed: given up, until somebody asks for it again.';
comment on column delivery.due_at is
    'When it is tried next; null while it waits for an earlier event of its subject, and when it is over.';
comment on column delivery.leased_until is 'Until then a process is sending it, and nobody else may.';
comment on column delivery.tries is 'Counts them since it was queued or asked for again; also tells one lease from another.';
create index delivery_due_idx on delivery (webhook_id, due_at) where due_at is not null;
create index delivery_leased_idx on delivery (webhook_id) where leased_until is not null;
create index delivery_subject_idx on delivery (webhook_id, subject, position) where status = 'pending';
create index delivery_position_idx on delivery (webhook_id, position);
create index delivery_status_idx on delivery (webhook_id, status, position);
create index delivery_event_idx on delivery (event_id);
