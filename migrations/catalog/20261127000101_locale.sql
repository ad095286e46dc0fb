-- What shops see of a page in a locale: texts of other locales where it has none, an address that does
-- not change hands, and how long a change takes to get there.

alter table channel_locale
    add column fallback text,
    add constraint channel_locale_fallback_fkey foreign key (channel, fallback)
        references channel_locale (channel, locale),
    add constraint channel_locale_fallback_check check (fallback <> locale);
comment on column channel_locale.fallback is 'Locale of the channel whose values and labels shops see where this one has none. That no chain of them leads back is checked where a channel is written.';

create table product_slug (
    channel text not null,
    locale  text not null,
    slug    text not null,
    root_id uuid not null,
    constraint product_slug_pkey primary key (channel, locale, slug)
);
comment on table product_slug is 'Every address that a page has or had. It belongs to the page for as long as that exists, published or not, so that old links lead on to it and to nothing else.';
comment on column product_slug.root_id is 'The simple product or the root product model; the projector deletes the rows of one that is gone.';
create index product_slug_root_id_idx on product_slug (root_id);
insert into product_slug (channel, locale, slug, root_id)
select channel, locale, slug, root_id from product_document where slug is not null;

alter table projection_task
    add column requested_at timestamptz not null default now();
comment on column projection_task.requested_at is 'Begin of the transaction that made the change: what the delay of documents is measured from.';

-- Documents of pages that are not complete are taken back.
insert into projection_task (root_id)
select id from product where parent_id is null
union all
select id from product_model where parent_id is null;
