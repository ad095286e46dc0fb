//! Removes a file that nothing names any more: first its record, then its bytes and its renditions.

use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use http::StatusCode;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use sqlx::PgConnection;
use web::idempotency::Started;

use super::{MediaFile, store};
use crate::{
    App,
    delivery::renditions_of,
    management::{
        access::Editor,
        error::Result,
        removal,
        resource::{self, Kept, LONGEST_WRITE, still_needed},
    },
    media_store::unavailable,
};

/// Renditions removed at the same time.
const CONCURRENT: usize = 4;
/// Files of one round of [`remove_left`].
const BATCH: i64 = 100;
/// After so long no replica makes a rendition of a file that was deleted.
const LAST_LOOK: TimeDelta = TimeDelta::minutes(10);

/// 204; 422 names those who need the file. Upkeep removes what is left of it, or made of it meanwhile.
pub(super) async fn remove(app: &App, editor: &Editor, code: &str) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    resource::store::allow_time(&mut transaction).await?;
    // As for other things: a look that may take long, and one at what came since.
    let since = resource::store::find_start(&mut transaction).await? - LONGEST_WRITE;
    check_unneeded(&mut transaction, code, DateTime::UNIX_EPOCH).await?;
    store::lock(&mut transaction, code).await?;
    removal::begin(&mut transaction).await?;
    check_unneeded(&mut transaction, code, since).await?;
    store::delete(&mut transaction, code).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    if let Err(refusal) = remove_bytes(app, code, false).await {
        tracing::warn!(?refusal, code, "the bytes of a deleted file are not removed yet");
    }
    Ok(answer)
}

async fn check_unneeded(
    connection: &mut PgConnection,
    code: &str,
    since: DateTime<Utc>,
) -> Result<()> {
    resource::store::find::<MediaFile>(connection, "", code)
        .await?
        .ok_or_else(|| MediaFile::missing("", code))?;
    let users = store::find_users(connection, code, since).await?;
    if users.is_empty() {
        return Ok(());
    }
    Err(still_needed(MediaFile::NOUN, code, &users))
}

/// Removes for the last time what is left of files that were deleted some time ago.
pub async fn remove_left(app: &App, now: DateTime<Utc>) -> Result<()> {
    let left = store::find_left(&mut *app.db.acquire().await?, now - LAST_LOOK, BATCH).await?;
    for code in left {
        if let Err(refusal) = remove_bytes(app, &code, true).await {
            tracing::warn!(?refusal, code, "the bytes of a deleted file are not removed yet");
        }
    }
    Ok(())
}

/// Unless the same file was uploaded anew: uploads and this wait for each other.
async fn remove_bytes(app: &App, code: &str, is_last: bool) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    store::lock(&mut transaction, code).await?;
    if is_last {
        store::forget_left(&mut transaction, code).await?;
    }
    if resource::store::find::<MediaFile>(&mut transaction, "", code).await?.is_none() {
        remove_objects(&app.media, code).await.map_err(unavailable)?;
    }
    Ok(transaction.commit().await?)
}

/// First the original, so that nothing more is made of it.
async fn remove_objects(objects: &dyn ObjectStore, code: &str) -> object_store::Result<()> {
    remove_object(objects, &ObjectPath::from(code)).await?;
    let renditions = objects.list(Some(&renditions_of(code)));
    renditions
        .map_ok(|rendition| async move { remove_object(objects, &rendition.location).await })
        .try_buffer_unordered(CONCURRENT)
        .try_collect::<()>()
        .await
}

async fn remove_object(objects: &dyn ObjectStore, place: &ObjectPath) -> object_store::Result<()> {
    match objects.delete(place).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        result => result,
    }
}
