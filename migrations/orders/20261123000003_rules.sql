create table promotion (
    code            text        not null,
    name            text        not null,
    kind            text        not null,
    basis_points    integer,
    amount          bigint,
    currency        text,
    min_amount      bigint,
    skus            text[]      not null default '{}',
    categories      text[]      not null default '{}',
    requires_coupon boolean     not null default false,
    exclusive       boolean     not null default false,
    priority        integer     not null default 0,
    starts_at       timestamptz,
    ends_at         timestamptz,
    active          boolean     not null default true,
    version         bigint      not null default 1,
    created_at      timestamptz not null default now(),
    constraint promotion_pkey primary key (code),
    constraint promotion_kind_check check (
        (kind = 'percent' and basis_points between 1 and 10000 and amount is null)
        or (kind = 'fixed' and amount > 0 and basis_points is null)
        or (kind = 'free_shipping' and basis_points is null and amount is null)
    ),
    constraint promotion_currency_check check (currency is not null or (amount is null and min_amount is null)),
    constraint promotion_min_amount_check check (min_amount >= 0),
    constraint promotion_window_check check (starts_at is null or ends_at is null or starts_at < ends_at)
);
comment on table promotion is 'Rules that make things cheaper.';
comment on column promotion.basis_points is 'Hundredths of a percent, of percent promotions.';
comment on column promotion.amount is 'Minor units, of fixed promotions.';
comment on column promotion.currency is 'Carts in other currencies do not get it.';
comment on column promotion.min_amount is 'Items must be worth this much before discounts, in minor units.';
comment on column promotion.skus is 'With categories: what it makes cheaper; everything if both are empty.';
comment on column promotion.exclusive is 'Goes with no other promotion.';
comment on column promotion.priority is 'Higher ones are tried first.';

create table coupon (
    code               text        not null,
    promotion          text        not null,
    usage_limit        integer,
    per_customer_limit integer,
    used               integer     not null default 0,
    active             boolean     not null default true,
    version            bigint      not null default 1,
    created_at         timestamptz not null default now(),
    constraint coupon_pkey primary key (code),
    constraint coupon_promotion_fkey foreign key (promotion) references promotion (code),
    constraint coupon_limit_check check (usage_limit > 0 and per_customer_limit > 0),
    constraint coupon_used_check check (used >= 0 and (usage_limit is null or used <= usage_limit))
);
comment on table coupon is 'Codes that open a promotion. Writers lock coupons by code, before stock.';
comment on column coupon.used is 'Rows of coupon_use: orders that use it and were neither cancelled nor expired.';
create index coupon_promotion_idx on coupon (promotion);
comment on index coupon_promotion_idx is 'For the foreign key to promotion.';

create table coupon_use (
    coupon   text not null,
    order_id uuid not null,
    customer text not null,
    email    text,
    constraint coupon_use_pkey primary key (coupon, order_id),
    constraint coupon_use_coupon_fkey foreign key (coupon) references coupon (code)
);
comment on table coupon_use is 'Which order used which coupon.';
create index coupon_use_order_id_idx on coupon_use (order_id);
comment on index coupon_use_order_id_idx is 'For giving coupons back when an order ends.';
create index coupon_use_customer_idx on coupon_use (customer, coupon);
comment on index coupon_use_customer_idx is 'For the limit per customer, and for handing over at login.';

create table shipping_method (
    code       text        not null,
    name       text        not null,
    prices     jsonb       not null,
    countries  text[]      not null default '{}',
    tax_class  text        not null default 'standard',
    position   integer     not null default 0,
    active     boolean     not null default true,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    constraint shipping_method_pkey primary key (code)
);
comment on table shipping_method is 'How goods reach the customer.';
comment on column shipping_method.prices is '[{currency, amount, free_over?}]: minor units; offered only in these currencies.';
comment on column shipping_method.countries is 'Where it goes; everywhere if empty.';

create table tax_rate (
    id         uuid        not null,
    name       text        not null,
    country    text        not null,
    region     text,
    tax_class  text        not null default 'standard',
    rate_ppm   integer     not null,
    included   boolean     not null default true,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    constraint tax_rate_pkey primary key (id),
    constraint tax_rate_zone_key unique nulls not distinct (country, region, tax_class),
    constraint tax_rate_rate_ppm_check check (rate_ppm between 0 and 1000000)
);
comment on table tax_rate is 'Taxes on goods and shipping by destination.';
comment on column tax_rate.rate_ppm is 'Millionths: 190000 is 19 %.';
comment on column tax_rate.included is 'Whether prices already contain this tax (as in the EU) or it is added on top (as in the US).';
