-- Orders of erased customers lose what is personal, and keep what is sold and owed.
alter table customer_order add column erase boolean not null default false;
comment on column customer_order.erase is 'Its customer was erased: what is personal goes when the order has ended, for until then it is needed to send the goods.';
create index customer_order_erase_idx on customer_order (status) where erase;
comment on index customer_order_erase_idx is 'For the background: orders that are still to be cleared.';
