-- One order is read much more often than a page of them, and deserves a plan of its own: with a list of ids
-- the planner estimates ten and plans anew for every one.
create view whole_order as
select customer_order.*,
       (select coalesce(json_agg(line order by position), '[]') from order_line as line
        where line.order_id = customer_order.order_id) as lines,
       (select coalesce(json_agg(entry order by sequence), '[]') from order_history as entry
        where entry.order_id = customer_order.order_id) as history,
       (select coalesce(json_agg(refund order by created_at, refund_id), '[]')
        from order_refund as refund
        where refund.order_id = customer_order.order_id) as refunds,
       exists (select from shipment
               where shipment.order_id = customer_order.order_id) as is_shipped,
       exists (select from order_return
               where order_return.order_id = customer_order.order_id) as is_returned
from customer_order;
comment on view whole_order is
    'An order with what is of it; of parcels only whether there are any. To be made anew with every new column.';
