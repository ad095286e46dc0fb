//! Carts, stock, promotions, taxes, shipping and orders.
//!
//! Stock, coupons and orders share one schema, so that placing an order (order, reservation, coupon
//! use, outbox row) is one local transaction. What follows is a saga with the payment service, whose
//! one writer is [`order::advance`]: the checkout call, the payment feed and the background all tell it
//! the state of the payment, and it moves the order. The wish to pay is kept with the order, so that
//! any replica can go on where another one was killed.
//!
//! Locks are taken in one order everywhere: cart, order, coupons by code, stock by (sku, location).

mod answer;
mod app;
pub mod background;
mod cart;
mod codes;
mod config;
mod coupon;
pub mod erasure;
mod feed;
mod location;
mod order;
pub mod pricing;
mod promotion;
mod shipping;
mod stock;
mod tax;

use access::{KeySource, Verifier};
use anyhow::Result;
use contracts::{Peer, catalog::CatalogClient, http_client, payment::PaymentClient};
use outbox::{FeedSource, Follower};
use tokio::net::TcpListener;
use web::Lifecycle;

pub use app::{App, Settings, openapi, router};
pub use cart::rules::RuleCache;
pub use config::Config;

/// What decides about orders that are being paid, for a model of the whole.
pub mod saga {
    pub use crate::order::{
        OrderStatus,
        decide::{Move, Situation, decide, payment_status},
    };
}

/// Name of the schema.
pub const SCHEMA: &str = "orders";

/// The schema's history.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/orders");

/// Runs the service until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let credentials = config.peers.credentials();
    let payment = Peer::new("payment", &config.payment_url, credentials.clone());
    let auth = Peer::new("auth", &config.peers.auth_url, credentials.clone());
    let keys = KeySource::Remote(config.peers.jwks_url());
    let app = App {
        db: db.clone(),
        verifier: Verifier::new(&config.peers.issuer, keys, http_client()),
        catalog: CatalogClient::new(Peer::new("catalog", &config.catalog_url, credentials)),
        rules: RuleCache::default(),
        payment: PaymentClient::new(payment.clone()),
        settings: config.settings.clone(),
    };
    let follower = Follower::new("payment", FeedSource::Remote(payment), db.clone());
    lifecycle.spawn(background::follow_payments(app.clone(), follower));
    lifecycle.spawn(background::work_for_ever(app.clone()));
    let follower = Follower::new("auth", FeedSource::Remote(auth), db.clone());
    lifecycle.spawn(erasure::follow_auth(follower));
    lifecycle.spawn(erasure::erase_for_ever(db));
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}
