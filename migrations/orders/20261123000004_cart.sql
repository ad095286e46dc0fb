create table cart (
    cart_id          uuid        not null,
    owner            text        not null,
    status           text        not null default 'open',
    currency         text        not null,
    channel          text,
    country          text        not null,
    email            text,
    shipping_address jsonb,
    billing_address  jsonb,
    shipping_method  text,
    version          bigint      not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint cart_pkey primary key (cart_id),
    constraint cart_status_check check (status in ('open', 'ordered', 'merged'))
);
comment on table cart is 'What a shopper means to buy.';
comment on column cart.owner is 'The sub of the shopper''s token.';
comment on column cart.country is 'Destination for taxes until there is a shipping address.';
create index cart_owner_idx on cart (owner, updated_at desc) where status = 'open';
comment on index cart_owner_idx is 'For the current cart of a shopper.';

create table cart_line (
    line_id    uuid        not null,
    cart_id    uuid        not null,
    sku        text        not null,
    quantity   integer     not null,
    sellable   boolean     not null,
    product_id uuid        not null,
    name       text        not null,
    image      text,
    unit_price bigint,
    tax_class  text        not null,
    categories text[]      not null,
    priced_at  timestamptz not null default now(),
    constraint cart_line_pkey primary key (line_id),
    constraint cart_line_sku_key unique (cart_id, sku),
    constraint cart_line_cart_id_fkey foreign key (cart_id) references cart (cart_id) on delete cascade,
    constraint cart_line_quantity_check check (quantity between 1 and 9999),
    constraint cart_line_unit_price_check check (unit_price between 0 and 100000000000)
);
comment on table cart_line is 'A sku in a cart, with what the catalog said of it at priced_at.';
comment on column cart_line.sellable is 'False once the catalog does not publish it any more.';
comment on column cart_line.unit_price is 'Minor units of the cart''s currency; null where it is not sold in it.';

create table cart_coupon (
    cart_id uuid not null,
    code    text not null,
    constraint cart_coupon_pkey primary key (cart_id, code),
    constraint cart_coupon_cart_id_fkey foreign key (cart_id) references cart (cart_id) on delete cascade
);
comment on table cart_coupon is 'Coupons that the shopper entered; counted only when the order is placed.';
