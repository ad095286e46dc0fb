-- What the crates `web` and `outbox` keep in every schema.
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
    sequence    bigint      not null generated always as identity,
    position    bigint,
    type        text        not null,
    subject     text        not null,
    data        jsonb       not null,
    traceparent text,
    occurred_at timestamptz not null default now(),
    constraint outbox_pkey primary key (event_id)
);
comment on table outbox is 'Facts for others, written with the change they tell of.';
comment on column outbox.position is 'Place in the feed, given after the commit by whoever reads first; final once visible.';
create sequence outbox_position;
create unique index outbox_position_key on outbox (position);
create index outbox_unnumbered_idx on outbox (sequence) where position is null;

create table feed_cursor (
    feed     text   not null,
    position bigint not null,
    constraint feed_cursor_pkey primary key (feed)
);
comment on table feed_cursor is 'How far each followed feed has taken effect.';
