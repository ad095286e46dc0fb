use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};

use super::NewKey;

/// A key as it is kept.
#[derive(FromRow)]
pub(crate) struct StoredKey {
    pub(crate) key_id: String,
    pub(crate) public_key: Vec<u8>,
    pub(crate) private_key: Vec<u8>,
}

/// Every key, newest first.
pub(crate) async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<StoredKey>> {
    Ok(sqlx::query_as(
        "select key_id, public_key, private_key from signing_key
         order by created_at desc, key_id limit 20",
    )
    .fetch_all(executor)
    .await?)
}

/// Waits until no other replica creates keys; ends with the transaction.
pub(crate) async fn lock(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('signing_key ' || current_schema(), 0))",
    )
    .execute(transaction)
    .await?;
    Ok(())
}

pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    key: &NewKey,
    sealed_private: &[u8],
) -> Result<()> {
    sqlx::query(
        "insert into signing_key (key_id, algorithm, public_key, private_key)
         values ($1, 'EdDSA', $2, $3)",
    )
    .bind(&key.key_id)
    .bind(&key.public)
    .bind(sealed_private)
    .execute(executor)
    .await?;
    Ok(())
}
