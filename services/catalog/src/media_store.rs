//! Where the bytes of media files and their renditions lie.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use object_store::{
    ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem,
    prefix::PrefixStore,
};

use problem::Problem;

use crate::config::{BucketConfig, MediaConfig};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of one request; a large file goes in several.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Of a request and its retries.
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_RETRIES: usize = 3;

/// Opens the store. That a bucket exists shows with the first file.
pub(crate) fn open(config: &MediaConfig) -> Result<Arc<dyn ObjectStore>> {
    match config {
        MediaConfig::Folder(folder) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot write to {}", folder.display()))?;
            Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?))
        }
        MediaConfig::Bucket(bucket) => open_bucket(bucket),
    }
}

fn open_bucket(bucket: &BucketConfig) -> Result<Arc<dyn ObjectStore>> {
    let is_plain = bucket.endpoint.as_ref().is_some_and(|url| url.starts_with("http://"));
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_timeout(TIMEOUT)
        .with_allow_http(is_plain);
    let retries = RetryConfig {
        max_retries: MAX_RETRIES,
        retry_timeout: RETRY_TIMEOUT,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        // Files go one by one, and not every service that speaks S3 knows the other way.
        .with_disable_bulk_delete(true)
        .with_client_options(options)
        .with_retry(retries);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let (Some(id), Some(secret)) = (&bucket.access_key_id, &bucket.secret_access_key) {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose());
    }
    let store = builder.build().context("the bucket of media files is not well described")?;
    Ok(Arc::new(PrefixStore::new(store, bucket.prefix.as_str())))
}

/// 503: what the store answers that is not about a missing file.
pub(crate) fn unavailable(error: object_store::Error) -> Problem {
    Problem::unavailable("the media store").caused_by(error)
}
