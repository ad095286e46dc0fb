-- Groups of products, across families and categories.

create table product_group (
    code       text        not null,
    type       text        not null,
    labels     jsonb       not null default '{}',
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint product_group_pkey primary key (code)
);
comment on table product_group is 'Products that belong together for whatever reason.';
comment on column product_group.type is 'A word of the staff''s own for sorts of groups.';

create table product_in_group (
    product_id uuid not null,
    group_code text not null,
    constraint product_in_group_pkey primary key (product_id, group_code),
    constraint product_in_group_product_fkey foreign key (product_id) references product (id) on delete cascade,
    constraint product_in_group_group_fkey foreign key (group_code) references product_group (code)
);
comment on table product_in_group is 'Groups of a product.';
create index product_in_group_group_idx on product_in_group (group_code);
