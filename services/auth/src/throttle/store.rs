use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::{AssertSqlSafe, FromRow, PgExecutor, PgPool};

use super::attempt::Bucket;

/// What became of an attempt.
#[derive(FromRow)]
pub(crate) struct Added {
    /// Whether all the buckets are there; if not, nothing was counted.
    pub(crate) is_there: bool,
    /// Seconds to wait, if there were too many in one of them; nothing was counted then.
    pub(crate) wait_seconds: Option<i64>,
}

impl Added {
    /// 429 with the time to wait if there were too many; false if there are buckets to be made.
    pub(crate) fn is_counted(&self) -> Result<bool> {
        match self.wait_seconds {
            None => Ok(self.is_there),
            Some(seconds) => Err(Problem::too_many_requests(seconds.unsigned_abs())),
        }
    }
}

/// For statements that count: it is not waited for until the count is on disk. A server that fails forgets
/// the attempts of its last second, and nobody was promised that it keeps them.
pub(crate) const AT_EASE: &str =
    "at_ease as materialized (select set_config('synchronous_commit', 'off', true))";

/// Counts one attempt in each bucket of `wanted (key, capacity, leak_seconds)`, after what leaked away until
/// `$1`, or in none of them; `outcome` says what became of it. They are locked in one order.
pub(crate) const COUNT: &str = "locked as materialized (
        select key, level, updated_at from throttle
        where key = any (array(select key from wanted)) order by key for update
    ), filled as materialized (
        select key, capacity, leak_seconds,
            greatest(level - greatest(extract(epoch from $1 - updated_at)::float8, 0) / leak_seconds, 0)
                + 1 as level
        from wanted join locked using (key)
    ), looked as materialized (
        select count(*) = (select count(*) from wanted) as is_there,
            max(ceil((level - capacity) * leak_seconds)) filter (where level > capacity) as wait
        from filled
    ), counted as (
        update throttle set level = filled.level, updated_at = $1 from filled, looked
        where throttle.key = filled.key and is_there and wait is null
    ), outcome as (
        select is_there, case when wait is not null then greatest(wait, 1)::bigint end as wait_seconds
        from looked
    )";

/// Counts one attempt in each of the buckets, or in none of them.
pub(crate) async fn add_one(db: &PgPool, buckets: &[Bucket], now: DateTime<Utc>) -> Result<Added> {
    let sql = format!(
        "with {AT_EASE}, wanted as materialized (
             select * from unnest($2, $3, $4) as bucket (key, capacity, leak_seconds)
         ), {COUNT}
         select is_there, wait_seconds from outcome cross join at_ease"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql))
        .bind(now)
        .bind(buckets.iter().map(|bucket| &bucket.key).collect::<Vec<_>>())
        .bind(buckets.iter().map(|bucket| bucket.rule.capacity).collect::<Vec<_>>())
        .bind(buckets.iter().map(|bucket| bucket.rule.leak_seconds).collect::<Vec<_>>())
        .fetch_one(db)
        .await?)
}

/// Makes empty buckets where there are none.
pub(crate) async fn make(
    executor: impl PgExecutor<'_>,
    keys: &[&[u8]],
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
pub(crate) async fn take_back(executor: impl PgExecutor<'_>, keys: &[&[u8]]) -> Result<()> {
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
