//! Every statement about the table `attempt`.

use std::time::Duration;

use problem::Result;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{Attempt, AttemptStatus};
use crate::keyed::Keyed;

/// Writes the intent to call the provider. `first_check` is when somebody else may look after it.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
    connector: &str,
    first_check: Duration,
) -> Result<Attempt> {
    let attempt = sqlx::query_as(
        "insert into attempt
             (attempt_id, payment_id, connector, status, requested_by, request_key, next_check_at)
         values ($1, $2, $3, 'sent', $4, $5, now() + make_interval(secs => $6))
         returning attempt_id, payment_id, status, error, checks",
    )
    .bind(Uuid::now_v7())
    .bind(call.payment_id)
    .bind(connector)
    .bind(&call.caller)
    .bind(call.key.as_str())
    .bind(first_check.as_secs_f64())
    .fetch_one(executor)
    .await?;
    Ok(attempt)
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Attempt>> {
    let attempt = sqlx::query_as(
        "select attempt_id, payment_id, status, error, checks from attempt where attempt_id = $1",
    )
    .bind(id)
    .fetch_optional(executor)
    .await?;
    Ok(attempt)
}

/// The attempt that this very request began earlier.
pub(crate) async fn find_by_key(
    executor: impl PgExecutor<'_>,
    call: &Keyed,
) -> Result<Option<Attempt>> {
    let attempt = sqlx::query_as(
        "select attempt_id, payment_id, status, error, checks from attempt
         where payment_id = $1 and requested_by = $2 and request_key = $3",
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
) -> Result<()> {
    sqlx::query(
        "update attempt set status = $2, error = $3, action_url = $4, checks = 0,
                            next_check_at = now() + make_interval(secs => $5)
         where attempt_id = $1",
    )
    .bind(id)
    .bind(change.status)
    .bind(change.error)
    .bind(change.action_url)
    .bind(change.status.check_after(0).as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
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
         returning attempt_id, payment_id, status, error, checks",
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
