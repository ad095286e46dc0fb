use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgExecutor;

/// Forgets the stored answers of these callers: personal data is in them.
pub(crate) async fn delete_idempotency_keys(
    executor: impl PgExecutor<'_>,
    callers: &[String],
) -> Result<()> {
    sqlx::query("delete from idempotency_key where caller = any ($1)")
        .bind(callers)
        .execute(executor)
        .await?;
    Ok(())
}

/// Clears away up to `limit` stored answers from before this time.
pub(crate) async fn delete_old_idempotency_keys(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let done = sqlx::query(
        "delete from idempotency_key where (caller, key) in (
             select caller, key from idempotency_key where created_at < $1
             order by created_at limit $2
         )",
    )
    .bind(before)
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
