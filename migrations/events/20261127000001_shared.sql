-- What the crates `web` and `outbox` keep in every schema. Here the outbox is the public log itself: facts
-- of other services, as they were told, so it also says who stated them and since when it is kept.
create table idempotency_key (
    caller       text        not null,
    key          text        not null,
    fingerprint  bytea       not null,
    status       smallint    not null,
    content_type text        not null,
    location     text,
    body         bytea       not null,
    created_at   timestamptz not null default now(),
    constraint idempotency_key_pkey primary key (caller, key)
);
comment on table idempotency_key is 'Answers of keyed writes, replayed when the write is retried.';
create index idempotency_key_created_at_idx on idempotency_key (created_at);

create table outbox (
    event_id    uuid        not null,
    source      text        not null,
    sequence    bigint      not null generated always as identity,
    position    bigint,
    type        text        not null,
    subject     text        not null,
    data        jsonb       not null,
    traceparent text,
    occurred_at timestamptz not null,
    logged_at   timestamptz not null default now(),
    constraint outbox_pkey primary key (event_id)
);
comment on table outbox is 'The public log: facts that every client with events:read may see.';
comment on column outbox.event_id is 'As the service gave it; ids of different services never meet, since they are UUIDs.';
comment on column outbox.source is 'The service that states the fact, e.g. /order.';
comment on column outbox.position is 'Place in the log, given after the commit by whoever reads first; final once visible.';
comment on column outbox.occurred_at is 'When it happened, by the clock of the service.';
comment on column outbox.logged_at is 'When it came into the log: what its retention counts from.';
create sequence outbox_position;
create unique index outbox_position_key on outbox (position);
create index outbox_unnumbered_idx on outbox (sequence) where position is null;
create index outbox_type_position_idx on outbox (type, position);

create table feed_cursor (
    feed     text   not null,
    position bigint not null,
    constraint feed_cursor_pkey primary key (feed)
);
comment on table feed_cursor is 'How far each followed feed has taken effect.';

create table log_start (
    is_only   boolean not null default true,
    forgotten bigint  not null default 0,
    constraint log_start_pkey primary key (is_only),
    constraint log_start_is_only_check check (is_only)
);
comment on table log_start is 'Where the log begins: one row.';
comment on column log_start.forgotten is 'Position of the last event that is not kept any more.';
insert into log_start default values;
