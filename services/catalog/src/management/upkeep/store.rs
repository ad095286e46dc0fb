use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgExecutor;

/// Forgets answers from before this moment, at most `limit` of them.
pub(super) async fn delete_idempotency_keys(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<()> {
    sqlx::query(
        "delete from idempotency_key where (caller, key) in (
             select caller, key from idempotency_key where created_at < $1
             order by created_at limit $2
         )",
    )
    .bind(before)
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(())
}
