use std::time::Duration;

use anyhow::Result;
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
    /// `VITRINE_TRAIN_SECONDS`: least time between two trainings that happen by themselves; 30. With 0
    /// there are none.
    pub train_pause: Duration,
    /// `VITRINE_INTERACTION_DAYS`: how long interactions are kept, at least; 1096. They end in whole
    /// partitions of 90 days.
    pub interaction_days: u16,
    /// `VITRINE_RECOMMEND_SOLD_OUT`: whether to recommend what is sold out; false.
    pub recommend_sold_out: bool,
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        Ok(Self {
            server: ServerConfig::from_env(env, 8085, 9085)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "recommendation")?,
            catalog_url: env.or("VITRINE_CATALOG_URL", "http://127.0.0.1:8082".to_owned())?,
            order_url: env.or("VITRINE_ORDER_URL", "http://127.0.0.1:8083".to_owned())?,
            train_pause: env.seconds_or("VITRINE_TRAIN_SECONDS", 30)?,
            interaction_days: env.or("VITRINE_INTERACTION_DAYS", 1096)?,
            recommend_sold_out: env.or("VITRINE_RECOMMEND_SOLD_OUT", false)?,
        })
    }
}
