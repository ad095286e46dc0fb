//! Recommendations: learns from what people view and buy, and from what products have in common, which
//! products go with which.
//!
//! Interactions come in by HTTP and from the order feed, products from the catalog feed. From both a
//! trainer makes a [`model`]: immutable, in memory, made anew when something changed and swapped whole.
//! Every surface (`similar`, `cart`, …) reads that model; only what one person did is read from the
//! database with the request, so that it counts at once. No other service is asked to answer.

mod answer;
mod app;
mod config;
mod follow;
mod interaction;
mod learning;
mod model;
mod product;
mod recommendation;

use access::{KeySource, Verifier};
use anyhow::Result;
use contracts::{Peer, http_client};
use sqlx::migrate::Migrator;
use tokio::net::TcpListener;
use web::Lifecycle;

pub use app::{App, openapi, router};
pub use config::Config;
pub use follow::{follow_auth, follow_catalog, follow_orders};
pub use model::Recommender;

/// The service's schema.
pub const SCHEMA: &str = "recommendation";

/// The schema's migrations.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/recommendation");

/// Migrates, trains the first model, follows catalog and orders, and serves until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let keys = KeySource::Remote(config.peers.jwks_url());
    let verifier = Verifier::new(&config.peers.issuer, keys, http_client());
    let app = App::start(db.clone(), verifier).await?;
    let credentials = config.peers.credentials();
    let catalog = Peer::new("catalog", &config.catalog_url, credentials.clone());
    let auth = Peer::new("auth", &config.peers.auth_url, credentials.clone());
    let order = Peer::new("order", &config.order_url, credentials);
    lifecycle.spawn(follow_auth(auth, db.clone()));
    lifecycle.spawn(follow_catalog(catalog, db.clone()));
    lifecycle.spawn(follow_orders(order, db));
    lifecycle.spawn(app.recommender.clone().keep_trained(config.train_pause));
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}
