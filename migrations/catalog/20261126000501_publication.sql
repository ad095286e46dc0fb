-- Where product pages are published: per channel, at once or by time. Without a row a page is published.

create table publication (
    kind       text        not null,
    code       text        not null,
    version    bigint      not null,
    updated_at timestamptz not null default now(),
    constraint publication_pkey primary key (kind, code),
    constraint publication_kind_check check (kind in ('product', 'product_model'))
);
comment on table publication is 'What was said of the publication of a page: a simple product or a root model. No foreign key: a page that is deleted and comes back is as public as it was.';
comment on column publication.kind is 'Table of the page, as in history_entry.';
comment on column publication.code is 'Id of the product, code of the model, as in history_entry.';
comment on column publication.version is 'Row version: counts writes, those by time too. A page of which nothing was said has version 0.';

create table channel_publication (
    kind         text        not null,
    code         text        not null,
    channel      text        not null,
    state        text        not null,
    publish_at   timestamptz,
    unpublish_at timestamptz,
    due_at       timestamptz generated always as (
        case when state = 'draft' then publish_at else unpublish_at end
    ) stored,
    constraint channel_publication_pkey primary key (kind, code, channel),
    constraint channel_publication_page_fkey foreign key (kind, code)
        references publication (kind, code) on delete cascade,
    constraint channel_publication_channel_fkey foreign key (channel)
        references channel (code) on delete cascade,
    constraint channel_publication_state_check check (state in ('draft', 'published')),
    constraint channel_publication_publish_check check (state = 'draft' or publish_at is null),
    constraint channel_publication_unpublish_check check (
        state = 'published' or unpublish_at is null or publish_at is not null
    ),
    constraint channel_publication_order_check check (unpublish_at > publish_at)
);
comment on table channel_publication is 'A page in one channel. Shops see it only while it is published.';
comment on column channel_publication.publish_at is 'When a draft is published; null again once it is.';
comment on column channel_publication.unpublish_at is 'When the page becomes a draft again; null again once it is.';
comment on column channel_publication.due_at is 'When the next of the two happens.';
comment on constraint channel_publication_publish_check on channel_publication is 'What is published cannot be published later.';
comment on constraint channel_publication_unpublish_check on channel_publication is 'A draft that is never published is never taken back.';
create index channel_publication_due_at_idx on channel_publication (due_at) where due_at is not null;
comment on index channel_publication_due_at_idx is 'What is due.';
create index channel_publication_channel_idx on channel_publication (channel, state);
comment on index channel_publication_channel_idx is 'Drafts of a channel.';
