//! Every statement about the table `attempt`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{Attempt, AttemptStatus};
use crate::{keyed::Keyed, routing::Decision};

/// An attempt to be written.
#[derive(Debug)]
pub(crate) struct NewAttempt<'a> {
    pub(crate) id: Uuid,
    /// Sort of means of payment.
    pub(crate) method: &'a str,
    pub(crate) decision: &'a Decision,
    /// Which attempt of its request it is.
    pub(crate) ordinal: i16,
    /// When somebody else may look after it.
    pub(crate) first_check: Duration,
}

/// Writes the intent to call the provider.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
    new: &NewAttempt<'_>,
) -> Result<Attempt> {
    let attempt = sqlx::query_as(
        "insert into attempt
             (attempt_id, payment_id, connector, status, requested_by, request_key, next_check_at,
              method, ordinal, route, routing_version, routing_rule)
         values ($1, $2, $3, 'sent', $4, $5, now() + make_interval(secs => $6), $7, $8, $9, $10, $11)
         returning *",
    )
    .bind(new.id)
    .bind(call.payment_id)
    .bind(&new.decision.connector)
    .bind(&call.caller)
    .bind(call.key.as_str())
    .bind(new.first_check.as_secs_f64())
    .bind(new.method)
    .bind(new.ordinal)
    .bind(new.decision.route)
    .bind(new.decision.version)
    .bind(&new.decision.rule)
    .fetch_one(executor)
    .await?;
    Ok(attempt)
}

/// Writes down what the provider calls the charge; `false` if the attempt was given up meanwhile: then
/// nothing may be charged. Locks the payment, as who gives an attempt up does: one of them is first.
pub(crate) async fn set_reference(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    reference: &str,
) -> Result<bool> {
    let updated = sqlx::query(
        "with locked as (
             select payment_id from payment
             where payment_id = (select payment_id from attempt where attempt_id = $1) for update)
         update attempt set provider_reference = $2
         from locked where attempt_id = $1 and attempt.payment_id = locked.payment_id
                       and status = 'sent'",
    )
    .bind(id)
    .bind(reference)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// The attempt that a provider's event is about.
pub(crate) async fn find_by_reference(
    executor: impl PgExecutor<'_>,
    connector: &str,
    reference: &str,
) -> Result<Option<Uuid>> {
    let id = sqlx::query_scalar(
        "select attempt_id from attempt where provider_reference = $2 and connector = $1",
    )
    .bind(connector)
    .bind(reference)
    .fetch_optional(executor)
    .await?;
    Ok(id)
}

/// Attempts of a payment, oldest first, after a position.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    payment_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let attempts = sqlx::query_as(
        "select * from attempt
         where payment_id = $1
           and ($2::timestamptz is null or (created_at, attempt_id) > ($2, $3))
         order by created_at, attempt_id limit $4",
    )
    .bind(payment_id)
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(attempts)
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Attempt>> {
    let attempt = sqlx::query_as("select * from attempt where attempt_id = $1")
        .bind(id)
        .fetch_optional(executor)
        .await?;
    Ok(attempt)
}

/// The last attempt that this very request began earlier.
pub(crate) async fn find_by_key(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
) -> Result<Option<Attempt>> {
    let attempt = sqlx::query_as(
        "select * from attempt where payment_id = $1 and requested_by = $2 and request_key = $3
         order by ordinal desc limit 1",
    )
    .bind(call.payment_id)
    .bind(&call.caller)
    .bind(call.key.as_str())
    .fetch_optional(executor)
    .await?;
    Ok(attempt)
}

/// What is new about an attempt.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    pub(crate) status: AttemptStatus,
    pub(crate) error: Option<&'a str>,
    pub(crate) action_url: Option<&'a str>,
}

/// Writes a new state; an open one is looked after from the beginning.
pub(crate) async fn update(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    change: &Change<'_>,
) -> Result<Attempt> {
    let attempt = sqlx::query_as(
        "update attempt set status = $2, error = $3, action_url = $4, checks = 0,
                            next_check_at = now() + make_interval(secs => $5)
         where attempt_id = $1 returning *",
    )
    .bind(id)
    .bind(change.status)
    .bind(change.error)
    .bind(change.action_url)
    .bind(change.status.check_after(0).as_secs_f64())
    .fetch_one(executor)
    .await?;
    Ok(attempt)
}

/// Leases open attempts that are due: nobody else gets them within `lease`.
pub(crate) async fn claim_due(
    executor: impl PgExecutor<'_>,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let attempts = sqlx::query_as(
        "update attempt set checks = checks + 1, next_check_at = now() + make_interval(secs => $1)
         where attempt_id in (
             select attempt_id from attempt
             where status in ('sent', 'unknown', 'requires_action', 'pending')
               and next_check_at <= now()
             order by next_check_at limit $2 for update skip locked)
         returning *",
    )
    .bind(lease.as_secs_f64())
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(attempts)
}

/// Ends the lease: the attempt is due again after `wait`.
pub(crate) async fn postpone(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    wait: Duration,
) -> Result<()> {
    sqlx::query(
        "update attempt set next_check_at = now() + make_interval(secs => $2)
         where attempt_id = $1",
    )
    .bind(id)
    .bind(wait.as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
}

/// Makes an attempt due at once, whatever its turn; nothing happens to an unknown or final one.
pub(crate) async fn make_due(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query(
        "update attempt set next_check_at = now()
         where attempt_id = $1 and status in ('sent', 'unknown', 'requires_action', 'pending')",
    )
    .bind(id)
    .execute(executor)
    .await?;
    Ok(())
}
