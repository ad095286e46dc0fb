//! Works on jobs, one chunk after the other.

use std::time::Duration;

use serde_json::{Map, Value};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;
use web::IfMatch;

use super::{
    BulkEdit, Job, act,
    store::{self, Progress},
};
use crate::management::{
    associations::Naming,
    bulk::Saved,
    error::{Refusal, Result},
    history::Writer,
    product,
};

/// Products of one transaction.
const CHUNK: i64 = 100;
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
        let message = "The service could not write the products.";
        return store::finish(&mut *db.acquire().await?, id, "failed", Some(message)).await;
    }
    tokio::time::sleep(INTERVAL).await;
    Ok(())
}

/// Writes one chunk; false when there is nothing left to do.
async fn run_chunk(db: &PgPool, id: Uuid) -> Result<bool> {
    let mut transaction = db.begin().await?;
    let Some(job) = store::find_running(&mut transaction, id).await? else { return Ok(false) };
    let filter = act::read_filter(&mut transaction, &job.request).await?;
    if job.total.is_none() {
        let total = product::count_matching(&mut transaction, &filter, job.created).await?;
        store::set_total(&mut transaction, id, total).await?;
    }
    let products =
        product::find_matching(&mut transaction, &filter, job.created, job.position, CHUNK).await?;
    match products.last() {
        Some((last, _)) => {
            let last = *last;
            let progress = edit(&mut transaction, &job, products, last).await?;
            store::advance(&mut transaction, id, &progress).await?;
        }
        None => store::finish(&mut transaction, id, "completed", None).await?,
    }
    transaction.commit().await?;
    Ok(true)
}

async fn edit(
    connection: &mut PgConnection,
    job: &Job,
    products: Vec<(Uuid, Option<String>)>,
    position: Uuid,
) -> Result<Progress> {
    let lines: Vec<product::Line> =
        products.iter().map(|(id, _)| line(*id, &job.request)).collect();
    let writer = Writer { author: job.author.0.clone(), reviewer: None, restored_version: None };
    let written = product::save_all(connection, &writer, Naming::Uuid, &lines).await?;
    let mut progress = Progress { position, ..Progress::default() };
    for ((id, identifier), saved) in products.into_iter().zip(written) {
        match saved {
            Ok(Saved::Unchanged) => progress.unchanged += 1,
            Ok(Saved::Created | Saved::Changed) => progress.changed += 1,
            Err(refusal) => progress.errors.push((id, identifier, describe(&refusal))),
        }
    }
    Ok(progress)
}

/// A product that was deleted in the meantime is not made anew.
fn line(id: Uuid, request: &BulkEdit) -> product::Line {
    product::Line { key: id.to_string(), body: request.patch.clone(), if_match: IfMatch::any() }
}

fn describe(refusal: &Refusal) -> Map<String, Value> {
    let mut members = refusal.members();
    members.insert("status_code".into(), refusal.status().as_u16().into());
    members
}
