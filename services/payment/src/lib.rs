//! The payment service: intents, attempts at a provider, captures, refunds, the ledger.
//!
//! The rule of the house: write what is about to happen, call the provider with no transaction open,
//! record what came of it, and compare with the provider whatever stays open. `payment` is the intent
//! and its status, `attempt` a try to make it, `operation` a capture, void or refund, `ledger` the
//! money that moved, `webhook` what providers tell, `connector` the provider, `resolve` the comparison.

mod app;
mod attempt;
mod config;
mod connector;
mod keyed;
mod ledger;
mod operation;
mod payment;
mod resolve;
mod webhook;

use std::time::Duration;

use access::{KeySource, Verifier};
use tokio::net::TcpListener;
use web::Lifecycle;

/// What decides about payments and their attempts, for a model of the whole.
pub mod saga {
    pub use crate::{
        attempt::{AttemptStatus, check_confirmable},
        connector::ChargeStatus,
        payment::Intent,
    };
}

pub use app::{App, openapi, router};
pub use config::Config;
pub use connector::{Connector, Sandbox, SandboxConfig};
pub use resolve::resolve_due;

/// The schema that the service owns.
pub const SCHEMA: &str = "payment";
/// Its migrations.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/payment");

/// How late the sandbox answers `tok_slow`.
const SLOW_ANSWER: Duration = Duration::from_secs(3);

/// Runs the service until the lifecycle stops.
pub async fn run(
    config: Config,
    listener: TcpListener,
    lifecycle: Lifecycle,
) -> anyhow::Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let http = contracts::http_client();
    let keys = KeySource::Remote(config.peers.jwks_url());
    let verifier = Verifier::new(&config.peers.issuer, keys, http);
    let sandbox = Sandbox::new(db.clone(), sandbox_config(&config, &listener)?);
    let connector = Connector::new(sandbox.clone(), config.connector_timeout);
    let app = App { db, verifier, connector };

    lifecycle.spawn(resolve::run(app.clone()));
    lifecycle.spawn(sandbox.deliver_webhooks());
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}

fn sandbox_config(config: &Config, listener: &TcpListener) -> anyhow::Result<SandboxConfig> {
    let webhook_url = match &config.sandbox_webhook_url {
        Some(url) => url.clone(),
        None => format!("http://{}/v1/payments/webhooks/sandbox", listener.local_addr()?),
    };
    Ok(SandboxConfig {
        public_url: config.public_url.clone(),
        webhook_url,
        webhook_secret: config.sandbox_webhook_secret.clone(),
        slow_answer: SLOW_ANSWER,
    })
}
