//! What handlers share, and the flat list of all routes.

use std::time::Duration;

use access::Verifier;
use axum::{Router, extract::FromRef};
use problem::Result;
use sqlx::PgPool;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Limits, openapi::BearerAuth, with_layers};

use crate::{
    experiment::{Exposures, api as experiment, keep_exposures},
    interaction::{Paces, api as interaction},
    model::api as model,
    recommendation::api as recommendation,
    recommender::Recommender,
    rule::api as rule,
};

/// What handlers share.
#[derive(Clone, FromRef)]
pub struct App {
    /// The service's schema.
    pub db: PgPool,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// What is known.
    pub recommender: Recommender,
    pub(crate) exposures: Exposures,
    pub(crate) paces: Paces,
}

impl App {
    /// With this database and these keys; learns what the database holds, and trains nothing.
    pub async fn start(db: PgPool, verifier: Verifier) -> Result<Self> {
        let recommender = Recommender::start(db.clone()).await?;
        let (exposures, waiting) = Exposures::new();
        // Ends with the last of those who note something.
        tokio::spawn(keep_exposures(waiting, db.clone()));
        Ok(Self { db, verifier, recommender, exposures, paces: Paces::default() })
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine recommendation",
        description = "What people do with products, and what that says about other products.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&BearerAuth)
)]
struct Api;

/// The service's routes with their layers.
pub fn router(app: App) -> Router {
    let (routes, _) = routes().with_state(app).split_for_parts();
    // An import of 64 MB and a training of millions of interactions take their time.
    let limits = Limits { request: Duration::from_secs(120), ..Limits::default() };
    with_layers(routes, "recommendation", limits)
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(interaction::record_interactions))
        .routes(routes!(interaction::import_interactions))
        .routes(routes!(recommendation::recommend_similar))
        .routes(routes!(recommendation::recommend_bought_together))
        .routes(routes!(recommendation::recommend_for_cart))
        .routes(routes!(recommendation::recommend_for_session))
        .routes(routes!(recommendation::recommend_for_you))
        .routes(routes!(recommendation::recommend_trending))
        .routes(routes!(recommendation::recommend_recently_viewed))
        .routes(routes!(model::list_models, model::train_model))
        .routes(routes!(model::activate_model))
        .routes(routes!(model::cancel_training))
        .routes(routes!(rule::list_rules, rule::create_rule))
        .routes(routes!(experiment::list_experiments, experiment::create_experiment))
        .routes(routes!(
            experiment::find_experiment,
            experiment::update_experiment,
            experiment::delete_experiment
        ))
        .routes(routes!(rule::find_rule, rule::update_rule, rule::delete_rule))
}
