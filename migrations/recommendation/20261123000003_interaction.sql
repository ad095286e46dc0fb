-- What people did with products.
create table interaction (
    natural_key    uuid        not null,
    at             timestamptz not null,
    interaction_id bigint      not null generated always as identity,
    kind           text        not null,
    sku            text,
    product_id     uuid,
    customer       text,
    session        text,
    order_ref      text,
    quantity       integer     not null,
    xact_id        xid8        not null default pg_current_xact_id(),
    constraint interaction_pkey primary key (natural_key, at),
    constraint interaction_kind_check check (kind in ('view', 'click', 'add_to_cart', 'purchase')),
    constraint interaction_product_check check (sku is not null or product_id is not null),
    constraint interaction_quantity_check check (quantity > 0)
);
comment on table interaction is 'One deed with one product. Never changed; the time is part of the key so that the table can be partitioned by it.';
comment on column interaction.natural_key is 'Hash of what makes it this deed and no other: sending it again adds nothing.';
comment on column interaction.sku is 'As it was named; need not be known yet.';
comment on column interaction.product_id is 'The product page, where it was named.';
comment on column interaction.customer is 'sub of the token, or the id of a customer in imported history.';
comment on column interaction.order_ref is 'The order a purchase belongs to.';
comment on column interaction.xact_id is 'Transaction that wrote it. Ids are given before the commit and so say nothing about what a reader has seen; transactions below the snapshot horizon do.';
create index interaction_xact_id_idx on interaction (xact_id, interaction_id);
comment on index interaction_xact_id_idx is 'Trainers read what is new, in pages.';
create index interaction_customer_idx on interaction (customer, at desc) where customer is not null;
comment on index interaction_customer_idx is 'The history of a customer.';
create index interaction_session_idx on interaction (session, at desc) where session is not null;
comment on index interaction_session_idx is 'The history of a session.';
