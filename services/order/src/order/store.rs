use chrono::{DateTime, Utc};
use contracts::payment::Payment;
use problem::{Problem, Result, ResultExt};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, types::Json};
use uuid::Uuid;

use super::{
    OrderStatus, ShippingChoice, StoredOrder, StoredOrderLine, pay::PaymentMethod,
    refund::store::StoredRefund,
};
use crate::{
    cart::{Address, merge::HandedOver},
    pricing::{ExplainedDiscount, TaxLine, Totals},
};

/// An order as it is first written. Times are seconds from now, by the database's clock.
pub(crate) struct NewRow<'a> {
    pub(crate) order_id: Uuid,
    pub(crate) number: String,
    pub(crate) cart_id: Uuid,
    pub(crate) checkout_key: &'a str,
    pub(crate) customer: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) payment_status: &'a str,
    pub(crate) currency: &'a str,
    pub(crate) totals: &'a Totals,
    pub(crate) discounts: &'a [ExplainedDiscount],
    pub(crate) taxes: &'a [TaxLine],
    pub(crate) shipping_method: &'a ShippingChoice,
    pub(crate) shipping_address: &'a Address,
    pub(crate) billing_address: &'a Address,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) expires_in_seconds: f64,
    pub(crate) give_up_in_seconds: f64,
    pub(crate) payment: Option<&'a PaymentMethod>,
}

/// How long whoever drives a payment has it for itself.
pub(crate) const LEASE_SECONDS: f64 = 15.0;

/// Writes an order with everything that begins with it: lines, history and the wish to pay; its cart is
/// closed. `None` if the number is taken.
pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    order: &NewRow<'_>,
    lines: &[StoredOrderLine],
) -> Result<Option<StoredOrder>> {
    let totals = order.totals;
    sqlx::query_as(
        "with placed as (
             insert into customer_order (order_id, number, cart_id, checkout_key, customer, email,
                 status, payment_status, currency, items, discount, shipping, shipping_tax, tax,
                 tax_included, total, discounts, taxes, shipping_method, shipping_address,
                 billing_address, payment_id, expires_at, give_up_at, due_at)
             values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11, $12, $13, $14, $15,
                 $16, $17, $18, $19, $20, $21, now() + make_interval(secs => $22),
                 now() + make_interval(secs => $23),
                 statement_timestamp() + make_interval(secs => $24))
             on conflict (number) do nothing
             returning *
         ), lines as (
             insert into order_line (line_id, order_id, position, sku, product_id, name, image,
                 quantity, unit_price, subtotal, discount, discounts, tax, tax_included,
                 tax_rate_ppm, total)
             select line.* from placed, jsonb_to_recordset($25) as line (
                 line_id uuid, order_id uuid, position integer, sku text, product_id uuid,
                 name text, image text, quantity integer, unit_price bigint, subtotal bigint,
                 discount bigint, discounts jsonb, tax bigint, tax_included bigint,
                 tax_rate_ppm integer, total bigint)
         ), noted as (
             insert into order_history (order_id, to_status, why)
             select order_id, status, 'placed' from placed
         ), wished as (
             insert into payment_attempt
                 (order_id, number, key, connector, token, return_url, method)
             select order_id, 1, checkout_key, $26, $27, $28, $29 from placed where $27 is not null
         ), closed as (
             update cart set status = 'ordered', version = cart.version + 1, updated_at = now()
             from placed where cart.cart_id = placed.cart_id
         )
         select *, statement_timestamp() as now from placed",
    )
    .bind(order.order_id)
    .bind(&order.number)
    .bind(order.cart_id)
    .bind(order.checkout_key)
    .bind(order.customer)
    .bind(order.email)
    .bind(order.payment_status)
    .bind(order.currency)
    .bind(totals.items)
    .bind(totals.discount)
    .bind(totals.shipping)
    .bind(totals.shipping_tax)
    .bind(totals.tax)
    .bind(totals.tax_included)
    .bind(totals.total)
    .bind(Json(order.discounts))
    .bind(Json(order.taxes))
    .bind(Json(order.shipping_method))
    .bind(Json(order.shipping_address))
    .bind(Json(order.billing_address))
    .bind(order.payment_id)
    .bind(order.expires_in_seconds)
    .bind(order.give_up_in_seconds)
    .bind(LEASE_SECONDS)
    .bind(Json(line_rows(lines)))
    .bind(order.payment.and_then(|method| method.connector.as_deref()))
    .bind(order.payment.map(|method| method.token.as_str()))
    .bind(order.payment.and_then(|method| method.return_url.as_deref()))
    .bind(order.payment.and_then(|method| method.method.as_deref()))
    .fetch_optional(db)
    .await
    .on_constraint("customer_order_cart_id_key", || {
        Problem::conflict("cart_closed", "the cart is ordered")
    })
}

