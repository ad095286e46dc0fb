use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};

use super::{KeyAlgorithm, generate::NewKey};

/// Most keys there are: rotations by command are refused beyond.
pub(super) const MAX_KEYS: usize = 40;

/// A key as it is kept.
#[derive(FromRow)]
pub(crate) struct StoredKey {
    pub(crate) key_id: String,
    pub(crate) algorithm: KeyAlgorithm,
    pub(crate) public_key: Vec<u8>,
    pub(crate) private_key: Vec<u8>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) signs_from: DateTime<Utc>,
}

/// Every key, newest first.
pub(crate) async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<StoredKey>> {
    Ok(sqlx::query_as(
        "select key_id, algorithm, public_key, private_key, created_at, signs_from from signing_key
         order by signs_from desc, created_at desc, key_id",
    )
    .fetch_all(executor)
    .await?)
}

/// Waits until no other replica creates or deletes keys; ends with the transaction.
pub(crate) async fn lock(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('signing_key ' || current_schema(), 0))",
    )
    .execute(transaction)
    .await?;
    Ok(())
}

pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    key: &NewKey,
    sealed_private: &[u8],
    signs_from: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into signing_key (key_id, algorithm, public_key, private_key, signs_from)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(&key.key_id)
    .bind(key.algorithm)
    .bind(&key.public)
    .bind(sealed_private)
    .bind(signs_from)
    .execute(executor)
    .await?;
    Ok(())
}

pub(super) async fn delete(executor: impl PgExecutor<'_>, key_ids: &[&str]) -> Result<()> {
    sqlx::query("delete from signing_key where key_id = any ($1)")
        .bind(key_ids)
        .execute(executor)
        .await?;
    Ok(())
}
