//! What must be true of the books of all services together, whatever was killed when. Each invariant
//! is a statement that returns what breaks it.

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::System;

/// Rows that a failure shows of each broken invariant.
const ROWS_SHOWN: usize = 5;

/// A rule and the statement that finds what breaks it.
pub type Invariant = (&'static str, &'static str);

/// Hold at every moment.
pub const ALWAYS: &[Invariant] = &[
    (
        "nothing is sold that does not lie there",
        "select * from orders.stock
         where reserved < 0 or allocated < 0 or reserved + allocated > on_hand",
    ),
    (
        "units reserved and allocated are those of reservations",
        "select sku, location, stock.reserved, stock.allocated, kept.*
         from orders.stock, lateral (
             select coalesce(sum(quantity) filter (where state = 'held'), 0) as held,
                    coalesce(sum(quantity) filter (where state = 'allocated'), 0) as given
             from orders.reservation
             where reservation.sku = stock.sku and reservation.location = stock.location) as kept
         where reserved <> held or allocated <> given",
    ),
    (
        "units allocated are those of confirmed orders that are not shipped",
        "select order_id, sku, customer_order.status, order_line.quantity, kept.given
         from orders.customer_order join orders.order_line using (order_id), lateral (
             select coalesce(sum(quantity), 0) as given from orders.reservation
             where reservation.order_id = customer_order.order_id
               and reservation.sku = order_line.sku and state = 'allocated') as kept
         where given <> case customer_order.status
                            when 'confirmed' then order_line.quantity - shipped else 0 end",
    ),
    (
        "a checkout is one order",
        "select customer, checkout_key, array_agg(order_id) as orders
         from orders.customer_order group by customer, checkout_key having count(*) > 1",
    ),
    (
        "what a key replays is what it did",
        "select key, order_id, convert_from(body, 'UTF8') as body
         from orders.idempotency_key
         join orders.customer_order on customer = caller and checkout_key = key
         where (convert_from(body, 'UTF8')::jsonb
                    ->> case idempotency_key.status when 201 then 'id' else 'order_id' end)
               is distinct from order_id::text"
    ),
    (
        "an order is paid by at most one charge",
        "select order_id, array_agg(charge_id) as charges
         from payment.sandbox_charge join payment.attempt on attempt_id = charge_id
         join payment.payment using (payment_id)
         where sandbox_charge.amount_captured > sandbox_charge.amount_refunded
         group by order_id having count(*) > 1",
    ),
    (
        "every charge is of an attempt and of its amount",
        "select charge_id, sandbox_charge.amount, sandbox_charge.currency, payment.payment_id
         from payment.sandbox_charge left join payment.attempt on attempt_id = charge_id
         left join payment.payment using (payment_id)
         where payment.payment_id is null
            or (sandbox_charge.status <> 'canceled' and (sandbox_charge.amount, sandbox_charge.currency)
                is distinct from (payment.amount, payment.currency))",
    ),
    (
        "a payment is of one order, and an order has one payment",
        "select order_id, customer_order.payment_id, payment.payment_id as other
         from orders.customer_order full join payment.payment using (order_id)
         where payment.payment_id is not null
           and payment.payment_id is distinct from customer_order.payment_id",
    ),
    (
        "a confirmed order was authorized in full",
        "select order_id, total, payment.amount_authorized
         from orders.customer_order left join payment.payment using (order_id)
         where customer_order.status in ('confirmed', 'completed') and total > 0
           and (payment.amount_authorized, payment.currency)
               is distinct from (total, customer_order.currency)",
    ),
    (
        "the total of an order is the sum of its parts",
        "select order_id, items, discount, shipping, tax, tax_included, total, subtotals, taken_off, taxed
         from orders.customer_order, lateral (
             select sum(subtotal) as subtotals, sum(order_line.discount) as taken_off,
                    sum(order_line.tax) as taxed, min(order_line.total) as least
             from orders.order_line where order_line.order_id = customer_order.order_id) as lines
         where total <> items - discount + shipping + tax - tax_included or total < 0 or least < 0
            or (items, discount, tax) is distinct from (subtotals, taken_off, taxed + shipping_tax)
            or tax <> (select coalesce(sum((line ->> 'tax')::bigint), 0)
                       from jsonb_array_elements(customer_order.taxes) as line)",
    ),
    (
        "no more is given back than was taken, and no more taken than was authorized",
        "select * from payment.payment
         where amount_refunded + amount_refunding > amount_captured
            or amount_captured + amount_capturing + amount_released > amount_authorized
            or amount_authorized > amount",
    ),
    (
        "every entry of the ledger sums to zero",
        "select entry_id, currency, sum(amount) from payment.posting
         group by entry_id, currency having sum(amount) <> 0",
    ),
    (
        "the ledger has every movement of money",
        "select payment_id, amount_captured, amount_refunded, posted.*
         from payment.payment, lateral (
             select coalesce(sum(amount) filter (where kind = 'capture'), 0) as captured,
                    coalesce(-sum(amount) filter (where kind = 'refund'), 0) as refunded
             from payment.posting
             where posting.payment_id = payment.payment_id and account like 'connector:%') as posted
         where (amount_captured, amount_refunded) is distinct from (captured, refunded)",
    ),
    (
        "a coupon counts the orders that use it, within its limits",
        "select code, used, usage_limit, uses.*
         from orders.coupon, lateral (
             select count(*) as counted from orders.coupon_use where coupon = code) as uses
         where used <> counted or used > usage_limit
            or exists (select from orders.coupon_use where coupon = code
                       group by lower(email) having count(*) > per_customer_limit)",
    ),
    (
        "a coupon is used by exactly the orders that have its discount and did not end",
        "select order_id, customer_order.status, discounts, array_agg(coupon_use.coupon) as used
         from orders.customer_order left join orders.coupon_use using (order_id)
         group by order_id
         having coalesce(array_agg(coupon_use.coupon order by coupon_use.coupon)
                             filter (where coupon_use.coupon is not null), '{}')
                <> case when customer_order.status in ('cancelled', 'expired') then '{}' else array(
                    select distinct one ->> 'coupon' from jsonb_array_elements(discounts) as one
                    where (one ->> 'applied')::boolean and one ? 'coupon' order by 1) end",
    ),
    (
        "every change of an order has one line in its history and one event",
        "select order_id, customer_order.status, noted.*, told.*
         from orders.customer_order, lateral (
             select array_agg(to_status order by sequence) as steps from orders.order_history
             where order_history.order_id = customer_order.order_id
               and from_status is distinct from to_status and to_status <> 'completed'
         ) as noted, lateral (
             select array_agg(case type when 'order.placed' then 'pending'
                                        else split_part(type, '.', 2) end order by sequence) as facts
             from orders.outbox
             where subject = customer_order.order_id::text
               and type in ('order.placed', 'order.confirmed', 'order.cancelled', 'order.expired')
         ) as told
         where steps is distinct from facts
            or (customer_order.status <> 'completed'
                and customer_order.status <> steps[cardinality(steps)])",
    ),
    (
        "events of a payment are its versions, one after the other",
        "select payment_id, version, told.versions
         from payment.payment, lateral (
             select array_agg((data ->> 'version')::bigint order by position nulls last, sequence)
                        as versions
             from payment.outbox where subject = payment.payment_id::text) as told
         where versions is distinct from array(select generate_series(1, version))",
    ),
    (
        "the last event of a payment is its state",
        "select payment_id, data
         from payment.payment join payment.outbox
           on subject = payment_id::text and (data ->> 'version')::bigint = payment.version
         where ((data ->> 'amount_captured')::bigint, (data ->> 'amount_refunded')::bigint)
               is distinct from (amount_captured, amount_refunded)",
    ),
];

