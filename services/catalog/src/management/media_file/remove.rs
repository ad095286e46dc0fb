//! Removes a file that nothing names any more: first its record, then its bytes and its renditions.

use axum::response::Response;
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use http::StatusCode;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use web::idempotency::Started;

use super::{MediaFile, store};
use crate::{
    App,
    delivery::renditions_of,
    management::{
        access::Editor,
        error::Result,
        removal,
        resource::{self, Kept, still_needed},
    },
    media_store::unavailable,
};

/// Renditions removed at the same time.
const CONCURRENT: usize = 4;
/// Files of one round of [`remove_left`].
const BATCH: i64 = 100;

/// 204; 422 names those who need the file. If its bytes cannot be removed now, upkeep will do it.
pub(super) async fn remove(app: &App, editor: &Editor, code: &str) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    store::lock(&mut transaction, code).await?;
    removal::begin(&mut transaction).await?;
    resource::store::find::<MediaFile>(&mut transaction, "", code)
        .await?
        .ok_or_else(|| MediaFile::missing("", code))?;
    let users = store::find_users(&mut transaction, code).await?;
    if !users.is_empty() {
        return Err(still_needed(MediaFile::NOUN, code, &users));
    }
    store::delete(&mut transaction, code).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    if let Err(refusal) = remove_bytes(app, code).await {
        tracing::warn!(?refusal, code, "the bytes of a deleted file are not removed yet");
    }
    Ok(answer)
}

/// Removes what is left of files that were deleted before this moment.
pub async fn remove_left(app: &App, before: DateTime<Utc>) -> Result<()> {
    for code in store::find_left(&mut *app.db.acquire().await?, before, BATCH).await? {
        remove_bytes(app, &code).await?;
    }
    Ok(())
}

/// Unless the same file was uploaded anew: uploads and this wait for each other.
async fn remove_bytes(app: &App, code: &str) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    store::lock(&mut transaction, code).await?;
    if store::forget_left(&mut transaction, code).await? {
        remove_objects(&app.media, code).await.map_err(unavailable)?;
    }
    Ok(transaction.commit().await?)
}

async fn remove_objects(objects: &dyn ObjectStore, code: &str) -> object_store::Result<()> {
    let renditions = objects.list(Some(&renditions_of(code)));
    renditions
        .map_ok(|rendition| async move { remove_object(objects, &rendition.location).await })
        .try_buffer_unordered(CONCURRENT)
        .try_collect::<()>()
        .await?;
    remove_object(objects, &ObjectPath::from(code)).await
}

async fn remove_object(objects: &dyn ObjectStore, place: &ObjectPath) -> object_store::Result<()> {
    match objects.delete(place).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        result => result,
    }
}
