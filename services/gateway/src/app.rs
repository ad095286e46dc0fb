//! What the gateway answers itself, and the list of its routes.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRef, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{StatusCode, header};
use problem::{Kind, Problem, ProblemBody};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::openapi::BearerAuth;

use crate::{
    gateway::Gateway,
    pages::{account, cart, category, home, product},
};

/// What the handlers of one worker have.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) worker: usize,
}

impl FromRef<App> for Arc<Gateway> {
    fn from_ref(app: &App) -> Self {
        app.gateway.clone()
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine gateway",
        description = "Pages: one call for one screen of a shop, joined from several services.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody)),
    modifiers(&BearerAuth)
)]
struct Api;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(home::home_page))
        .routes(routes!(product::product_page))
        .routes(routes!(category::category_page))
        .routes(routes!(cart::cart_page))
        .routes(routes!(account::account_page))
        .routes(routes!(livez))
        .routes(routes!(readyz))
}

/// The gateway's own part of the public document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

/// The routes of one worker.
pub(crate) fn router(app: App) -> Router {
    let (routes, _) = routes().split_for_parts();
    routes
        .route("/openapi.json", get(public_document))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(|| async { docs_file("index.html") }))
        .route("/docs/{*file}", get(docs))
        .fallback(|| async { Problem::not_found("route") })
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app)
}

async fn method_not_allowed() -> Problem {
    let detail = "this path does not take this method";
    Problem::new(Kind::MethodNotAllowed, "method_not_allowed", detail)
}

/// The process runs.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, body = String)))]
async fn livez() -> &'static str {
    "ok"
}

/// Traffic is welcome: the gateway has started and is not on its way out. No service is asked.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses((status = 200, body = String), (status = 503, body = String))
)]
async fn readyz(State(gateway): State<Arc<Gateway>>) -> (StatusCode, &'static str) {
    if gateway.lifecycle.is_ready() {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    }
}

async fn public_document(State(gateway): State<Arc<Gateway>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], gateway.document.clone()).into_response()
}

async fn docs(web::Path(file): web::Path<String>) -> Response {
    docs_file(&file)
}

/// A file of Swagger UI, which is part of the binary.
fn docs_file(name: &str) -> Response {
    let config = utoipa_swagger_ui::Config::new(["/openapi.json"])
        .doc_expansion("none")
        .filter(true)
        .default_models_expand_depth(-1);
    match utoipa_swagger_ui::serve(name, Arc::new(config)) {
        Ok(Some(file)) => {
            ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("file").into_response(),
        Err(error) => Problem::internal(anyhow::anyhow!("{error}")).into_response(),
    }
}