/// Hold once everything that was begun has come to its end.
pub const AT_REST: &[Invariant] = &[
    (
        "no order waits",
        "select order_id, status, payment_status, void_payment, expires_at, give_up_at, due_at, tries
         from orders.customer_order
         where status = 'pending' or void_payment
            or exists (select from orders.payment_attempt attempt
                       where attempt.order_id = customer_order.order_id and open)",
    ),
    ("no refund waits", "select * from orders.order_refund where status = 'pending'"),
    (
        "no attempt to pay is open",
        "select attempt_id, payment_id, status, checks, next_check_at from payment.attempt
         where status in ('sent', 'unknown', 'requires_action', 'pending')",
    ),
    (
        "no operation on money is open",
        "select operation_id, payment_id, kind, status, checks, next_check_at
         from payment.operation where status in ('sent', 'unknown')",
    ),
    (
        "every webhook of the provider arrived",
        "select event_id, charge_id, tries, due_at from payment.sandbox_event
         where delivered_at is null",
    ),
    (
        "no event waits to be read",
        "select 'orders' as feed, event_id, type from orders.outbox where position is null
         union all
         select 'payment', event_id, type from payment.outbox where position is null
         union all
         select 'payment', event_id, type from payment.outbox
         where position > (select position from orders.feed_cursor where feed = 'payment')",
    ),
    (
        "orders know the last of their payments",
        "select order_id, payment_version, payment.version as published, paid, amount_captured,
                refunded, amount_refunded
         from orders.customer_order join payment.payment using (order_id)
         where (payment_version, paid, refunded)
               is distinct from (payment.version, amount_captured, amount_refunded)",
    ),
    (
        "the provider's books are ours",
        "select payment_id, amount_captured, amount_refunded, theirs.*
         from payment.payment, lateral (
             select coalesce(sum(charge.amount_captured), 0) as captured,
                    coalesce(sum(charge.amount_refunded), 0) as refunded
             from payment.sandbox_charge as charge join payment.attempt on attempt_id = charge_id
             where attempt.payment_id = payment.payment_id) as theirs
         where (amount_captured, amount_refunded) is distinct from (captured, refunded)",
    ),
    (
        "refunds that the provider made are refunds that we asked for",
        "select operation_id, operation.kind, operation.amount, operation.status, theirs.amount as made
         from payment.sandbox_operation as theirs full join payment.operation using (operation_id)
         where coalesce(operation.kind, 'refund') = 'refund'
           and (operation.amount, operation.status = 'succeeded')
               is distinct from (theirs.amount, theirs.is_accepted)",
    ),
    (
        "money is kept for orders that are delivered, and for no other",
        "select order_id, customer_order.status, total, payment.amount_captured, amount_refunded
         from payment.payment left join orders.customer_order using (order_id)
         where payment.amount_captured - payment.amount_refunded
               <> case when customer_order.status in ('confirmed', 'completed') then total else 0 end",
    ),
];

