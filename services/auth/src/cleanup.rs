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
