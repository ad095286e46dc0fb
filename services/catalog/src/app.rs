//! What handlers share, and the flat list of all routes.

use std::sync::Arc;

use access::{KeySource, Verifier};
use anyhow::Result;
use axum::{
    Router,
    extract::{FromRef, MatchedPath},
};
use http::{Method, Uri};
use object_store::ObjectStore;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use web::{Limits, openapi::BearerAuth, with_layers};

use crate::{
    Config, delivery,
    management::{self, error::refuse_method, job},
    media_store,
};

/// Workbooks that are read at the same time.
const WORKBOOKS: usize = 1;

/// What handlers share.
#[derive(Clone, FromRef)]
pub struct App {
    /// The service's schema.
    pub db: PgPool,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// The bytes of media files.
    pub media: Arc<dyn ObjectStore>,
    /// Whose turn it is to read a workbook that came with an import.
    pub workbooks: Arc<Semaphore>,
    /// The delivery side's documents and search index.
    pub delivery: delivery::Delivery,
    /// The configuration.
    pub config: Arc<Config>,
}

impl App {
    /// Connects to everything the configuration names.
    pub async fn connect(config: &Config) -> Result<Self> {
        let keys = KeySource::Remote(config.peers.jwks_url());
        let verifier = Verifier::new(&config.peers.issuer, keys, contracts::http_client());
        let db =
            web::database::connect(&config.database_url, crate::SCHEMA, config.max_connections)
                .await?;
        Self::new(config, db, verifier)
    }

    /// With this database and these keys.
    pub fn new(config: &Config, db: PgPool, verifier: Verifier) -> Result<Self> {
        let media = media_store::open(&config.media)?;
        let delivery = delivery::Delivery::open(config, db.clone())?;
        Ok(Self {
            db,
            verifier,
            media,
            workbooks: Arc::new(Semaphore::new(WORKBOOKS)),
            delivery,
            config: Arc::new(config.clone()),
        })
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine catalog",
        description = "Product information: management and delivery.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&BearerAuth)
)]
struct Api;

/// The service's routes with their layers.
pub fn router(app: App) -> Router {
    let (management, document) = management::routes().with_state(app.clone()).split_for_parts();
    let methods = Arc::new(management::system::list_methods(&document));
    let (delivery, _) = delivery::routes().with_state(app).split_for_parts();
    let management = management.method_not_allowed_fallback(
        move |method: Method, uri: Uri, path: MatchedPath| {
            let allowed = methods.get(path.as_str()).cloned().unwrap_or_default();
            async move { refuse_method(&method, uri.path(), &allowed) }
        },
    );
    let (uploads, upload) = (&[job::IMPORT_PATH][..], job::MAX_UPLOAD_TIME);
    let limits = Limits { uploads, upload, ..Limits::default() };
    with_layers(management.merge(delivery), "catalog", limits)
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = routes().split_for_parts().1;
    management::openapi::describe_headers(&mut document);
    // The star of a parameter with slashes is a word of the router's, not of OpenAPI's.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    document
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(management::routes())
        .merge(delivery::routes())
}
