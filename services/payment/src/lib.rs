//! The payment service: intents, attempts at a provider, captures, refunds, the ledger.
//!
//! The rule of the house: write what is about to happen, call the provider with no transaction open,
//! record what came of it, and compare with the provider whatever stays open. `payment` is the intent
//! and its status, `attempt` a try to make it, `operation` a capture, void or refund, `ledger` the
//! money that moved, `webhook` what providers tell, `connector` the provider, `routing` which of them,
//! `resolve` the finishing of what is open, `stuck` the report of what stays so, `reconciliation` the
//! comparison of books.

mod app;
mod attempt;
mod config;
mod connector;
mod keyed;
mod ledger;
mod operation;
mod payment;
mod reconciliation;
mod resolve;
mod routing;
mod stuck;
mod webhook;

use std::time::Duration;

use access::{KeySource, Verifier};
use anyhow::Context as _;
use sqlx::PgPool;
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
pub use config::{Config, ConnectorKind, ConnectorNames};
pub use connector::{Connector, Connectors, Sandbox, SandboxConfig, Stripe, StripeConfig};
pub use reconciliation::{reconcile_due, schedule as schedule_reconciliations};
pub use resolve::resolve_due;
pub use routing::Routing;

/// The schema that the service owns where there are no regions.
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
    web::database::migrate(&config.database_url, &config.schema, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, &config.schema, config.max_connections)
        .await?;
    let http = contracts::http_client();
    let keys = KeySource::Remote(config.peers.jwks_url());
    let verifier = Verifier::new(&config.peers.issuer, keys, http);
    let (connectors, sandbox) = connectors(&config, &db, &listener)?;
    let routing = Routing::default();
    let app = App { db, verifier, region: config.region, connectors, sandbox, routing };

    lifecycle.spawn(resolve::run(app.clone()));
    lifecycle.spawn(web::idempotency::forget_periodically(app.db.clone()));
    lifecycle.spawn(reconciliation::run(app.clone()));
    if let Some(sandbox) = app.sandbox.clone() {
        lifecycle.spawn(sandbox.deliver_webhooks());
    }
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}

/// The connectors that are configured, and the first sandbox: all share its books.
fn connectors(
    config: &Config,
    db: &PgPool,
    listener: &TcpListener,
) -> anyhow::Result<(Connectors, Option<Sandbox>)> {
    let timeout = config.connector_timeout;
    let mut connectors = Vec::new();
    let mut first = None;
    for (name, kind) in &config.connectors.0 {
        connectors.push(match kind {
            ConnectorKind::Sandbox => {
                let sandbox = Sandbox::new(db.clone(), sandbox_config(config, name, listener)?);
                first.get_or_insert_with(|| sandbox.clone());
                Connector::sandbox(name, sandbox, timeout)
            }
            ConnectorKind::Stripe => {
                let stripe = config.stripe.clone().context("Stripe is not configured")?;
                Connector::stripe(name, Stripe::new(stripe), timeout)
            }
        });
    }
    Ok((Connectors::new(connectors), first))
}

fn sandbox_config(
    config: &Config,
    connector: &str,
    listener: &TcpListener,
) -> anyhow::Result<SandboxConfig> {
    let webhook_url = match &config.sandbox_webhook_url {
        Some(url) => url.clone(),
        None => format!("http://{}/v1/payments/webhooks/{connector}", listener.local_addr()?),
    };
    Ok(SandboxConfig {
        connector: connector.to_owned(),
        public_url: config.public_url.clone(),
        webhook_url,
        webhook_secret: config.sandbox_webhook_secret.clone(),
        slow_answer: SLOW_ANSWER,
    })
}
