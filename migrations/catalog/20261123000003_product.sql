-- Products, product models and what hangs on them. Values are jsonb in the form of the management
-- API: {"<attribute>": [{"locale": …, "scope": …, "data": …}]}, only the entity's own values, not
-- those inherited from its parents.

create table product_model (
    id             uuid        not null,
    code           text        not null,
    family_variant text        not null,
    parent_id      uuid,
    axis_values    jsonb,
    values         jsonb       not null default '{}',
    associations   jsonb       not null default '{}',
    version        bigint      not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint product_model_pkey primary key (id),
    constraint product_model_code_key unique (code),
    constraint product_model_family_variant_fkey foreign key (family_variant) references family_variant (code),
    constraint product_model_parent_fkey foreign key (parent_id) references product_model (id),
    constraint product_model_axis_values_key unique (parent_id, axis_values)
);
comment on table product_model is 'What variants have in common; with a parent it is a model of the second level.';
comment on column product_model.id is 'Also the id of the product page when the model has no parent.';
comment on column product_model.axis_values is 'Values of its level''s axes, unique among siblings; null for a root.';
comment on column product_model.associations is 'Association type -> {products: [uuid], product_models: [code], groups: []}; quantified ones hold {uuid|identifier, quantity}.';
create index product_model_parent_idx on product_model (parent_id);
create index product_model_updated_at_idx on product_model (updated_at);
create index product_model_values_idx on product_model using gin (values jsonb_path_ops);

create table product (
    id           uuid        not null,
    identifier   text,
    enabled      boolean     not null default true,
    family       text,
    parent_id    uuid,
    axis_values  jsonb,
    values       jsonb       not null default '{}',
    associations jsonb       not null default '{}',
    version      bigint      not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    constraint product_pkey primary key (id),
    constraint product_identifier_key unique (identifier),
    constraint product_family_fkey foreign key (family) references family (code),
    constraint product_parent_fkey foreign key (parent_id) references product_model (id),
    constraint product_axis_values_key unique (parent_id, axis_values)
);
comment on table product is 'Simple products and variants: what has an sku.';
comment on column product.identifier is 'The sku: value of the main identifier attribute, kept here and not in values.';
create index product_parent_idx on product (parent_id);
create index product_family_idx on product (family, id);
create index product_updated_at_idx on product (updated_at);
create index product_values_idx on product using gin (values jsonb_path_ops);

create table product_category (
    product_id uuid not null,
    category   text not null,
    constraint product_category_pkey primary key (product_id, category),
    constraint product_category_product_fkey foreign key (product_id) references product (id) on delete cascade,
    constraint product_category_category_fkey foreign key (category) references category (code)
);
comment on table product_category is 'Categories of a product, without those of its parents.';
create index product_category_category_idx on product_category (category);

create table product_model_category (
    product_model_id uuid not null,
    category         text not null,
    constraint product_model_category_pkey primary key (product_model_id, category),
    constraint product_model_category_model_fkey foreign key (product_model_id) references product_model (id) on delete cascade,
    constraint product_model_category_category_fkey foreign key (category) references category (code)
);
comment on table product_model_category is 'Categories of a product model.';
create index product_model_category_category_idx on product_model_category (category);

create table product_unique_value (
    attribute  text not null,
    value      text not null,
    product_id uuid not null,
    constraint product_unique_value_pkey primary key (attribute, value),
    constraint product_unique_value_attribute_fkey foreign key (attribute) references attribute (code) on delete cascade,
    constraint product_unique_value_product_fkey foreign key (product_id) references product (id) on delete cascade
);
comment on table product_unique_value is 'Values of unique attributes: each belongs to one product.';
create index product_unique_value_product_idx on product_unique_value (product_id);

create table media_file (
    code              text        not null,
    original_filename text        not null,
    mime_type         text        not null,
    size_bytes        bigint      not null,
    extension         text        not null,
    sha256            bytea       not null,
    created_at        timestamptz not null default now(),
    constraint media_file_pkey primary key (code),
    constraint media_file_size_check check (size_bytes >= 0)
);
comment on table media_file is 'Uploaded files. The bytes lie in the object store under the code.';
comment on column media_file.code is 'Path-like and made by us, never from outside: 1/d/7/f/1d7f…_name.jpg.';

create table projection_task (
    task_id bigint not null generated always as identity,
    root_id uuid   not null,
    constraint projection_task_pkey primary key (task_id)
);
comment on table projection_task is 'Product pages to be built anew, written in the same transaction as the change. root_id is the simple product or the root product model; the same page may stand here more than once.';
