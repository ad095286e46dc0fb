use std::time::Duration;

use anyhow::{Result, ensure};
use contracts::{PeerConfig, payment::PaymentCells};
use vault::MasterKey;
use web::{Env, Secret, ServerConfig};

use crate::{AllowList, Schedule};

/// Configuration of the service.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens (port 8086, admin port 9086) and how it ends.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL, as the role of this service.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: size of the pool; 10.
    pub max_connections: u32,
    /// How it signs in to the other services.
    pub peers: PeerConfig,
    /// `VITRINE_CATALOG_URL`: address of the catalog; `http://127.0.0.1:8082`.
    pub catalog_url: String,
    /// `VITRINE_ORDER_URL`: address of the order service; `http://127.0.0.1:8083`.
    pub order_url: String,
    /// `VITRINE_PAYMENT_URL`: address of the payment service; `http://127.0.0.1:8084`.
    pub payment_url: String,
    /// The payment cells, each of which has a feed; with them `payment_url` is not used.
    pub payment_cells: PaymentCells,
    /// `VITRINE_EVENT_DAYS`: how long events are kept, at least 1; 90.
    pub event_days: u16,
    /// How webhooks are sent.
    pub webhooks: WebhookConfig,
}

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// `VITRINE_MASTER_KEY` (or `…_FILE`): 32 bytes in base64 that seal the secrets of webhooks at rest; a
    /// key of this service's own.
    pub master_key: MasterKey,
    /// `VITRINE_EGRESS_ALLOW`: hosts inside that events may be sent to, each with its port; none.
    pub allow: AllowList,
    /// `VITRINE_WEBHOOK_TIMEOUT_MS`: how long a receiver may take; 15000.
    pub timeout: Duration,
    /// `VITRINE_WEBHOOK_RETRY_SECONDS`: how long to wait after each try that failed;
    /// 5,300,1800,7200,18000,36000,50400,72000,86400.
    pub schedule: Schedule,
}

impl WebhookConfig {
    fn from_env(env: &mut Env) -> Result<Self> {
        Ok(Self {
            master_key: MasterKey::parse(&env.secret("VITRINE_MASTER_KEY")?)?,
            allow: env.or("VITRINE_EGRESS_ALLOW", AllowList::default())?,
            timeout: Duration::from_millis(env.or("VITRINE_WEBHOOK_TIMEOUT_MS", 15_000)?),
            schedule: env.or("VITRINE_WEBHOOK_RETRY_SECONDS", Schedule::default())?,
        })
    }
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        let event_days = env.or("VITRINE_EVENT_DAYS", 90)?;
        ensure!(event_days > 0, "the variable VITRINE_EVENT_DAYS must be at least 1");
        Ok(Self {
            server: ServerConfig::from_env(env, 8086, 9086)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "events")?,
            catalog_url: env.or("VITRINE_CATALOG_URL", "http://127.0.0.1:8082".to_owned())?,
            order_url: env.or("VITRINE_ORDER_URL", "http://127.0.0.1:8083".to_owned())?,
            payment_url: env.or("VITRINE_PAYMENT_URL", "http://127.0.0.1:8084".to_owned())?,
            payment_cells: PaymentCells::from_env(env)?,
            event_days,
            webhooks: WebhookConfig::from_env(env)?,
        })
    }
}
