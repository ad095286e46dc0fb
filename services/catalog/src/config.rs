use std::path::PathBuf;

use anyhow::{Result, ensure};
use contracts::PeerConfig;
use types::{ChannelCode, CurrencyCode, LocaleCode};
use web::{Env, Secret, ServerConfig};

/// Configuration of the catalog.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL, as the role of this service.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: size of the pool; 10.
    pub max_connections: u32,
    /// The other services.
    pub peers: PeerConfig,
    /// `VITRINE_PUBLIC_URL`: public address of the installation, for links; http://127.0.0.1:8080.
    pub public_url: String,
    /// Where media files lie.
    pub media: MediaConfig,
    /// `VITRINE_MEDIA_MAX_BYTES`: largest media file in bytes; 20971520 (20 MiB).
    pub media_max_bytes: usize,
    /// `VITRINE_INDEX_DIR`: folder of this replica's search index, which may be deleted; ./index.
    pub index_dir: PathBuf,
    /// What the delivery API assumes when a request does not say.
    pub defaults: Defaults,
}

/// Where media files lie: in a folder, or in a bucket if one is named.
#[derive(Debug, Clone)]
pub enum MediaConfig {
    /// `VITRINE_MEDIA_DIR`: a folder that all replicas share; ./media.
    Folder(PathBuf),
    /// A bucket of S3, or of a service that speaks its protocol.
    Bucket(BucketConfig),
}

/// A bucket and the way to it.
#[derive(Debug, Clone)]
pub struct BucketConfig {
    /// `VITRINE_MEDIA_S3_BUCKET`: its name.
    pub name: String,
    /// `VITRINE_MEDIA_S3_PREFIX`: what the names of all files begin with; nothing.
    pub prefix: String,
    /// `VITRINE_MEDIA_S3_REGION`: us-east-1.
    pub region: String,
    /// `VITRINE_MEDIA_S3_ENDPOINT`: address of a service that is not Amazon's, e.g. https://minio:9000.
    pub endpoint: Option<String>,
    /// `VITRINE_MEDIA_S3_ACCESS_KEY_ID`: without, the credentials of the machine are asked for.
    pub access_key_id: Option<String>,
    /// `VITRINE_MEDIA_S3_SECRET_ACCESS_KEY` (or `…_FILE`).
    pub secret_access_key: Option<Secret>,
}

impl MediaConfig {
    fn from_env(env: &mut Env) -> Result<Self> {
        let folder: Option<PathBuf> = env.optional("VITRINE_MEDIA_DIR")?;
        let Some(name) = env.optional("VITRINE_MEDIA_S3_BUCKET")? else {
            return Ok(Self::Folder(folder.unwrap_or_else(|| PathBuf::from("media"))));
        };
        ensure!(
            folder.is_none(),
            "only one of VITRINE_MEDIA_DIR and VITRINE_MEDIA_S3_BUCKET may be set"
        );
        let bucket = BucketConfig {
            name,
            prefix: env.or("VITRINE_MEDIA_S3_PREFIX", String::new())?,
            region: env.or("VITRINE_MEDIA_S3_REGION", "us-east-1".to_owned())?,
            endpoint: env.optional("VITRINE_MEDIA_S3_ENDPOINT")?,
            access_key_id: env.optional("VITRINE_MEDIA_S3_ACCESS_KEY_ID")?,
            secret_access_key: env.optional_secret("VITRINE_MEDIA_S3_SECRET_ACCESS_KEY")?,
        };
        ensure!(
            bucket.access_key_id.is_some() == bucket.secret_access_key.is_some(),
            "VITRINE_MEDIA_S3_ACCESS_KEY_ID and VITRINE_MEDIA_S3_SECRET_ACCESS_KEY belong together"
        );
        Ok(Self::Bucket(bucket))
    }
}

/// Defaults and conventions of the delivery API.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// `VITRINE_CHANNEL`: ecommerce.
    pub channel: ChannelCode,
    /// `VITRINE_LOCALE`: en_US.
    pub locale: LocaleCode,
    /// `VITRINE_CURRENCY`: EUR.
    pub currency: CurrencyCode,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        Ok(Self {
            server: ServerConfig::from_env(env, 8082, 9082)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "catalog")?,
            public_url: env.or("VITRINE_PUBLIC_URL", "http://127.0.0.1:8080".to_owned())?,
            media: MediaConfig::from_env(env)?,
            media_max_bytes: env.or("VITRINE_MEDIA_MAX_BYTES", 20 * 1024 * 1024)?,
            index_dir: env.or("VITRINE_INDEX_DIR", PathBuf::from("index"))?,
            defaults: Defaults {
                channel: env.or("VITRINE_CHANNEL", ChannelCode::parse("ecommerce")?)?,
                locale: env.or("VITRINE_LOCALE", LocaleCode::parse("en_US")?)?,
                currency: env.or("VITRINE_CURRENCY", CurrencyCode::parse("EUR")?)?,
            },
        })
    }
}
