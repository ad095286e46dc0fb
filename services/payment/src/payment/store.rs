//! Every statement about the table `payment`.

use chrono::{DateTime, Utc};
use contracts::payment::{CaptureMethod, NewPayment};
use problem::Result;
use sqlx::{PgConnection, PgExecutor, types::Json};
use types::{CountryCode, Sku};
use uuid::Uuid;

use super::Intent;

/// Inserts the payment; `false` if the id is taken.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    payment: &NewPayment,
) -> Result<bool> {
    let capture_method = match payment.capture_method {
        CaptureMethod::Automatic => "automatic",
        CaptureMethod::Manual => "manual",
    };
    let inserted = sqlx::query(
        "insert into payment (payment_id, order_id, amount, currency, capture_method, skus, country)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (payment_id) do nothing",
    )
    .bind(id)
    .bind(payment.order_id)
    .bind(payment.amount.amount)
    .bind(payment.amount.currency.as_str())
    .bind(capture_method)
    .bind(Json(&payment.skus))
    .bind(payment.country.as_ref().map(CountryCode::as_str))
    .execute(executor)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Intent>> {
    let intent = sqlx::query_as("select * from intent where payment_id = $1")
        .bind(id)
        .fetch_optional(executor)
        .await?;
    Ok(intent)
}

/// Reads the payment and keeps everyone else from changing it until the transaction ends.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Intent>> {
    sqlx::query("select from payment where payment_id = $1 for update")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    find(connection, id).await
}

/// Which payments a list shows.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) order_id: Option<Uuid>,
    pub(crate) sku: Option<Sku>,
    /// After this one, in the order of the list.
    pub(crate) after: Option<(DateTime<Utc>, Uuid)>,
}

/// Payments, newest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Intent>> {
    let intents = sqlx::query_as(
        "select * from intent
         where ($1::uuid is null or order_id = $1)
           and ($2::jsonb is null or skus @> $2)
           and ($3::timestamptz is null or (created_at, payment_id) < ($3, $4))
         order by created_at desc, payment_id desc limit $5",
    )
    .bind(filter.order_id)
    .bind(filter.sku.as_ref().map(|sku| Json([sku])))
    .bind(filter.after.map(|(at, _)| at))
    .bind(filter.after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(intents)
}

/// Gives the payment, which the caller has locked, its next version.
pub(crate) async fn count_change(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Intent> {
    let intent: Intent = sqlx::query_as(
        "with counted as (update payment set version = version + 1 where payment_id = $1)
         select * from intent where payment_id = $1",
    )
    .bind(id)
    .fetch_one(executor)
    .await?;
    // One statement does not see what it changes itself.
    Ok(Intent { version: intent.version + 1, ..intent })
}

/// How the amounts of a payment change.
#[derive(Debug, Default)]
pub(crate) struct Movement {
    pub(crate) authorized: i64,
    pub(crate) capturing: i64,
    pub(crate) captured: i64,
    pub(crate) released: i64,
    pub(crate) refunding: i64,
    pub(crate) refunded: i64,
}

/// Moves the amounts; constraints of the table keep captures within what is authorized and refunds
/// within what is captured.
pub(crate) async fn move_amounts(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    movement: &Movement,
) -> Result<()> {
    sqlx::query(
        "update payment set amount_authorized = amount_authorized + $2,
                            amount_capturing = amount_capturing + $3,
                            amount_captured = amount_captured + $4,
                            amount_released = amount_released + $5,
                            amount_refunding = amount_refunding + $6,
                            amount_refunded = amount_refunded + $7
         where payment_id = $1",
    )
    .bind(id)
    .bind(movement.authorized)
    .bind(movement.capturing)
    .bind(movement.captured)
    .bind(movement.released)
    .bind(movement.refunding)
    .bind(movement.refunded)
    .execute(executor)
    .await?;
    Ok(())
}

pub(crate) async fn cancel(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("update payment set canceled_at = now() where payment_id = $1")
        .bind(id)
        .execute(executor)
        .await?;
    Ok(())
}
