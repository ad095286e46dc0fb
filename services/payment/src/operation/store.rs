//! Every statement about the table `operation`.

use std::time::Duration;

use problem::Result;
use sqlx::{FromRow, PgExecutor};
use types::CurrencyCode;
use uuid::Uuid;

use super::{Operation, OperationKind, OperationStatus};
use crate::keyed::Keyed;

/// An operation to be written.
#[derive(Debug)]
pub(crate) struct NewOperation {
    pub(crate) id: Uuid,
    pub(crate) attempt_id: Uuid,
    pub(crate) kind: OperationKind,
    pub(crate) amount: i64,
    pub(crate) reason: Option<String>,
}

/// Writes the intent to call the provider. `first_check` is when somebody else may look after it.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
    new: &NewOperation,
    first_check: Duration,
) -> Result<Operation> {
    let operation = sqlx::query_as(
        "insert into operation (operation_id, payment_id, attempt_id, kind, amount, status, reason,
                                requested_by, request_key, next_check_at)
         values ($1, $2, $3, $4, $5, 'sent', $6, $7, $8, now() + make_interval(secs => $9))
         returning operation_id, payment_id, attempt_id, kind, amount, status, reason, checks,
                   created_at",
    )
    .bind(new.id)
    .bind(call.payment_id)
    .bind(new.attempt_id)
    .bind(new.kind)
    .bind(new.amount)
    .bind(&new.reason)
    .bind(&call.caller)
    .bind(call.key.as_str())
    .bind(first_check.as_secs_f64())
    .fetch_one(executor)
    .await?;
    Ok(operation)
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Operation>> {
    let operation = sqlx::query_as(
        "select operation_id, payment_id, attempt_id, kind, amount, status, reason, checks,
                created_at
         from operation where operation_id = $1",
    )
    .bind(id)
    .fetch_optional(executor)
    .await?;
    Ok(operation)
}

/// Where the money of an attempt is.
#[derive(Debug, FromRow)]
pub(crate) struct ChargePlace {
    pub(crate) connector: String,
    pub(crate) provider_reference: Option<String>,
    #[sqlx(try_from = "String")]
    pub(crate) currency: CurrencyCode,
}

/// Where the money of an attempt is, which is there.
pub(crate) async fn find_charge(
    executor: impl PgExecutor<'_>,
    attempt_id: Uuid,
) -> Result<ChargePlace> {
    let place = sqlx::query_as(
        "select connector, provider_reference, currency
         from attempt join payment using (payment_id) where attempt_id = $1",
    )
    .bind(attempt_id)
    .fetch_one(executor)
    .await?;
    Ok(place)
}

/// The operation that this very request began earlier.
pub(crate) async fn find_by_key(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
    kind: OperationKind,
) -> Result<Option<Operation>> {
    let operation = sqlx::query_as(
        "select operation_id, payment_id, attempt_id, kind, amount, status, reason, checks,
                created_at
         from operation
         where payment_id = $1 and kind = $2 and requested_by = $3 and request_key = $4",
    )
    .bind(call.payment_id)
    .bind(kind)
    .bind(&call.caller)
    .bind(call.key.as_str())
    .fetch_optional(executor)
    .await?;
    Ok(operation)
}

/// Refunds of a payment, oldest first, after a position.
pub(crate) async fn list_refunds(
    executor: impl PgExecutor<'_>,
    payment_id: Uuid,
    after: Option<(chrono::DateTime<chrono::Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Operation>> {
    let operations = sqlx::query_as(
        "select operation_id, payment_id, attempt_id, kind, amount, status, reason, checks,
                created_at
         from operation
         where payment_id = $1 and kind = 'refund'
           and ($2::timestamptz is null or (created_at, operation_id) > ($2, $3))
         order by created_at, operation_id limit $4",
    )
    .bind(payment_id)
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(operations)
}

pub(crate) async fn set_status(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    status: OperationStatus,
    next_check: Duration,
) -> Result<()> {
    sqlx::query(
        "update operation set status = $2, next_check_at = now() + make_interval(secs => $3)
         where operation_id = $1",
    )
    .bind(id)
    .bind(status)
    .bind(next_check.as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
}

/// Leases open operations that are due: nobody else gets them within `lease`.
pub(crate) async fn claim_due(
    executor: impl PgExecutor<'_>,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Operation>> {
    let operations = sqlx::query_as(
        "update operation set checks = checks + 1, next_check_at = now() + make_interval(secs => $1)
         where operation_id in (
             select operation_id from operation
             where status in ('sent', 'unknown') and next_check_at <= now()
             order by next_check_at limit $2 for update skip locked)
         returning operation_id, payment_id, attempt_id, kind, amount, status, reason, checks,
                   created_at",
    )
    .bind(lease.as_secs_f64())
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(operations)
}

/// Makes the open operations of an attempt due at once, whatever their turn.
pub(crate) async fn make_due(executor: impl PgExecutor<'_>, attempt_id: Uuid) -> Result<()> {
    // One that was just sent is left to whom sent it.
    sqlx::query(
        "update operation set next_check_at = now()
         where attempt_id = $1 and status = 'unknown'",
    )
    .bind(attempt_id)
    .execute(executor)
    .await?;
    Ok(())
}
