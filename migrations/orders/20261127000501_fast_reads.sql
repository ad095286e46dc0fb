-- Promotions, taxes and shipping methods are read by every cart and changed rarely: each replica keeps
-- them, and this number, read together with the cart, tells whether they are still the ones.
create table rule_version (
    version bigint not null
);
comment on table rule_version is 'One row: counts the changes of promotion, tax_rate and shipping_method.';
comment on column rule_version.version is 'Another number than the one that was kept: read the rules again.';
create unique index rule_version_single_key on rule_version ((true));
comment on index rule_version_single_key is 'There is one row.';
insert into rule_version values (1);

create function count_rule_change() returns trigger language plpgsql as $$
begin
    update rule_version set version = version + 1;
    return null;
end
$$;
comment on function count_rule_change is 'In the transaction of the change, and whoever makes it: also a replica of the version before.';
create trigger promotion_rule_version after insert or update or delete or truncate on promotion
    for each statement execute function count_rule_change();
create trigger tax_rate_rule_version after insert or update or delete or truncate on tax_rate
    for each statement execute function count_rule_change();
create trigger shipping_method_rule_version after insert or update or delete or truncate on shipping_method
    for each statement execute function count_rule_change();

create view availability as
select stock.sku,
       sum(on_hand - allocated - case when reserved = 0 then 0 else coalesce((
           select sum(quantity) from reservation
           where reservation.sku = stock.sku and reservation.location = stock.location
             and state = 'held' and expires_at > statement_timestamp()), 0) end)::bigint as available
from stock
join location on location.code = stock.location and location.active
group by stock.sku;
comment on view availability is 'Units of each sku that can be bought now: expired reservations do not count, and are not looked for where nothing is reserved.';
