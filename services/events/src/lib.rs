//! Events: what happened in all services, told to the systems around.
//!
//! The service follows the feeds of the others, and in the transaction that moves a cursor writes what is
//! [public](change::public) into a log of its own, whose positions are given as those of any outbox. Who
//! wants to know follows the log with `GET /v1/changes`, or has what comes into it sent to a webhook.

mod app;
mod change;
mod config;
mod delivery;
mod egress;
mod retention;
mod webhook;

use access::{KeySource, Verifier};
use anyhow::Result;
use contracts::{Credentials, Peer, http_client};
use sqlx::migrate::Migrator;
use tokio::{net::TcpListener, time::timeout};
use web::Lifecycle;

pub use app::{App, openapi, router};
pub use change::follow::follow;
pub use config::{Config, WebhookConfig};
pub use delivery::{queue::queue_events, schedule::Schedule, send::Sender};
pub use egress::AllowList;

/// The service's schema.
pub const SCHEMA: &str = "events";

/// The schema's migrations.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/events");

/// Migrates, follows the other services, sends webhooks, and serves until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let keys = KeySource::Remote(config.peers.jwks_url());
    let verifier = Verifier::new(&config.peers.issuer, keys, http_client());
    let sender = Sender::new(db.clone(), &config.webhooks)?;
    let app = App::start(verifier, sender.clone(), lifecycle.clone());
    for (name, peer) in feeds(&config, &config.peers.credentials()) {
        lifecycle.spawn(follow(name, peer, db.clone()));
    }
    lifecycle.spawn(queue_events(db.clone()));
    let sending = tokio::spawn(sender.run(lifecycle.clone()));
    lifecycle.spawn(delivery::send::measure_backlog(db.clone()));
    lifecycle.spawn(retention::clean(db, config.event_days));
    lifecycle.set_ready();
    let grace = config.server.grace;
    let serving = web::serve(listener, router(app), lifecycle.clone(), grace);
    let sent = async {
        lifecycle.stopped().await;
        // What takes longer is sent again by whoever comes next.
        let _ = timeout(grace, sending).await;
    };
    tokio::join!(serving, sent);
    Ok(())
}

/// The feeds to follow, by the names of their cursors.
fn feeds(config: &Config, credentials: &Credentials) -> Vec<(String, Peer)> {
    let peer = |name, url: &str| Peer::new(name, url, credentials.clone());
    let mut feeds = vec![
        ("auth".to_owned(), peer("auth", &config.peers.auth_url)),
        ("catalog".to_owned(), peer("catalog", &config.catalog_url)),
        ("order".to_owned(), peer("order", &config.order_url)),
    ];
    let cells = &config.payment_cells.0;
    feeds.extend(
        cells.iter().map(|cell| (format!("payment {}", cell.region), peer("payment", &cell.url))),
    );
    if cells.is_empty() {
        feeds.push(("payment".to_owned(), peer("payment", &config.payment_url)));
    }
    feeds
}
