use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};

#[derive(FromRow)]
pub(crate) struct Bucket {
    pub(crate) key: Vec<u8>,
    pub(crate) level: f64,
    pub(crate) updated_at: DateTime<Utc>,
}

/// The buckets, empty ones where there were none, locked in one order.
pub(crate) async fn lock(
    transaction: &mut PgConnection,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Vec<Bucket>> {
    sqlx::query(
        "insert into throttle (key, level, updated_at)
         select key, 0, $2 from unnest($1) as wanted (key) order by key
         on conflict (key) do nothing",
    )
    .bind(keys)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    Ok(sqlx::query_as(
        "select key, level, updated_at from throttle
         where key = any ($1) order by key for update",
    )
    .bind(keys)
    .fetch_all(transaction)
    .await?)
}

pub(crate) async fn set_level(
    executor: impl PgExecutor<'_>,
    key: &[u8],
    level: f64,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update throttle set level = $2, updated_at = $3 where key = $1")
        .bind(key)
        .bind(level)
        .bind(now)
        .execute(executor)
        .await?;
    Ok(())
}

/// Takes one attempt back from each of these.
pub(crate) async fn take_back(executor: impl PgExecutor<'_>, keys: &[Vec<u8>]) -> Result<()> {
    sqlx::query(
        "with locked as (
             select key from throttle where key = any ($1) order by key for update
         )
         update throttle set level = greatest(level - 1, 0)
         from locked where throttle.key = locked.key",
    )
    .bind(keys)
    .execute(executor)
    .await?;
    Ok(())
}

/// Clears away up to `limit` buckets that were last touched before this time.
pub(crate) async fn delete_older(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let done = sqlx::query(
        "delete from throttle where key in (
             select key from throttle where updated_at < $1 order by updated_at limit $2
         )",
    )
    .bind(before)
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
