-- Records: things of their own sort that values of products refer to, with attributes, options and
-- values of their own. The kind `reference_entity` holds records (brands, designers, materials). All of
-- them are found by their owner: the path of what they belong to, made here so that it cannot differ.

create table record_family (
    kind       text        not null,
    code       text        not null,
    labels     jsonb       not null default '{}',
    image      text,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint record_family_pkey primary key (kind, code),
    constraint record_family_kind_check check (kind in ('reference_entity', 'asset_family')),
    constraint record_family_image_fkey foreign key (image) references media_file (code)
);
comment on table record_family is 'Sorts of records: what a reference entity or an asset family is.';
comment on column record_family.image is 'Picture of a reference entity, for people.';

create table record_attribute (
    kind                         text    not null,
    family                       text    not null,
    code                         text    not null,
    owner                        text    not null generated always as (kind || '/' || family) stored,
    type                         text    not null,
    value_per_locale             boolean not null default false,
    value_per_channel            boolean not null default false,
    is_required_for_completeness boolean not null default false,
    properties                   jsonb   not null default '{}',
    labels                       jsonb   not null default '{}',
    version                      bigint  not null default 1,
    constraint record_attribute_pkey primary key (owner, code),
    constraint record_attribute_family_key unique (kind, family, code),
    constraint record_attribute_family_fkey foreign key (kind, family) references record_family (kind, code) on delete cascade
);
comment on table record_attribute is 'Properties of the records of a family, with type and validation.';
comment on column record_attribute.properties is 'Validation parameters in the words of the management API, e.g. max_characters.';

create table record_option (
    kind      text   not null,
    family    text   not null,
    attribute text   not null,
    code      text   not null,
    owner     text   not null generated always as (kind || '/' || family || '/' || attribute) stored,
    labels    jsonb  not null default '{}',
    version   bigint not null default 1,
    constraint record_option_pkey primary key (owner, code),
    constraint record_option_attribute_fkey foreign key (kind, family, attribute) references record_attribute (kind, family, code) on delete cascade
);
comment on table record_option is 'Choices of the option attributes of records.';
-- Options are found regardless of the case of their code.
create unique index record_option_lower_key on record_option (owner, lower(code));

create table record (
    kind       text        not null,
    family     text        not null,
    code       text        not null,
    owner      text        not null generated always as (kind || '/' || family) stored,
    values     jsonb       not null default '{}',
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint record_pkey primary key (owner, code),
    constraint record_family_fkey foreign key (kind, family) references record_family (kind, code)
);
comment on table record is 'Records of reference entities and assets of asset families. Values look as those of products do.';
create index record_updated_at_idx on record (owner, updated_at);
create index record_values_idx on record using gin (values jsonb_path_ops);
