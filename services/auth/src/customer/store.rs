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
