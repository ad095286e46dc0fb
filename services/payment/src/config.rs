use std::time::Duration;

use contracts::PeerConfig;
use web::{Env, Secret, ServerConfig};

/// The service's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens; ports 8084 and 9084 if not set.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: largest number of connections; 10.
    pub max_connections: u32,
    /// How tokens are checked; the issuer is also where customers come for a payment action.
    pub peers: PeerConfig,
    /// `VITRINE_CONNECTOR_TIMEOUT_MS`: how long a provider may take to answer; 4000. Less than the
    /// five seconds that other services wait for us, so that they hear from us first.
    pub connector_timeout: Duration,
    /// `VITRINE_SANDBOX_WEBHOOK_SECRET` (or `…_FILE`): what the sandbox signs its webhooks with; the
    /// same for every replica.
    pub sandbox_webhook_secret: Secret,
    /// `VITRINE_SANDBOX_WEBHOOK_URL`: where the sandbox sends its webhooks; this process if not set.
    pub sandbox_webhook_url: Option<String>,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &mut Env) -> anyhow::Result<Self> {
        Ok(Self {
            server: ServerConfig::from_env(env, 8084, 9084)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "payment")?,
            connector_timeout: Duration::from_millis(env.or("VITRINE_CONNECTOR_TIMEOUT_MS", 4000)?),
            sandbox_webhook_secret: env.secret("VITRINE_SANDBOX_WEBHOOK_SECRET")?,
            sandbox_webhook_url: env.optional("VITRINE_SANDBOX_WEBHOOK_URL")?,
        })
    }
}
