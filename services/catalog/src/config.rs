use std::path::PathBuf;

use anyhow::Result;
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
    /// `VITRINE_MEDIA_DIR`: folder of media files; ./media.
    pub media_dir: PathBuf,
    /// `VITRINE_MEDIA_MAX_BYTES`: largest media file in bytes; 20971520 (20 MiB).
    pub media_max_bytes: usize,
    /// `VITRINE_INDEX_DIR`: folder of this replica's search index, which may be deleted; ./index.
    pub index_dir: PathBuf,
    /// What the delivery API assumes when a request does not say.
    pub defaults: Defaults,
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
            media_dir: env.or("VITRINE_MEDIA_DIR", PathBuf::from("media"))?,
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
