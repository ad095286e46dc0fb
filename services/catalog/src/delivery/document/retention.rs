//! How long it is known that a page is gone.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::store;

/// Copies that have not asked for so long begin anew.
const KEEP_TOMBSTONES: TimeDelta = TimeDelta::days(30);
const INTERVAL: Duration = Duration::from_secs(600);
/// Rows of one statement: nothing is locked for long.
const BATCH: i64 = 10_000;

/// Clears away for ever.
pub(in crate::delivery) async fn purge_periodically(db: PgPool) {
    loop {
        if let Err(error) = purge(&db, Utc::now()).await {
            tracing::warn!(%error, "old tombstones could not be cleared away and stay until later");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Clears away every tombstone that is too old at this moment.
pub async fn purge(db: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    while store::purge(db, now - KEEP_TOMBSTONES, BATCH).await? {}
    Ok(())
}