/// Hold once everything that happened was told to the systems around (I10, I12).
pub const TOLD: &[Invariant] = &[
    (
        "the public log has every public fact, and nothing else",
        "with fact as (
             select event_id, type, subject from auth.outbox where type like 'customer.%'
             union all select event_id, type, subject from catalog.outbox
             union all select event_id, type, subject from orders.outbox
             union all select event_id, type, subject from payment.outbox)
         select fact.*, logged.event_id as logged, logged.type as logged_type
         from fact full join events.outbox as logged using (event_id)
         where (fact.type, fact.subject) is distinct from (logged.type, logged.subject)
            or logged.position is null",
    ),
    (
        "events of a subject have the order in which they happened",
        "with fact as (select event_id, position from orders.outbox
                       union all select event_id, position from payment.outbox)
         select * from (
             select logged.event_id, logged.subject, fact.position,
                    lag(fact.position) over (partition by logged.source, logged.subject
                                             order by logged.position) as before
             from events.outbox as logged join fact using (event_id)) as pairs
         where position < before",
    ),
    (
        "replaying the log rebuilds the state of every order",
        "select order_id, customer_order.number, customer_order.status, total, last.data
         from orders.customer_order left join lateral (
             select data from events.outbox
             where subject = order_id::text and type like 'order.%'
             order by position desc limit 1) as last on true
         where (last.data ->> 'number', last.data ->> 'status', (last.data ->> 'total')::bigint)
               is distinct from (customer_order.number, customer_order.status, total)",
    ),
    (
        "replaying the log rebuilds the state of every payment",
        "select payment_id, payment.version, last.data
         from payment.payment left join lateral (
             select data from events.outbox
             where subject = payment_id::text and type = 'payment.changed'
             order by position desc limit 1) as last on true
         where ((last.data ->> 'version')::bigint, (last.data ->> 'amount_captured')::bigint,
                (last.data ->> 'amount_refunded')::bigint)
               is distinct from (payment.version, amount_captured, amount_refunded)",
    ),
    (
        "what is in the log was looked at for every webhook",
        "select position, event_id, type from events.outbox
         where position > coalesce((select position from events.feed_cursor
                                    where feed = 'webhooks'), 0)",
    ),
    (
        "an enabled webhook has every event that was queued for it",
        "select webhook.url, event_id, delivery.status, tries, last_status, last_error
         from events.delivery join events.webhook using (webhook_id)
         where webhook.status = 'enabled' and delivery.status <> 'delivered'",
    ),
];

/// Every invariant that is broken, with rows that break it.
pub async fn broken(system: &System, invariants: &[Invariant]) -> Result<Vec<String>> {
    let mut connection = PgConnection::connect(&system.superuser_url()).await?;
    let mut broken = Vec::new();
    for (rule, statement) in invariants {
        let statement = format!("select to_jsonb(broken)::text from ({statement}) as broken");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .fetch_all(&mut connection)
            .await
            .context(*rule)?;
        if !rows.is_empty() {
            let shown = rows.iter().take(ROWS_SHOWN).map(String::as_str).collect::<Vec<_>>();
            broken.push(format!("{rule}: {} rows\n  {}", rows.len(), shown.join("\n  ")));
        }
    }
    connection.close().await?;
    Ok(broken)
}
