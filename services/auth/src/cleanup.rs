//! Clears away what nobody needs any more, a little at a time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;

use crate::{customer, session, throttle};

const INTERVAL: Duration = Duration::from_secs(60);
/// Rows per statement: nothing is locked for long.
const BATCH: i64 = 1000;
/// Statements per table and round.
const MAX_BATCHES: u32 = 20;
/// Ended sessions stay this long, so that their owner's addresses are known and a stolen token that
/// comes back late is noticed.
const KEEP_SESSIONS: TimeDelta = TimeDelta::days(30);
/// Answers to retries need not stay longer (IETF draft httpapi-idempotency-key-header §2.3).
const KEEP_IDEMPOTENCY_KEYS: TimeDelta = TimeDelta::hours(24);
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
    let sessions_before = now - KEEP_SESSIONS;
    repeat(|| session::store::forget_answers(db, now - session::GRACE * 2, BATCH)).await?;
    repeat(|| session::store::delete_rotated_tokens(db, sessions_before, BATCH)).await?;
    repeat(|| session::store::delete_expired(db, sessions_before, BATCH)).await?;
    repeat(|| throttle::store::delete_older(db, now - KEEP_BUCKETS, BATCH)).await?;
    let keys_before = now - KEEP_IDEMPOTENCY_KEYS;
    repeat(|| customer::store::delete_old_idempotency_keys(db, keys_before, BATCH)).await
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
        insert into session
            (session_id, client_id, subject, created_at, last_used_at, expires_at, ends_at)
        select gen_random_uuid(), 'storefront', 'anon', at, at, at, at
        from (values (now() - interval '31 days'), (now())) as time (at);
        insert into refresh_token (token_hash, session_id, created_at)
        select decode(md5(session_id::text), 'hex'), session_id, now() from session;
        insert into refresh_token
            (token_hash, session_id, created_at, rotated_at, successor_hash, answer)
        select decode(md5(number::text), 'hex'), session_id, at, at, '', ''
        from session, (values (1, now() - interval '31 days'), (2, now() - interval '1 minute'),
            (3, now())) as rotation (number, at)
        where expires_at > now() - interval '1 day';
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
        sqlx::raw_sql(ROWS).execute(&database.pool).await.unwrap();
        clean(&database.pool, Utc::now()).await.unwrap();
        let left: (i64, i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from session), (select count(*) from refresh_token),
                 (select count(answer) from refresh_token), (select count(*) from throttle),
                 (select count(*) from idempotency_key)",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        assert_eq!(left, (1, 3, 1, 1, 1));
    }
}
