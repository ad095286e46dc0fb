//! Clears away what nobody needs any more, a little at a time, and makes room ahead of time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;
use web::idempotency;

use super::{history, job, media_file};
use crate::App;

const INTERVAL: Duration = Duration::from_secs(60);
/// Jobs that ended are of no interest for longer.
const KEEP_JOBS: TimeDelta = TimeDelta::days(30);
/// An import that began to arrive so long ago broke off.
const KEEP_UPLOADS: TimeDelta = TimeDelta::hours(2);
/// Rows of one round: nothing is locked for long.
const BATCH: i64 = 10_000;

/// For ever.
pub async fn keep_periodically(app: App) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(problem) = keep(&app.db, Utc::now()).await {
            problem.log();
        }
        if let Err(refusal) = job::remove_files(&app, Utc::now()).await {
            tracing::warn!(?refusal, "files of exports could not be removed");
        }
        if let Err(refusal) = media_file::remove_left(&app, Utc::now()).await {
            tracing::warn!(?refusal, "bytes of deleted media files could not be removed");
        }
    }
}

/// One round; before the first one nothing can be written.
pub async fn keep(db: &PgPool, now: DateTime<Utc>) -> Result<()> {
    partition::keep_partitions(db, &[history::TABLE], now).await?;
    let mut connection = db.acquire().await?;
    job::clear_away(&mut connection, now - KEEP_JOBS, now - KEEP_UPLOADS, BATCH).await?;
    drop(connection);
    job::delete_old(db, now - KEEP_JOBS).await?;
    idempotency::forget_old(db).await
}
