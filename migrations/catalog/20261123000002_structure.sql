-- The structure of the catalog: what products are made of. Codes are chosen by staff, never change,
-- and are the keys. Labels are jsonb objects: locale -> text.

create table locale (
    code    text    not null,
    enabled boolean not null default false,
    constraint locale_pkey primary key (code)
);
comment on table locale is 'Languages with territory. Enabled while a channel uses them.';

create table currency (
    code    text    not null,
    enabled boolean not null default false,
    constraint currency_pkey primary key (code)
);
comment on table currency is 'ISO 4217 currencies. Enabled while a channel uses them.';

create table category (
    code       text        not null,
    parent     text,
    position   integer     not null default 0,
    labels     jsonb       not null default '{}',
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint category_pkey primary key (code),
    constraint category_parent_fkey foreign key (parent) references category (code),
    constraint category_not_its_own_parent_check check (parent <> code)
);
comment on table category is 'Category trees; a category without parent is the root of a tree.';
comment on column category.position is 'Order among its siblings.';
create index category_parent_idx on category (parent, position);

create table channel (
    code             text        not null,
    category_tree    text        not null,
    conversion_units jsonb       not null default '{}',
    labels           jsonb       not null default '{}',
    version          bigint      not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint channel_pkey primary key (code),
    constraint channel_category_tree_fkey foreign key (category_tree) references category (code)
);
comment on table channel is 'Where products are sold, with the tree, locales and currencies used there.';
comment on column channel.conversion_units is 'Metric attribute -> unit that the channel shows.';

create table channel_locale (
    channel text not null,
    locale  text not null,
    constraint channel_locale_pkey primary key (channel, locale),
    constraint channel_locale_channel_fkey foreign key (channel) references channel (code) on delete cascade,
    constraint channel_locale_locale_fkey foreign key (locale) references locale (code)
);
comment on table channel_locale is 'Locales of a channel.';

create table channel_currency (
    channel  text not null,
    currency text not null,
    constraint channel_currency_pkey primary key (channel, currency),
    constraint channel_currency_channel_fkey foreign key (channel) references channel (code) on delete cascade,
    constraint channel_currency_currency_fkey foreign key (currency) references currency (code)
);
comment on table channel_currency is 'Currencies of a channel.';

create table measurement_family (
    code               text   not null,
    labels             jsonb  not null default '{}',
    standard_unit_code text   not null,
    units              jsonb  not null,
    version            bigint not null default 1,
    constraint measurement_family_pkey primary key (code)
);
comment on table measurement_family is 'Units of measurement that convert into each other.';
comment on column measurement_family.units is 'Unit -> labels, symbol and the operations that lead to the standard unit.';

create table attribute_group (
    code       text        not null,
    sort_order integer     not null default 0,
    labels     jsonb       not null default '{}',
    version    bigint      not null default 1,
    updated_at timestamptz not null default now(),
    constraint attribute_group_pkey primary key (code)
);
comment on table attribute_group is 'Groups of attributes, for people.';

create table attribute (
    code               text        not null,
    type               text        not null,
    attribute_group    text        not null,
    sort_order         integer     not null default 0,
    localizable        boolean     not null default false,
    scopable           boolean     not null default false,
    is_unique          boolean     not null default false,
    is_main_identifier boolean     not null default false,
    metric_family      text,
    available_locales  text[]      not null default '{}',
    properties         jsonb       not null default '{}',
    labels             jsonb       not null default '{}',
    version            bigint      not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    constraint attribute_pkey primary key (code),
    constraint attribute_group_fkey foreign key (attribute_group) references attribute_group (code),
    constraint attribute_metric_family_fkey foreign key (metric_family) references measurement_family (code),
    constraint attribute_main_identifier_type_check check (not is_main_identifier or type = 'pim_catalog_identifier')
);
comment on table attribute is 'Properties of products, with type and validation.';
comment on column attribute.available_locales is 'Locales of a locale-specific attribute; empty: all.';
comment on column attribute.properties is 'Validation and display parameters in the words of the management API, e.g. max_characters.';
create unique index attribute_main_identifier_key on attribute (is_main_identifier) where is_main_identifier;
create index attribute_group_idx on attribute (attribute_group, sort_order);

create table attribute_option (
    attribute  text    not null,
    code       text    not null,
    sort_order integer not null default 0,
    labels     jsonb   not null default '{}',
    version    bigint  not null default 1,
    constraint attribute_option_pkey primary key (attribute, code),
    constraint attribute_option_attribute_fkey foreign key (attribute) references attribute (code) on delete cascade
);
comment on table attribute_option is 'Choices of select attributes.';
-- Options are found regardless of the case of their code.
create unique index attribute_option_lower_key on attribute_option (attribute, lower(code));

create table family (
    code               text        not null,
    attribute_as_label text        not null,
    attribute_as_image text,
    labels             jsonb       not null default '{}',
    version            bigint      not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    constraint family_pkey primary key (code),
    constraint family_attribute_as_label_fkey foreign key (attribute_as_label) references attribute (code),
    constraint family_attribute_as_image_fkey foreign key (attribute_as_image) references attribute (code)
);
comment on table family is 'Sorts of products: which attributes they have.';

create table family_attribute (
    family    text not null,
    attribute text not null,
    constraint family_attribute_pkey primary key (family, attribute),
    constraint family_attribute_family_fkey foreign key (family) references family (code) on delete cascade,
    constraint family_attribute_attribute_fkey foreign key (attribute) references attribute (code)
);
comment on table family_attribute is 'Attributes of a family.';
create index family_attribute_attribute_idx on family_attribute (attribute);

create table family_requirement (
    family    text not null,
    channel   text not null,
    attribute text not null,
    constraint family_requirement_pkey primary key (family, channel, attribute),
    constraint family_requirement_family_attribute_fkey foreign key (family, attribute) references family_attribute (family, attribute) on delete cascade,
    constraint family_requirement_channel_fkey foreign key (channel) references channel (code) on delete cascade
);
comment on table family_requirement is 'Attributes that a product of the family needs to be complete in a channel.';

create table family_variant (
    code       text        not null,
    family     text        not null,
    labels     jsonb       not null default '{}',
    version    bigint      not null default 1,
    updated_at timestamptz not null default now(),
    constraint family_variant_pkey primary key (code),
    constraint family_variant_family_fkey foreign key (family) references family (code)
);
comment on table family_variant is 'How products of a family vary.';
create index family_variant_family_idx on family_variant (family);

create table family_variant_level (
    family_variant text     not null,
    level          smallint not null,
    axes           text[]   not null,
    attributes     text[]   not null,
    constraint family_variant_level_pkey primary key (family_variant, level),
    constraint family_variant_level_family_variant_fkey foreign key (family_variant) references family_variant (code) on delete cascade,
    constraint family_variant_level_level_check check (level in (1, 2)),
    constraint family_variant_level_axes_check check (cardinality(axes) between 1 and 5)
);
comment on table family_variant_level is 'A level of variation: the axes that tell siblings apart, and the attributes filled there.';

create table association_type (
    code          text        not null,
    labels        jsonb       not null default '{}',
    is_quantified boolean     not null default false,
    is_two_way    boolean     not null default false,
    version       bigint      not null default 1,
    updated_at    timestamptz not null default now(),
    constraint association_type_pkey primary key (code)
);
comment on table association_type is 'Ways in which products belong together.';