fn line_rows(lines: &[StoredOrderLine]) -> Vec<Value> {
    let row = |(i, line): (usize, &StoredOrderLine)| {
        serde_json::json!({
            "line_id": line.line_id, "order_id": line.order_id, "position": i + 1,
            "sku": line.sku, "product_id": line.product_id, "name": line.name,
            "image": line.image, "quantity": line.quantity, "unit_price": line.unit_price,
            "subtotal": line.subtotal, "discount": line.discount,
            "discounts": line.discounts.0, "tax": line.tax,
            "tax_included": line.tax_included, "tax_rate_ppm": line.tax_rate_ppm,
            "total": line.total,
        })
    };
    lines.iter().enumerate().map(row).collect()
}

pub(crate) async fn find(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<Option<StoredOrder>> {
    let order = sqlx::query_as(
        "select *, statement_timestamp() as now from customer_order where order_id = $1",
    )
    .bind(order_id)
    .fetch_optional(db)
    .await?;
    Ok(order)
}

pub(crate) async fn find_by_cart(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
) -> Result<Option<StoredOrder>> {
    let order = sqlx::query_as(
        "select *, statement_timestamp() as now from customer_order where cart_id = $1",
    )
    .bind(cart_id)
    .fetch_optional(db)
    .await?;
    Ok(order)
}

/// For each state of a payment, whether a later one took effect already, or this very one on a living
/// order.
pub(crate) async fn known(db: impl PgExecutor<'_>, payments: &[Payment]) -> Result<Vec<bool>> {
    let known = sqlx::query_scalar(
        "select exists (
             select from customer_order as it
             where it.order_id = news.order_id and (payment_version > news.version
                 or (payment_version = news.version and status in ('confirmed', 'completed'))))
         from unnest($1::uuid[], $2::bigint[]) with ordinality as news (order_id, version, place)
         order by place",
    )
    .bind(payments.iter().map(|it| it.order_id).collect::<Vec<_>>())
    .bind(payments.iter().map(|it| it.version).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    Ok(known)
}

/// Locks an order; with it comes what was ordered, which never changes.
pub(crate) async fn lock_with_lines(
    db: &mut PgConnection,
    order_id: Uuid,
) -> Result<Option<(StoredOrder, Vec<StoredOrderLine>)>> {
    let locked: Option<OrderWithLines> = sqlx::query_as(
        "select *, clock_timestamp() as now,
             (select json_agg(line order by position) from order_line as line
              where line.order_id = locked.order_id) as lines
         from (select * from customer_order where order_id = $1 for update) as locked",
    )
    .bind(order_id)
    .fetch_optional(db)
    .await?;
    Ok(locked.map(|OrderWithLines { order, lines: Json(lines) }| (order, lines)))
}

#[derive(sqlx::FromRow)]
struct OrderWithLines {
    #[sqlx(flatten)]
    order: StoredOrder,
    lines: Json<Vec<StoredOrderLine>>,
}

pub(crate) async fn lock(db: &mut PgConnection, order_id: Uuid) -> Result<Option<StoredOrder>> {
    // Around the locked row, so that the clock is read when the lock is held.
    let order = sqlx::query_as(
        "select *, clock_timestamp() as now
         from (select * from customer_order where order_id = $1 for update) as locked",
    )
    .bind(order_id)
    .fetch_optional(db)
    .await?;
    Ok(order)
}

pub(crate) async fn lines(
    db: impl PgExecutor<'_>,
    order_ids: &[Uuid],
) -> Result<Vec<StoredOrderLine>> {
    let lines = sqlx::query_as(
        "select * from order_line where order_id = any($1) order by order_id, position",
    )
    .bind(order_ids)
    .fetch_all(db)
    .await?;
    Ok(lines)
}

/// What changes of an order when its payment or status does.
pub(crate) struct Update<'a> {
    pub(crate) status: OrderStatus,
    pub(crate) payment_status: &'a str,
    pub(crate) payment_version: i64,
    pub(crate) paid: i64,
    pub(crate) refunded: i64,
    pub(crate) next_action: Option<&'a Value>,
    pub(crate) last_error: Option<&'a str>,
    pub(crate) void_payment: bool,
    pub(crate) expires_at: DateTime<Utc>,
}

