-- Interactions live in partitions of 90 days by the time at which they happened, made ahead and dropped
-- whole by `retention` in the code. What there is already becomes the first of them, `interaction_past`,
-- which also takes what is imported of earlier times. Only names and bounds change, so this takes a
-- moment; the version before goes on writing into the same table by the same names.
alter table interaction rename to interaction_past;
alter table interaction_past
    alter column interaction_id drop identity,
    drop constraint interaction_pkey,
    add constraint interaction_past_pkey primary key using index interaction_past_pkey;
alter index interaction_xact_id_idx rename to interaction_past_xact_id_idx;
alter index interaction_customer_idx rename to interaction_past_customer_idx;
alter index interaction_session_idx rename to interaction_past_session_idx;

create sequence interaction_number;
comment on sequence interaction_number is 'Gives interaction_id.';
select setval('interaction_number', (select coalesce(max(interaction_id), 0) + 1 from interaction_past));

create table interaction (
    natural_key    uuid        not null,
    at             timestamptz not null,
    interaction_id bigint      not null default nextval('interaction_number'),
    kind           text        not null,
    sku            text,
    product_id     uuid,
    customer       text,
    session        text,
    order_ref      text,
    quantity       integer     not null,
    xact_id        xid8        not null default pg_current_xact_id(),
    constraint interaction_pkey primary key (at, natural_key),
    constraint interaction_kind_check check (kind in ('view', 'click', 'add_to_cart', 'purchase')),
    constraint interaction_product_check check (sku is not null or product_id is not null),
    constraint interaction_quantity_check check (quantity > 0)
) partition by range (at);
comment on table interaction is 'One deed with one product. Never changed. Partitions of 90 days; interaction_past holds what is older than the oldest.';
comment on column interaction.natural_key is 'Hash of what makes it this deed and no other: sending it again adds nothing.';
comment on column interaction.sku is 'As it was named; need not be known yet.';
comment on column interaction.product_id is 'The product page, where it was named.';
comment on column interaction.customer is 'sub of the token, or the id of a customer in imported history.';
comment on column interaction.order_ref is 'The order a purchase belongs to.';
comment on column interaction.xact_id is 'Transaction that wrote it. Ids are given before the commit and so say nothing about what a reader has seen; transactions below the snapshot horizon do.';
comment on constraint interaction_pkey on interaction is 'The time first: what comes in the order in which it happened is added at one end.';
create index interaction_xact_id_idx on interaction (xact_id, interaction_id);
comment on index interaction_xact_id_idx is 'Trainers read what is new, in pages.';
create index interaction_customer_idx on interaction (customer, at desc) where customer is not null;
comment on index interaction_customer_idx is 'The history of a customer.';
create index interaction_session_idx on interaction (session, at desc) where session is not null;
comment on index interaction_session_idx is 'The history of a session.';

do $$
declare
    span constant interval := interval '2160 hours';
    now_in timestamptz := date_bin(span, now(), timestamptz 'epoch');
    -- Where nothing happened yet the present is no part of the past.
    bound timestamptz := (
        select case when max(at) is null then now_in
               else date_bin(span, greatest(max(at), now()) + interval '2 days', timestamptz 'epoch') + span end
        from interaction_past);
    start timestamptz := bound;
begin
    execute format(
        'alter table interaction attach partition interaction_past for values from (minvalue) to (%L)', bound);
    for n in 0..3 loop
        execute format(
            'create table interaction_p%s partition of interaction for values from (%L) to (%L)',
            floor(extract(epoch from start) / extract(epoch from span)), start, start + span);
        start := start + span;
    end loop;
end $$;
alter table interaction_past drop constraint if exists interaction_past_check;
comment on table interaction_past is 'Interactions older than the oldest partition that is named by its number.';
