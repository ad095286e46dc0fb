use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

/// A refund as it is kept.
#[derive(Debug, Clone, serde::Deserialize, FromRow)]
pub(crate) struct StoredRefund {
    pub(crate) refund_id: Uuid,
    pub(crate) amount: i64,
    pub(crate) reason: Option<String>,
    pub(crate) status: String,
    pub(crate) failure: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    refund_id: Uuid,
    order_id: Uuid,
    amount: i64,
    reason: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "insert into order_refund (refund_id, order_id, amount, reason) values ($1, $2, $3, $4)",
    )
    .bind(refund_id)
    .bind(order_id)
    .bind(amount)
    .bind(reason)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn exists(db: impl PgExecutor<'_>, refund_id: Uuid) -> Result<bool> {
    let exists =
        sqlx::query_scalar("select exists (select from order_refund where refund_id = $1)")
            .bind(refund_id)
            .fetch_one(db)
            .await?;
    Ok(exists)
}

/// Refunds of an order that have no outcome yet.
pub(crate) async fn pending(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<Vec<StoredRefund>> {
    let refunds = sqlx::query_as(
        "select * from order_refund where order_id = $1 and status = 'pending'
         order by created_at, refund_id",
    )
    .bind(order_id)
    .fetch_all(db)
    .await?;
    Ok(refunds)
}

/// Whether it was pending.
pub(crate) async fn set_status(
    db: impl PgExecutor<'_>,
    refund_id: Uuid,
    status: &str,
    failure: Option<&str>,
) -> Result<bool> {
    let changed = sqlx::query(
        "update order_refund set status = $2, failure = $3
         where refund_id = $1 and status = 'pending'",
    )
    .bind(refund_id)
    .bind(status)
    .bind(failure)
    .execute(db)
    .await?;
    Ok(changed.rows_affected() == 1)
}