impl<'a> Update<'a> {
    /// Everything as it is.
    pub(crate) fn of(order: &'a StoredOrder) -> Self {
        Self {
            status: order.status,
            payment_status: &order.payment_status,
            payment_version: order.payment_version,
            paid: order.paid,
            refunded: order.refunded,
            next_action: order.next_action.as_ref(),
            last_error: order.last_error.as_deref(),
            void_payment: order.void_payment,
            expires_at: order.expires_at,
        }
    }
}

/// Writes the change of a locked order; an error if it is not the version that was read.
pub(crate) async fn update(
    db: impl PgExecutor<'_>,
    order: &StoredOrder,
    new: &Update<'_>,
) -> Result<()> {
    change(db, order, new, &Beside::default()).await.map(drop)
}

/// What is written together with the change of an order.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    /// The open attempt, if any, has its answer; its token is forgotten.
    pub(crate) closes_attempt: bool,
    /// A line in the history.
    pub(crate) why: Option<&'a str>,
    /// Unless a refund waits, the background need not look at the order any more.
    pub(crate) is_settled: bool,
}

/// The same with what is written beside; returns the order as it is then.
pub(crate) async fn change(
    db: impl PgExecutor<'_>,
    order: &StoredOrder,
    new: &Update<'_>,
    beside: &Beside<'_>,
) -> Result<StoredOrder> {
    let changed = sqlx::query_as(
        "with closed as (
             update payment_attempt set open = false, token = null
             where $12 and order_id = $1 and open
         ), noted as (
             insert into order_history (order_id, from_status, to_status, why)
             select $1, $13, $3, $14 where $14 is not null
         )
         update customer_order set status = $3, payment_status = $4, payment_version = $5, paid = $6,
             refunded = $7, next_action = $8, last_error = $9, void_payment = $10, expires_at = $11,
             due_at = case when $15 and not exists (
                 select from order_refund refund
                 where refund.order_id = $1 and refund.status = 'pending') then null else due_at end,
             tries = 0, version = version + 1
         where order_id = $1 and version = $2
         returning *, statement_timestamp() as now",
    )
    .bind(order.order_id)
    .bind(order.version)
    .bind(new.status.as_str())
    .bind(new.payment_status)
    .bind(new.payment_version)
    .bind(new.paid)
    .bind(new.refunded)
    .bind(new.next_action)
    .bind(new.last_error)
    .bind(new.void_payment)
    .bind(new.expires_at)
    .bind(beside.closes_attempt)
    .bind(order.status.as_str())
    .bind(beside.why)
    .bind(beside.is_settled)
    .fetch_optional(db)
    .await
    .on_constraint("customer_order_refunded_check", || {
        Problem::conflict("refund_too_large", "less than that is left to give back")
    })?;
    changed.ok_or_else(|| Problem::internal(anyhow::anyhow!("a locked order changed")))
}

