//! Every statement that finds what is stuck.

use std::time::Duration;

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use types::CurrencyCode;
use uuid::Uuid;

/// An attempt or operation that is open.
#[derive(Debug, FromRow)]
pub(crate) struct Stuck {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) payment_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) connector: String,
    pub(crate) provider_reference: Option<String>,
    pub(crate) status: String,
    pub(crate) error: Option<String>,
    pub(crate) amount: i64,
    #[sqlx(try_from = "String")]
    pub(crate) currency: CurrencyCode,
    pub(crate) checks: i32,
    pub(crate) next_check_at: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Open attempts and operations that are older than `age`, oldest first, after a position.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    age: Duration,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Stuck>> {
    let stuck = sqlx::query_as(
        "select open.*, payment.order_id, payment.currency from (
             select attempt_id as id, 'attempt' as kind, payment_id, connector,
                    provider_reference, status, error, payment.amount, checks, next_check_at,
                    attempt.created_at
             from attempt join payment using (payment_id)
             where status in ('sent', 'unknown', 'requires_action', 'pending')
             union all
             select operation.operation_id, operation.kind, operation.payment_id,
                    attempt.connector, attempt.provider_reference, operation.status, null,
                    operation.amount, operation.checks, operation.next_check_at,
                    operation.created_at
             from operation join attempt using (attempt_id)
             where operation.status in ('sent', 'unknown')
         ) as open
         join payment using (payment_id)
         where open.created_at < now() - make_interval(secs => $1)
           and ($2::timestamptz is null or (open.created_at, open.id) > ($2, $3))
         order by open.created_at, open.id limit $4",
    )
    .bind(age.as_secs_f64())
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(stuck)
}
