//! Works on jobs, one chunk after the other.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

use super::{Request, bulk_edit, import, store};
use crate::management::error::{Refusal, Result};

/// How often a replica without a job looks for one.
const INTERVAL: Duration = Duration::from_secs(1);
/// Chunks in a row that may fail for reasons of ours before the job does.
const MAX_FAILURES: i32 = 10;

/// For ever.
pub async fn run_for_ever(db: PgPool) {
    loop {
        match run_next(&db).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(INTERVAL).await,
            Err(refusal) => {
                tracing::warn!(?refusal, "a job could not go on");
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }
}

/// Takes a job and works on it until it ends; false if there is none.
pub async fn run_next(db: &PgPool) -> Result<bool> {
    let claimed = store::claim(&mut *db.acquire().await?).await?;
    let Some(id) = claimed else { return Ok(false) };
    loop {
        match run_chunk(db, id).await {
            Ok(true) => {}
            Ok(false) => return Ok(true),
            Err(refusal) => give_up_if_hopeless(db, id, refusal).await?,
        }
    }
}

/// What is the client's to mend ends the job at once; what is ours is tried again.
async fn give_up_if_hopeless(db: &PgPool, id: Uuid, refusal: Refusal) -> Result<()> {
    let failures = store::count_failure(db, id).await?;
    if !refusal.is_ours() {
        let message = refusal.message();
        return store::finish(&mut *db.acquire().await?, id, "failed", Some(&message)).await;
    }
    tracing::warn!(?refusal, %id, failures, "a chunk of a job could not be written");
    if failures >= MAX_FAILURES {
        let message = "The service could not write what was asked for.";
        return store::finish(&mut *db.acquire().await?, id, "failed", Some(message)).await;
    }
    tokio::time::sleep(INTERVAL).await;
    Ok(())
}

/// Writes one chunk; false when the job has ended.
async fn run_chunk(db: &PgPool, id: Uuid) -> Result<bool> {
    let mut transaction = db.begin().await?;
    let Some(job) = store::find_running(&mut transaction, id).await? else { return Ok(false) };
    match &job.request.0 {
        Request::BulkEdit(request) => {
            bulk_edit::write_next(&mut transaction, &job, request).await?;
        }
        Request::Import(_) => import::write_next(&mut transaction, &job).await?,
    }
    transaction.commit().await?;
    Ok(true)
}
