use std::time::Duration;

use anyhow::{Result, ensure};
use contracts::PeerConfig;
use web::{Env, Secret, ServerConfig};

/// Configuration of the service.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL, as the role of this service.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: size of the pool; 10.
    pub max_connections: u32,
    /// How it signs in to the other services.
    pub peers: PeerConfig,
    /// `VITRINE_CATALOG_URL`: address of the catalog; http://127.0.0.1:8082.
    pub catalog_url: String,
    /// `VITRINE_ORDER_URL`: address of the order service; http://127.0.0.1:8083.
    pub order_url: String,
    /// `VITRINE_TRAIN_SECONDS`: least time between two trainings that happen by themselves; 30.
    pub train_pause: Duration,
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        let config = Self {
            server: ServerConfig::from_env(env, 8085, 9085)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "recommendation")?,
            catalog_url: env.or("VITRINE_CATALOG_URL", "http://127.0.0.1:8082".to_owned())?,
            order_url: env.or("VITRINE_ORDER_URL", "http://127.0.0.1:8083".to_owned())?,
            train_pause: env.seconds_or("VITRINE_TRAIN_SECONDS", 30)?,
        };
        ensure!(!config.train_pause.is_zero(), "VITRINE_TRAIN_SECONDS must be at least 1");
        Ok(config)
    }
}
