//! Works on jobs, one chunk after the other.

use std::time::Duration;

use uuid::Uuid;

use super::{Request, bulk_edit, export, import, store};
use crate::{
    App,
    management::error::{Refusal, Result},
};

/// How often a replica without a job looks for one.
const INTERVAL: Duration = Duration::from_secs(1);
/// Chunks in a row that may fail for reasons of ours before the job does.
const MAX_FAILURES: i32 = 10;

/// For ever.
pub async fn run_for_ever(app: App) {
    loop {
        match run_next(&app).await {
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
pub async fn run_next(app: &App) -> Result<bool> {
    let claimed = store::claim(&mut *app.db.acquire().await?).await?;
    let Some(id) = claimed else { return Ok(false) };
    loop {
        match run_chunk(app, id).await {
            Ok(true) => {}
            Ok(false) => return Ok(true),
            Err(refusal) => give_up_if_hopeless(app, id, refusal).await?,
        }
    }
}

/// What is the client's to mend ends the job at once; what is ours is tried again.
async fn give_up_if_hopeless(app: &App, id: Uuid, refusal: Refusal) -> Result<()> {
    let db = &app.db;
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

/// Writes one chunk, or the whole file of an export; false when the job has ended.
async fn run_chunk(app: &App, id: Uuid) -> Result<bool> {
    let mut transaction = app.db.begin().await?;
    let Some(job) = store::find_running(&mut transaction, id).await? else { return Ok(false) };
    match &job.request.0 {
        Request::BulkEdit(request) => {
            bulk_edit::write_next(&mut transaction, &job, request).await?;
        }
        Request::Import(_) => import::write_next(&mut transaction, &job).await?,
        Request::Export(request) => {
            // It takes long, and holds nothing meanwhile.
            transaction.commit().await?;
            Box::pin(export::write_file(app, &job, request)).await?;
            return Ok(true);
        }
    }
    transaction.commit().await?;
    Ok(true)
}
