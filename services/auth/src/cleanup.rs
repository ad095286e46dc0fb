//! Clears away what nobody needs any more, a little at a time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;
use web::idempotency;

use crate::{audit, retention, session, throttle};

const INTERVAL: Duration = Duration::from_secs(60);
/// Rows per statement: nothing is locked for long.
const BATCH: i64 = 1000;
/// Statements per table and round.
const MAX_BATCHES: u32 = 20;
/// By then the fullest bucket is empty.
const KEEP_BUCKETS: TimeDelta = TimeDelta::hours(2);

/// For ever.
pub(crate) async fn clean_periodically(db: PgPool) {
    loop {
        if let Err(problem) = clean(&db, Utc::now()).await {
            problem.log();
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// One round.
async fn clean(db: &PgPool, now: DateTime<Utc>) -> Result<()> {
    retention::keep_partitions(db, now).await?;
    repeat(|| session::store::forget_answers(db, now - session::GRACE * 2, BATCH)).await?;
    repeat(|| throttle::store::delete_older(db, now - KEEP_BUCKETS, BATCH)).await?;
    let facts_before = now - audit::KEEP;
    repeat(|| audit::store::delete_old_facts(db, facts_before, BATCH)).await?;
    idempotency::forget_old(db).await
}

/// Until a statement finds less than it may take.
async fn repeat<F>(delete: impl Fn() -> F) -> Result<()>
where
    F: Future<Output = Result<u64>>,
{
    for _ in 0..MAX_BATCHES {
        if delete().await? < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "
        insert into refresh_token
            (token_id, token_hash, session_id, created_at, rotated_at, successor_id, answer)
        select first_id, '', first_id, at, at, first_id, ''
        from (values (now() - interval '1 minute'), (now())) as rotation (at),
            lateral (select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
                || '70008000000000000000')::uuid) as id (first_id);
        insert into throttle (key, level, updated_at)
        values ('old', 1, now() - interval '3 hours'), ('new', 1, now());
        insert into idempotency_key
            (caller, key, fingerprint, status, content_type, body, created_at)
        values ('a', 'old', '', 200, '', '', now() - interval '25 hours'),
            ('a', 'new', '', 200, '', '', now());
    ";

    #[tokio::test]
    async fn what_nobody_needs_is_cleared_away_and_the_rest_stays() {
        let database = testing::database(crate::SCHEMA, &crate::MIGRATOR).await;
        retention::keep_partitions(&database.pool, Utc::now()).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&database.pool).await.unwrap();
        clean(&database.pool, Utc::now()).await.unwrap();
        let left: (i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from refresh_token), (select count(answer) from refresh_token),
                 (select count(*) from throttle), (select count(*) from idempotency_key)",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        assert_eq!(left, (2, 1, 1, 1));
    }
}
