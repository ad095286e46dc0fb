//! The catalog: the PIM. Its management side keeps families, attributes, categories, channels, media
//! and products, and speaks the management API under `/api/rest/v1`. Its delivery side turns them into
//! one flat document per product page, channel and locale, and serves those to shops: pages, search,
//! facets, suggestions, sync.
//!
//! A management write adds a `projection_task` in its own transaction; [`delivery`] builds the
//! documents anew from it within a second.

mod app;
mod config;
pub mod delivery;
pub mod management;
mod media_store;

use anyhow::Result;
use chrono::Utc;
use sqlx::migrate::Migrator;
use tokio::net::TcpListener;
use web::{Lifecycle, database::at_start};

pub use app::{App, openapi, router};
pub use config::Config;

/// The service's schema.
pub const SCHEMA: &str = "catalog";

/// The schema's migrations.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/catalog");

/// Migrates, starts the background work and serves until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let app = App::connect(&config).await?;
    at_start(|| management::upkeep::keep(&app.db, Utc::now())).await?;
    lifecycle.spawn(management::upkeep::keep_periodically(app.clone()));
    lifecycle.spawn(management::terms::keep_periodically(app.db.clone()));
    lifecycle.spawn(management::terms::flush_periodically(app.db.clone()));
    lifecycle.spawn(management::job::run_for_ever(app.clone()));
    lifecycle.spawn(management::publication::publish_for_ever(app.db.clone()));
    delivery::start(&app, &lifecycle).await?;
    lifecycle.set_ready();
    web::serve(listener, router(app), lifecycle, config.server.grace).await;
    Ok(())
}
