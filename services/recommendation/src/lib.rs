//! Recommendations: learns from what people view and buy, and from what products have in common, which
//! products go with which.
//!
//! Interactions come in by HTTP and from the order feed, products from the catalog feed. What they say is
//! [`knowledge`], learned one by one in the memory of each replica; what takes a look at everything at
//! once is a [`model`], trained by one replica in the background and used by all. Every surface
//! (`similar`, `cart`, …) is answered from both; only what one person did is read from the database with
//! the request, so that it counts at once. No other service is asked to answer.

mod app;
mod config;
mod experiment;
mod follow;
mod interaction;
mod knowledge;
mod learning;
mod model;
mod product;
mod recommendation;
mod recommender;
mod rule;

use access::{KeySource, Verifier};
use anyhow::Result;
use contracts::{Peer, http_client, order::OrderClient};
use sqlx::migrate::Migrator;
use tokio::net::TcpListener;
use web::{Lifecycle, database::at_start};

pub use app::{App, openapi, router};
pub use config::Config;
pub use follow::{follow_auth, follow_catalog, follow_orders};
pub use product::sold_out::follow_sold_out;
pub use recommender::Recommender;

/// The service's schema.
pub const SCHEMA: &str = "recommendation";

/// The schema's migrations.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/recommendation");

/// Migrates, learns what the database holds, follows catalog and orders, and serves until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let keys = KeySource::Remote(config.peers.jwks_url());
    let verifier = Verifier::new(&config.peers.issuer, keys, http_client());
    let app = at_start(|| App::start(db.clone(), verifier.clone())).await?;
    let credentials = config.peers.credentials();
    let catalog = Peer::new("catalog", &config.catalog_url, credentials.clone());
    let auth = Peer::new("auth", &config.peers.auth_url, credentials.clone());
    let order = Peer::new("order", &config.order_url, credentials);
    lifecycle.spawn(interaction::keep_interactions(db.clone(), config.interaction_days));
    lifecycle.spawn(web::idempotency::forget_periodically(db.clone()));
    lifecycle.spawn(follow_auth(auth, db.clone()));
    lifecycle.spawn(follow_catalog(catalog, db.clone()));
    if !config.recommend_sold_out {
        let order = OrderClient::new(order.clone());
        lifecycle.spawn(follow_sold_out(order, app.recommender.clone()));
    }
    lifecycle.spawn(follow_orders(order, db));
    lifecycle.spawn(app.recommender.clone().keep_learning());
    if !config.train_pause.is_zero() {
        at_start(|| app.recommender.train_first()).await?;
        lifecycle.spawn(app.recommender.clone().keep_trained(config.train_pause));
    }
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}

/// Trains one model as serving replicas do, which then use it, and ends: for a process of its own, so that
/// they stay small.
pub async fn train(config: Config) -> Result<()> {
    web::init_telemetry(config.server.log_format, &config.server.log_filter)?;
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    Recommender::start(db).await?.train().await?;
    Ok(())
}
