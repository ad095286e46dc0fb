use chrono::{DateTime, Utc};
use object_store::ObjectStoreExt;

use super::{file::path_of, store};
use crate::{App, management::error::Result, media_store::unavailable};

/// Files that are removed in one round.
const BATCH: i64 = 100;

/// Removes files whose time is over, and what attempts left that came to nothing.
pub async fn remove_files(app: &App, now: DateTime<Utc>) -> Result<()> {
    let files = store::find_outdated(&mut *app.db.acquire().await?, now, BATCH).await?;
    for (job, file) in files {
        match app.media.delete(&path_of(file)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(unavailable(error).into()),
        }
        store::forget_file(&app.db, job).await?;
    }
    Ok(())
}
