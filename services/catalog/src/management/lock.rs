//! Named locks of the catalog, held until the transaction ends, where no row stands for what is locked.

use sqlx::PgConnection;

use super::error::Result;

/// Waits until nobody else holds the lock.
pub async fn take(connection: &mut PgConnection, name: &str) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || current_schema(), 0))")
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// Waits until nobody has taken the lock; many share it.
pub async fn share(connection: &mut PgConnection, name: &str) -> Result<()> {
    sqlx::query(
        "select pg_advisory_xact_lock_shared(hashtextextended($1 || ' ' || current_schema(), 0))",
    )
    .bind(name)
    .execute(connection)
    .await?;
    Ok(())
}
