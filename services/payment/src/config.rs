use std::{str::FromStr, time::Duration};

use contracts::PeerConfig;
use types::Region;
use uuid::Uuid;
use web::{Env, Secret, ServerConfig};

use crate::connector::{StripeConfig, sandbox, stripe};

/// The service's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens; ports 8084 and 9084 if not set.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): PostgreSQL.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: largest number of connections; 10.
    pub max_connections: u32,
    /// `VITRINE_REGION`: the region whose payments it makes; none if not set, then it is the only one.
    pub region: Option<Region>,
    /// `VITRINE_SCHEMA`: its schema; `payment`, in a region `payment_` and its name.
    pub schema: String,
    /// How tokens are checked.
    pub peers: PeerConfig,
    /// `VITRINE_PUBLIC_URL`: address at which customers reach the installation; the issuer if not set.
    pub public_url: String,
    /// `VITRINE_CONNECTOR_TIMEOUT_MS`: how long a provider may take to answer; 3000. With the
    /// half of it for an announcement that is less than the five seconds that other services wait for
    /// us, so that they hear from us first.
    pub connector_timeout: Duration,
    /// `VITRINE_CONNECTORS`: names with commas, the first is the default; `sandbox` if not set. A name
    /// may stand for another account at the sandbox, `backup=sandbox`; `stripe` may be named once.
    pub connectors: ConnectorNames,
    /// How Stripe is reached; must be set where a connector is one.
    pub stripe: Option<StripeConfig>,
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
        let connectors: ConnectorNames = env.or("VITRINE_CONNECTORS", ConnectorNames::default())?;
        let public_url = public_url.trim_end_matches('/').to_owned();
        let stripe = match connectors.has_stripe() {
            true => Some(stripe_config(env, &public_url)?),
            false => None,
        };
        let region: Option<Region> = env.optional("VITRINE_REGION")?;
        let schema = region.map_or(crate::SCHEMA.to_owned(), |it| format!("payment_{it}"));
        let timeout_ms = env.or("VITRINE_CONNECTOR_TIMEOUT_MS", 3000)?;
        Ok(Self {
            server,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            region,
            schema: env.or("VITRINE_SCHEMA", schema)?,
            peers,
            public_url,
            connectors,
            stripe,
            connector_timeout: Duration::from_millis(timeout_ms),
            sandbox_webhook_url,
            sandbox_webhook_secret,
        })
    }
}

/// `VITRINE_STRIPE_SECRET_KEY` and `VITRINE_STRIPE_WEBHOOK_SECRET` (or `…_FILE`), `VITRINE_STRIPE_URL`.
fn stripe_config(env: &mut Env, public_url: &str) -> anyhow::Result<StripeConfig> {
    let url: String = env.or("VITRINE_STRIPE_URL", "https://api.stripe.com".to_owned())?;
    Ok(StripeConfig {
        url: url.trim_end_matches('/').to_owned(),
        secret_key: env.secret("VITRINE_STRIPE_SECRET_KEY")?,
        webhook_secret: env.secret("VITRINE_STRIPE_WEBHOOK_SECRET")?,
        return_url: public_url.to_owned(),
    })
}

/// Names of connectors, and what each is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorNames(pub Vec<(String, ConnectorKind)>);

/// What a connector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorKind {
    /// The provider of our own.
    Sandbox,
    /// Stripe.
    Stripe,
}

impl Default for ConnectorNames {
    fn default() -> Self {
        Self(vec![(sandbox::KIND.to_owned(), ConnectorKind::Sandbox)])
    }
}

impl ConnectorNames {
    fn has_stripe(&self) -> bool {
        self.0.iter().any(|(_, kind)| *kind == ConnectorKind::Stripe)
    }
}

impl FromStr for ConnectorNames {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut names = Self(Vec::new());
        for part in text.split(',').map(str::trim) {
            let (name, kind) = part.split_once('=').unwrap_or((part, part));
            let kind = match kind {
                sandbox::KIND => ConnectorKind::Sandbox,
                stripe::KIND => ConnectorKind::Stripe,
                other => return Err(format!("{other:?} is neither sandbox nor stripe")),
            };
            let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > 50 || !name.chars().all(is_allowed) {
                return Err(format!("{name:?} is not 1 to 50 of a-z, 0-9 and _"));
            }
            let is_again = names.0.iter().any(|(other, _)| other == name);
            if is_again || (kind == ConnectorKind::Stripe && names.has_stripe()) {
                return Err(format!("{part:?} comes twice"));
            }
            names.0.push((name.to_owned(), kind));
        }
        Ok(names)
    }
}

/// For webhooks that never leave this process.
fn new_secret() -> Secret {
    Secret::new(format!("whsec_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()))
}
