use std::time::Duration;

use contracts::PeerConfig;
use uuid::Uuid;
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
    /// How tokens are checked.
    pub peers: PeerConfig,
    /// `VITRINE_PUBLIC_URL`: address at which customers reach the installation; the issuer if not set.
    pub public_url: String,
    /// `VITRINE_CONNECTOR_TIMEOUT_MS`: how long a provider may take to answer; 4000. Less than the
    /// five seconds that other services wait for us, so that they hear from us first.
    pub connector_timeout: Duration,
    /// `VITRINE_SANDBOX_WEBHOOK_URL`: where the sandbox sends its webhooks; this process if not set.
    pub sandbox_webhook_url: Option<String>,
    /// `VITRINE_SANDBOX_WEBHOOK_SECRET` (or `…_FILE`): what the sandbox signs its webhooks with; must be
    /// set, and the same for every replica, where they go elsewhere. A new one if not set.
    pub sandbox_webhook_secret: Secret,
}

impl Config {
    /// Reads the environment.
    pub fn from_env(env: &mut Env) -> anyhow::Result<Self> {
        let server = ServerConfig::from_env(env, 8084, 9084)?;
        let peers = PeerConfig::from_env(env, "payment")?;
        let public_url = env.or("VITRINE_PUBLIC_URL", peers.issuer.clone())?;
        let sandbox_webhook_url = env.optional("VITRINE_SANDBOX_WEBHOOK_URL")?;
        let sandbox_webhook_secret = match &sandbox_webhook_url {
            Some(_) => env.secret("VITRINE_SANDBOX_WEBHOOK_SECRET")?,
            None => {
                env.optional_secret("VITRINE_SANDBOX_WEBHOOK_SECRET")?.unwrap_or_else(new_secret)
            }
        };
        let timeout_ms = env.or("VITRINE_CONNECTOR_TIMEOUT_MS", 4000)?;
        Ok(Self {
            server,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers,
            public_url: public_url.trim_end_matches('/').to_owned(),
            connector_timeout: Duration::from_millis(timeout_ms),
            sandbox_webhook_url,
            sandbox_webhook_secret,
        })
    }
}

/// For webhooks that never leave this process.
fn new_secret() -> Secret {
    Secret::new(format!("whsec_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()))
}
