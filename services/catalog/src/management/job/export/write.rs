//! Makes the file of an export.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::Duration,
};

use object_store::ObjectStoreExt;
use uuid::Uuid;

use super::{
    Export,
    file::{FileWriter, check_size, path_of},
    source::Source,
    store,
};
use crate::{
    App,
    management::{
        error::Result,
        job::{Format, Job, store as jobs},
    },
};

/// How often the lease is renewed, and a cancelled job noticed.
const INTERVAL: Duration = Duration::from_secs(1);

/// How far an attempt is.
struct Attempt {
    job: Uuid,
    file: Uuid,
    exported: AtomicI64,
    /// Whether the job has ended, or another replica makes the file.
    is_over: AtomicBool,
}

/// Makes the file and ends the job, unless that has ended.
pub(in super::super) async fn write_file(app: &App, job: &Job, request: &Export) -> Result<()> {
    let attempt = Attempt {
        job: job.id,
        file: Uuid::now_v7(),
        exported: AtomicI64::new(0),
        is_over: AtomicBool::new(false),
    };
    if let Some(before) = store::begin(&app.db, job.id, attempt.file).await? {
        remove(app, before).await;
    }
    let written = tokio::select! {
        written = write(app, job, request, &attempt) => written?,
        never = keep_lease(app, &attempt) => match never {},
    };
    let Some(bytes) = written else { return Ok(()) };
    let exported = attempt.exported.load(Ordering::Relaxed);
    if !store::finish(&app.db, job.id, attempt.file, exported, bytes).await? {
        remove(app, attempt.file).await;
    }
    Ok(())
}

/// Writes the file; answers its bytes, nothing if the attempt is over.
async fn write(app: &App, job: &Job, request: &Export, attempt: &Attempt) -> Result<Option<i64>> {
    let mut connection = app.db.acquire().await?;
    let mut source = Source::open(app, &mut connection, request, job.created).await?;
    let total = source.count(&mut connection).await?;
    jobs::set_total(&mut connection, job.id, total).await?;
    let columns = match request.format {
        Format::Ndjson => None,
        _ => Some(source.columns(&mut connection).await?),
    };
    let width = columns.as_ref().map_or(0, |columns| columns.names().len());
    check_size(request.format, total, width)?;
    drop(connection);
    let mut writer = FileWriter::new(&app.media, attempt.file, request.format, columns).await?;
    match copy(app, &mut source, &mut writer, attempt).await {
        Ok(true) => Ok(Some(i64::try_from(writer.finish().await?).unwrap_or(i64::MAX))),
        Ok(false) => {
            writer.abort().await;
            Ok(None)
        }
        Err(refusal) => {
            writer.abort().await;
            Err(refusal)
        }
    }
}

/// Writes page after page; false if the attempt is over.
async fn copy(
    app: &App,
    source: &mut Source,
    writer: &mut FileWriter,
    attempt: &Attempt,
) -> Result<bool> {
    loop {
        if attempt.is_over.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let items = source.next(&mut *app.db.acquire().await?).await?;
        if items.is_empty() {
            return Ok(true);
        }
        writer.add(source, &items).await?;
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        attempt.exported.fetch_add(count, Ordering::Relaxed);
    }
}

/// Renews the lease until the attempt is over, and notes that.
async fn keep_lease(app: &App, attempt: &Attempt) -> std::convert::Infallible {
    loop {
        let exported = attempt.exported.load(Ordering::Relaxed);
        match store::go_on(&app.db, attempt.job, attempt.file, exported).await {
            Ok(true) => tokio::time::sleep(INTERVAL).await,
            Ok(false) => {
                attempt.is_over.store(true, Ordering::Relaxed);
                return std::future::pending().await;
            }
            Err(refusal) => {
                tracing::warn!(?refusal, "the lease of an export could not be renewed");
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }
}

async fn remove(app: &App, file: Uuid) {
    match app.media.delete(&path_of(file)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => tracing::warn!(%error, %file, "a file of an export could not be removed"),
    }
}
