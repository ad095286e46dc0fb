create table customer_order (
    order_id         uuid        not null,
    number           text        not null,
    cart_id          uuid        not null,
    checkout_key     text        not null,
    customer         text        not null,
    email            text,
    status           text        not null,
    payment_status   text        not null,
    currency         text        not null,
    items            bigint      not null,
    discount         bigint      not null,
    shipping         bigint      not null,
    shipping_tax     bigint      not null,
    tax              bigint      not null,
    tax_included     bigint      not null,
    total            bigint      not null,
    paid             bigint      not null default 0,
    refunded         bigint      not null default 0,
    discounts        jsonb       not null,
    taxes            jsonb       not null,
    shipping_method  jsonb       not null,
    shipping_address jsonb       not null,
    billing_address  jsonb       not null,
    payment_id       uuid,
    payment_version  bigint      not null default 0,
    next_action      jsonb,
    last_error       text,
    void_payment     boolean     not null default false,
    expires_at       timestamptz not null,
    give_up_at       timestamptz not null,
    due_at           timestamptz,
    tries            integer     not null default 0,
    version          bigint      not null default 1,
    placed_at        timestamptz not null default now(),
    constraint customer_order_pkey primary key (order_id),
    constraint customer_order_number_key unique (number),
    constraint customer_order_cart_id_key unique (cart_id),
    constraint customer_order_cart_id_fkey foreign key (cart_id) references cart (cart_id),
    constraint customer_order_status_check check (status in ('pending', 'confirmed', 'completed', 'cancelled', 'expired')),
    constraint customer_order_total_check check (total = items - discount + shipping + tax - tax_included),
    constraint customer_order_sign_check check (
        items >= 0 and discount between 0 and items and shipping >= 0 and shipping_tax between 0 and tax
        and tax_included between 0 and tax and total >= 0
    ),
    constraint customer_order_refunded_check check (refunded between 0 and paid)
);
comment on table customer_order is 'An order with everything frozen as it was agreed. Amounts are minor units.';
comment on column customer_order.number is 'What people say on the phone; not to be guessed from another.';
comment on column customer_order.checkout_key is 'Idempotency-Key of the checkout: its retry resumes, another one is refused.';
comment on column customer_order.customer is 'The sub of the buyer''s token.';
comment on column customer_order.tax_included is 'The part of tax that prices already contain.';
comment on column customer_order.paid is 'What the payment service took.';
comment on column customer_order.refunded is 'What went back or is on its way back.';
comment on column customer_order.payment_version is 'Version of the payment that last took effect: an older state never does.';
comment on column customer_order.void_payment is 'The order ended unpaid; its payment is still to be cancelled.';
comment on column customer_order.expires_at is 'A pending order''s stock is kept until then.';
comment on column customer_order.give_up_at is 'A pending order ends then at the latest.';
comment on column customer_order.due_at is 'When the background must look at it; also the lease of whoever works on it.';
comment on column customer_order.tries is 'How often the background tried in vain; spaces the next tries.';
comment on constraint customer_order_cart_id_key on customer_order is 'A cart becomes at most one order.';
comment on constraint customer_order_total_check on customer_order is 'The total is the sum of its parts.';
create index customer_order_customer_idx on customer_order (customer, order_id desc);
comment on index customer_order_customer_idx is 'For a customer''s own orders.';
create index customer_order_due_at_idx on customer_order (due_at) where due_at is not null;
comment on index customer_order_due_at_idx is 'For the background.';

create table order_line (
    line_id      uuid    not null,
    order_id     uuid    not null,
    position     integer not null,
    sku          text    not null,
    product_id   uuid    not null,
    name         text    not null,
    image        text,
    quantity     integer not null,
    unit_price   bigint  not null,
    subtotal     bigint  not null,
    discount     bigint  not null,
    discounts    jsonb   not null,
    tax          bigint  not null,
    tax_included bigint  not null,
    tax_rate_ppm integer not null,
    total        bigint  not null,
    shipped      integer not null default 0,
    returned     integer not null default 0,
    constraint order_line_pkey primary key (line_id),
    constraint order_line_sku_key unique (order_id, sku),
    constraint order_line_order_id_fkey foreign key (order_id) references customer_order (order_id),
    constraint order_line_quantity_check check (quantity > 0 and shipped between 0 and quantity and returned between 0 and shipped),
    constraint order_line_subtotal_check check (subtotal = unit_price * quantity),
    constraint order_line_total_check check (total = subtotal - discount + tax - tax_included),
    constraint order_line_sign_check check (unit_price >= 0 and discount between 0 and subtotal and tax_included between 0 and tax)
);
comment on table order_line is 'What was bought. Amounts are minor units of the order''s currency.';
create index order_line_sku_idx on order_line (sku);
comment on index order_line_sku_idx is 'For orders of a sku.';

