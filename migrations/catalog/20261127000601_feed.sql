-- What marketplaces get: how staff have the feeds of a channel made.

create table feed (
    code                      text        not null,
    link                      text,
    condition                 text        not null default 'new',
    attributes                jsonb       not null default '{}',
    google_product_categories jsonb       not null default '{}',
    excluded_categories       text[]      not null default '{}',
    excluded_families         text[]      not null default '{}',
    version                   bigint      not null default 1,
    created_at                timestamptz not null default now(),
    updated_at                timestamptz not null default now(),
    constraint feed_pkey primary key (code),
    constraint feed_code_fkey foreign key (code) references channel (code) on delete cascade,
    constraint feed_condition_check check (condition in ('new', 'refurbished', 'used'))
);
comment on table feed is 'How the feeds of a channel are made; a channel without a row has feeds all the same.';
comment on column feed.code is 'The channel.';
comment on column feed.link is 'Address of a product page in the shop, with placeholders such as {slug}; the address of the delivery API if null.';
comment on column feed.condition is 'Condition of products that have no value for it.';
comment on column feed.attributes is 'Field of the feeds to the attribute that fills it; other fields are filled by the attributes that are usual for them.';
comment on column feed.google_product_categories is 'Category to its number or path in Google''s taxonomy; holds below it too, where nothing nearer is said.';
comment on column feed.excluded_categories is 'What is in one of them, or below, is left out.';
comment on column feed.excluded_families is 'Products of these are left out.';
