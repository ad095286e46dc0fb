//! Renditions are made once, on a bounded number of threads, and kept in the object store.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use moka::future::Cache;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use problem::{Problem, Result};
use sqlx::PgPool;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    render::{Format, render},
    store::{self, MediaFile},
};
use crate::{delivery::answers::same, media_store::unavailable};

/// Pictures worked on at the same time.
const WORKERS: usize = 2;
/// A request waits this long for its turn.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// Renditions kept in memory, in bytes.
const MEMORY: u64 = 64 * 1024 * 1024;
/// Largest original that renditions are made of, in bytes.
const MAX_ORIGINAL: i64 = 50 * 1024 * 1024;
/// What is known of files is kept for this long; a code is never used again for another file.
const KNOWN_FILES: u64 = 20_000;

/// Renditions and what is known of their originals.
pub(in crate::delivery) struct Renditions {
    files: Cache<String, Arc<MediaFile>>,
    made: Cache<Arc<str>, Bytes>,
    workers: Arc<Semaphore>,
}

impl Default for Renditions {
    fn default() -> Self {
        let weigh = |_: &Arc<str>, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self {
            files: Cache::builder()
                .max_capacity(KNOWN_FILES)
                .time_to_live(Duration::from_secs(300))
                .build(),
            made: Cache::builder().max_capacity(MEMORY).weigher(weigh).build(),
            workers: Arc::new(Semaphore::new(WORKERS)),
        }
    }
}

impl Renditions {
    /// What is known of a file.
    pub(super) async fn file(&self, db: &PgPool, code: &str) -> Result<Option<Arc<MediaFile>>> {
        if let Some(file) = self.files.get(code).await {
            return Ok(Some(file));
        }
        if code.contains('\0') {
            return Ok(None); // not text to PostgreSQL
        }
        let Some(file) = store::find(db, code).await?.map(Arc::new) else { return Ok(None) };
        self.files.insert(code.to_owned(), file.clone()).await;
        Ok(Some(file))
    }

    /// A rendition: from memory, from the store, or made now, once however many ask for it.
    pub(super) async fn get(
        &self,
        objects: &Arc<dyn ObjectStore>,
        code: &str,
        file: &MediaFile,
        width: u32,
        format: Format,
    ) -> Result<Bytes> {
        if Format::of_mime(&file.mime_type).is_none() || file.size_bytes > MAX_ORIGINAL {
            let detail = "renditions are made of PNG, JPEG and WebP files of at most 50 MB";
            return Err(Problem::invalid_parameter("w", "no_rendition", detail));
        }
        let key: Arc<str> = format!("{}/{width}.{}", renditions_of(code), format.name()).into();
        let make = self.load_or_make(objects, code, key.clone(), width, format);
        let make = async { make.await.inspect_err(Problem::log) };
        self.made.try_get_with(key, make).await.map_err(|problem| same(&problem))
    }

    async fn load_or_make(
        &self,
        objects: &Arc<dyn ObjectStore>,
        code: &str,
        key: Arc<str>,
        width: u32,
        format: Format,
    ) -> Result<Bytes> {
        let place = Path::from(key.as_ref());
        match objects.get(&place).await {
            Ok(object) => return object.bytes().await.map_err(unavailable),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(unavailable(error)),
        }
        let turn = timeout(MAX_WAIT, self.workers.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Problem::unavailable("picture rendering")) };
        let original = read(objects, code).await?;
        let work = tokio::task::spawn_blocking(move || {
            let made = render(&original, width, format);
            drop(turn);
            made
        });
        let made = work.await.map_err(Problem::internal)?;
        let bytes = Bytes::from(made.map_err(|error| {
            let detail = format!("the file cannot be read as a picture: {error}");
            Problem::invalid_parameter("w", "no_rendition", detail)
        })?);
        if let Err(error) = objects.put(&place, bytes.clone().into()).await {
            tracing::warn!(%error, "a rendition could not be kept");
        }
        Ok(bytes)
    }
}

/// Where all renditions of a file lie.
pub(crate) fn renditions_of(code: &str) -> Path {
    Path::from(format!("renditions/{code}"))
}

async fn read(objects: &Arc<dyn ObjectStore>, code: &str) -> Result<Bytes> {
    let object = objects.get(&Path::from(code)).await.map_err(missing)?;
    object.bytes().await.map_err(unavailable)
}

/// The bytes of a file that is known.
pub(super) fn missing(error: object_store::Error) -> Problem {
    match error {
        object_store::Error::NotFound { .. } => Problem::not_found("media file"),
        error => unavailable(error),
    }
}
