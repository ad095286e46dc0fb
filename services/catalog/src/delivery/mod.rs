//! The delivery side: flat documents of product pages, and everything shops read from them.

use anyhow::Result;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use web::Lifecycle;

use crate::{App, Config};

/// Documents and search index of this replica; cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    #[expect(dead_code, reason = "read by the projection")]
    db: PgPool,
}

impl Delivery {
    /// Opens the index folder.
    pub fn open(_config: &Config, db: PgPool) -> Result<Self> {
        Ok(Self { db })
    }
}

/// Starts the projection and catches up with it.
pub async fn start(_app: &App, _lifecycle: &Lifecycle) -> Result<()> {
    Ok(())
}

/// The routes of the delivery API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
