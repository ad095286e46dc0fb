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

use std::{borrow::Cow, sync::Arc};

use access::{KeySource, Verifier};
use anyhow::Result;
use contracts::{Credentials, Peer, catalog::CatalogClient, http_client, payment::PaymentClient};
use outbox::{FeedSource, Follower};
use tokio::net::TcpListener;
use types::Region;
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

/// Every payment cell; one without a region where there are none.
fn payment_cells(config: &Config, credentials: &Credentials) -> Vec<(Option<Region>, Peer)> {
    let peer = |url: &str| Peer::new("payment", url, credentials.clone());
    match &config.payment_cells.0[..] {
        [] => vec![(None, peer(&config.payment_url))],
        cells => cells.iter().map(|cell| (Some(cell.region), peer(&cell.url))).collect(),
    }
}

fn payment_client(cells: &[(Option<Region>, Peer)]) -> PaymentClient {
    match cells {
        [(None, peer)] => PaymentClient::new(peer.clone()),
        cells => PaymentClient::of_cells(
            cells.iter().filter_map(|(region, peer)| Some(((*region)?, peer.clone()))),
        ),
    }
}

/// Runs the service until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let credentials = config.peers.credentials();
    let cells = payment_cells(&config, &credentials);
    let auth = Peer::new("auth", &config.peers.auth_url, credentials.clone());
    let keys = KeySource::Remote(config.peers.jwks_url());
    let app = App {
        db: db.clone(),
        verifier: Verifier::new(&config.peers.issuer, keys, http_client()),
        catalog: CatalogClient::new(Peer::new("catalog", &config.catalog_url, credentials)),
        rules: RuleCache::default(),
        payment: payment_client(&cells),
        cells: Arc::new(config.payment_cells),
        settings: config.settings.clone(),
    };
    for (region, peer) in cells {
        let feed: Cow<'static, str> = match region {
            Some(region) => format!("payment {region}").into(),
            None => "payment".into(),
        };
        let follower = Follower::new(feed, FeedSource::Remote(peer), db.clone());
        lifecycle.spawn(background::follow_payments(app.clone(), follower));
        lifecycle.spawn(background::work_for_ever(app.clone(), region));
    }
    let follower = Follower::new("auth", FeedSource::Remote(auth), db.clone());
    lifecycle.spawn(erasure::follow_auth(follower));
    lifecycle.spawn(erasure::erase_for_ever(db.clone()));
    lifecycle.spawn(web::idempotency::forget_periodically(db));
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}
