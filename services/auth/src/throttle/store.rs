use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor, PgPool};

use super::Rule;

/// What became of an attempt.
#[derive(FromRow)]
pub(crate) struct Added {
    /// Whether all the buckets are there; if not, nothing was counted.
    pub(crate) is_there: bool,
    /// Seconds to wait, if there were too many in one of them; nothing was counted then.
    pub(crate) wait_seconds: Option<i64>,
}

/// Counts one attempt in each of the buckets, after what leaked away, or in none of them. They are locked
/// in one order. It is not waited for until they are on disk: a server that fails forgets attempts of
/// its last second, and nobody was promised that it keeps them.
pub(crate) async fn add_one(
    db: &PgPool,
    keys: &[Vec<u8>],
    rules: &[Rule],
    now: DateTime<Utc>,
) -> Result<Added> {
    Ok(sqlx::query_as(
        "with at_ease as materialized (
             select set_config('synchronous_commit', 'off', true)
         ), locked as materialized (
             select key, level, updated_at from throttle
             where key = any ($1) order by key for update
         ), filled as materialized (
             select key, capacity, leak_seconds,
                 greatest(level - greatest(extract(epoch from $4 - updated_at)::float8, 0) / leak_seconds, 0)
                     + 1 as level
             from unnest($1, $2, $3) as wanted (key, capacity, leak_seconds) join locked using (key)
         ), outcome as materialized (
             select count(*) = cardinality($1) as is_there,
                 max(ceil((level - capacity) * leak_seconds)) filter (where level > capacity) as wait
             from filled
         ), counted as (
             update throttle set level = filled.level, updated_at = $4 from filled, outcome
             where throttle.key = filled.key and is_there and wait is null
         )
         select is_there, case when wait is not null then greatest(wait, 1)::bigint end as wait_seconds
         from outcome, at_ease",
    )
    .bind(keys)
    .bind(rules.iter().map(|rule| rule.capacity).collect::<Vec<_>>())
    .bind(rules.iter().map(|rule| rule.leak_seconds).collect::<Vec<_>>())
    .bind(now)
    .fetch_one(db)
    .await?)
}

/// Makes empty buckets where there are none.
pub(crate) async fn make(
    executor: impl PgExecutor<'_>,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into throttle (key, level, updated_at)
         select key, 0, $2 from unnest($1) as wanted (key) order by key
         on conflict (key) do nothing",
    )
    .bind(keys)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Takes one attempt back from each of these.
pub(crate) async fn take_back(executor: impl PgExecutor<'_>, keys: &[Vec<u8>]) -> Result<()> {
    sqlx::query(
        "with locked as (
             -- One plan for any number of keys: none is made anew for each.
             select key from throttle where key = any (array(select unnest($1)))
             order by key for update
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