create function check_order_sums() returns trigger language plpgsql as $$
declare
    sums record;
begin
    select coalesce(sum(subtotal), 0) as items, coalesce(sum(discount), 0) as discount,
           coalesce(sum(tax), 0) as tax
    into sums from order_line where order_id = new.order_id;
    if sums.items <> new.items or sums.discount <> new.discount or sums.tax + new.shipping_tax <> new.tax then
        raise exception 'the lines of order % do not add up to its totals', new.order_id
            using errcode = 'check_violation', constraint = 'customer_order_sums_check';
    end if;
    return null;
end
$$;
comment on function check_order_sums is 'The lines of an order add up to its totals.';
create constraint trigger customer_order_sums_check
    after insert or update of items, discount, tax, shipping_tax on customer_order
    deferrable initially deferred for each row execute function check_order_sums();

create table order_history (
    order_id    uuid        not null,
    sequence    bigint      not null generated always as identity,
    at          timestamptz not null default now(),
    from_status text,
    to_status   text        not null,
    why         text        not null,
    constraint order_history_pkey primary key (order_id, sequence),
    constraint order_history_order_id_fkey foreign key (order_id) references customer_order (order_id)
);
comment on table order_history is 'What happened to an order, in words.';

create table payment_attempt (
    order_id   uuid        not null,
    number     integer     not null,
    key        text        not null,
    connector  text,
    token      text,
    return_url text,
    open       boolean     not null default true,
    created_at timestamptz not null default now(),
    constraint payment_attempt_pkey primary key (order_id, number),
    constraint payment_attempt_key_key unique (order_id, key),
    constraint payment_attempt_order_id_fkey foreign key (order_id) references customer_order (order_id),
    constraint payment_attempt_token_check check (open = (token is not null))
);
comment on table payment_attempt is 'A customer''s wish to pay, kept until the payment service has answered it.';
comment on column payment_attempt.token is 'What the provider''s client library gave for the means of payment; forgotten once answered.';
create unique index payment_attempt_open_key on payment_attempt (order_id) where open;
comment on index payment_attempt_open_key is 'No second attempt while one is open.';

create table order_refund (
    refund_id  uuid        not null,
    order_id   uuid        not null,
    amount     bigint      not null,
    reason     text,
    status     text        not null default 'pending',
    failure    text,
    created_at timestamptz not null default now(),
    constraint order_refund_pkey primary key (refund_id),
    constraint order_refund_order_id_fkey foreign key (order_id) references customer_order (order_id),
    constraint order_refund_amount_check check (amount > 0),
    constraint order_refund_status_check check (status in ('pending', 'succeeded', 'failed'))
);
comment on table order_refund is 'Money on its way back; the id is also the refund''s id and key at the payment service.';
create index order_refund_order_id_idx on order_refund (order_id);
comment on index order_refund_order_id_idx is 'For the refunds of an order.';

create table shipment (
    shipment_id     uuid        not null,
    order_id        uuid        not null,
    carrier         text,
    tracking_number text,
    tracking_url    text,
    created_at      timestamptz not null default now(),
    constraint shipment_pkey primary key (shipment_id),
    constraint shipment_order_id_fkey foreign key (order_id) references customer_order (order_id)
);
comment on table shipment is 'A parcel that left.';
create index shipment_order_id_idx on shipment (order_id);
comment on index shipment_order_id_idx is 'For the shipments of an order.';

create table shipment_line (
    shipment_id uuid    not null,
    line_id     uuid    not null,
    quantity    integer not null,
    constraint shipment_line_pkey primary key (shipment_id, line_id),
    constraint shipment_line_shipment_id_fkey foreign key (shipment_id) references shipment (shipment_id),
    constraint shipment_line_line_id_fkey foreign key (line_id) references order_line (line_id),
    constraint shipment_line_quantity_check check (quantity > 0)
);
comment on table shipment_line is 'What a parcel holds.';

create table order_return (
    return_id  uuid        not null,
    order_id   uuid        not null,
    reason     text,
    created_at timestamptz not null default now(),
    constraint order_return_pkey primary key (return_id),
    constraint order_return_order_id_fkey foreign key (order_id) references customer_order (order_id)
);
comment on table order_return is 'Goods that came back.';
create index order_return_order_id_idx on order_return (order_id);
comment on index order_return_order_id_idx is 'For the returns of an order.';

create table order_return_line (
    return_id uuid    not null,
    line_id   uuid    not null,
    quantity  integer not null,
    restocked boolean not null,
    constraint order_return_line_pkey primary key (return_id, line_id),
    constraint order_return_line_return_id_fkey foreign key (return_id) references order_return (return_id),
    constraint order_return_line_line_id_fkey foreign key (line_id) references order_line (line_id),
    constraint order_return_line_quantity_check check (quantity > 0)
);
comment on table order_return_line is 'What came back, and whether it can be sold again.';