/// Notes when the background must look at the order next, if ever: in about a minute at the latest while
/// something is owed, however long an outage was that is over now.
pub(crate) async fn reschedule(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<()> {
    sqlx::query(
        "update customer_order set due_at = case
             when exists (select from payment_attempt attempt
                          where attempt.order_id = customer_order.order_id and open)
                 then greatest(due_at, soon.at)
             when void_payment or exists (select from order_refund refund
                          where refund.order_id = customer_order.order_id and status = 'pending')
                 then soon.at
             when status <> 'pending' then null
             when payment_status in ('pending', 'unknown') and payment_version > 0
                 then greatest(least(expires_at, soon.at), statement_timestamp())
             when expires_at <= statement_timestamp() then soon.at
             else expires_at end
         from (select statement_timestamp()
                      + make_interval(secs => power(2, least(tries, 6))) as at
               from customer_order where order_id = $1) as soon
         where order_id = $1",
    )
    .bind(order_id)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the order for whoever works on it, unless somebody has it.
pub(crate) async fn claim(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<bool> {
    let claimed = sqlx::query(
        "update customer_order set due_at = statement_timestamp() + make_interval(secs => $2)
         where order_id = $1 and (due_at is null or due_at <= statement_timestamp())",
    )
    .bind(order_id)
    .bind(LEASE_SECONDS)
    .execute(db)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Takes orders that are due and whose payment's id ends with the digits of one of these regions, or, if
/// `has_rest`, with those of none of them. Several replicas never take the same.
pub(crate) async fn claim_due(
    db: impl PgExecutor<'_>,
    limit: i64,
    regions: &[String],
    has_rest: bool,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "with due as (
             select order_id from customer_order where due_at <= statement_timestamp()
               and coalesce(substr(payment_id::text, 15, 1) = '8'
                            and right(payment_id::text, 8) = any($3), false) <> $4
             order by due_at limit $1 for update skip locked
         )
         update customer_order set due_at = statement_timestamp() + make_interval(secs => $2),
             tries = least(tries + 1, 100)
         from due where customer_order.order_id = due.order_id
         returning customer_order.order_id",
    )
    .bind(limit)
    .bind(LEASE_SECONDS)
    .bind(regions)
    .bind(has_rest)
    .fetch_all(db)
    .await?;
    Ok(ids)
}

/// Keeps the order for whoever works on it a little longer, from now on.
pub(crate) async fn lease(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<()> {
    sqlx::query(
        "update customer_order set due_at = statement_timestamp() + make_interval(secs => $2)
         where order_id = $1",
    )
    .bind(order_id)
    .bind(LEASE_SECONDS)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn note(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    from: Option<OrderStatus>,
    to: OrderStatus,
    why: &str,
) -> Result<()> {
    sqlx::query(
        "insert into order_history (order_id, from_status, to_status, why) values ($1, $2, $3, $4)",
    )
    .bind(order_id)
    .bind(from.map(OrderStatus::as_str))
    .bind(to.as_str())
    .bind(why)
    .execute(db)
    .await?;
    Ok(())
}

/// The orders of one shopper become another's.
pub(crate) async fn hand_over(
    db: impl PgExecutor<'_>,
    from: &str,
    to: &str,
) -> Result<Vec<HandedOver>> {
    let orders = sqlx::query_as(
        "update customer_order set customer = $2, version = version + 1 where customer = $1
         returning order_id as id, number",
    )
    .bind(from)
    .bind(to)
    .fetch_all(db)
    .await?;
    Ok(orders)
}

/// Something that happened to an order.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct HistoryRow {
    pub(crate) at: DateTime<Utc>,
    pub(crate) from_status: Option<String>,
    pub(crate) to_status: String,
    pub(crate) why: String,
}

/// An order with what is of it at one moment; of parcels only whether there are any.
#[derive(sqlx::FromRow)]
pub(crate) struct WholeOrder {
    #[sqlx(flatten)]
    pub(crate) order: StoredOrder,
    pub(crate) lines: Json<Vec<StoredOrderLine>>,
    pub(crate) history: Json<Vec<HistoryRow>>,
    pub(crate) refunds: Json<Vec<StoredRefund>>,
    pub(crate) is_shipped: bool,
    pub(crate) is_returned: bool,
}

pub(crate) async fn find_whole(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
) -> Result<Option<WholeOrder>> {
    let order = sqlx::query_as(
        "select *, statement_timestamp() as now from whole_order where order_id = $1",
    )
    .bind(order_id)
    .fetch_optional(db)
    .await?;
    Ok(order)
}

/// These, newest first.
pub(crate) async fn find_all(
    db: impl PgExecutor<'_>,
    order_ids: &[Uuid],
) -> Result<Vec<WholeOrder>> {
    let orders = sqlx::query_as(
        "select *, statement_timestamp() as now from whole_order
         where order_id = any($1) order by order_id desc",
    )
    .bind(order_ids)
    .fetch_all(db)
    .await?;
    Ok(orders)
}

/// Which orders are asked for.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) owner: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) status: Option<OrderStatus>,
    pub(crate) payment_status: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) placed_after: Option<DateTime<Utc>>,
    pub(crate) placed_before: Option<DateTime<Utc>>,
    pub(crate) after: Option<Uuid>,
}

/// Ids of orders, newest first, one more than the page holds.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "select order_id from customer_order
         where ($1::text is null or customer = $1) and ($2::text is null or customer = $2)
           and ($3::text is null or status = $3) and ($4::text is null or payment_status = $4)
           and ($5::text is null or number = $5)
           and ($6::text is null or order_id in (select order_id from order_line where sku = $6))
           and ($7::timestamptz is null or placed_at >= $7)
           and ($8::timestamptz is null or placed_at < $8)
           and ($9::uuid is null or order_id < $9)
         order by order_id desc limit $10 + 1",
    )
    .bind(&filter.owner)
    .bind(&filter.customer)
    .bind(filter.status.map(OrderStatus::as_str))
    .bind(&filter.payment_status)
    .bind(&filter.number)
    .bind(&filter.sku)
    .bind(filter.placed_after)
    .bind(filter.placed_before)
    .bind(filter.after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(ids)
}
