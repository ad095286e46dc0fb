-- A copy of what the catalog publishes: just what recommendations are made from.
create table product (
    product_id uuid     not null,
    name       text     not null,
    brand      text,
    categories text[]   not null,
    features   text[]   not null,
    skus       text[]   not null,
    price      bigint,
    published  boolean  not null,
    xact_id    xid8     not null,
    constraint product_pkey primary key (product_id)
);
comment on table product is 'A product page as its last event told. A page that is gone stays, unpublished: its history still teaches.';
comment on column product.categories is 'Codes, ancestors included.';
comment on column product.features is 'attribute=value of select attributes.';
comment on column product.skus is 'What can be bought on the page now; the first one stands for the page in answers.';
comment on column product.price is 'Lowest price in minor units of the default currency.';
comment on column product.xact_id is 'Transaction of the last change: how trainers see what is new.';
create index product_xact_id_idx on product (xact_id);
comment on index product_xact_id_idx is 'What changed since a training.';

create table product_sku (
    sku        text not null,
    product_id uuid not null,
    constraint product_sku_pkey primary key (sku),
    constraint product_sku_product_fkey foreign key (product_id) references product
);
comment on table product_sku is 'The page of every sku there ever was, so that interactions with a sku that is gone still count.';
