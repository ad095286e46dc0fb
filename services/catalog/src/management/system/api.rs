//! Requests that need no token: what there is.

use axum::extract::State;
use serde_json::{Value, json};
use web::Json;

use super::name_routes;
use crate::App;

/// The version of the API that clients check.
const VERSION: &str = "7.0.0";

/// Lists the endpoints.
#[utoipa::path(
    get, path = "/api/rest/v1", operation_id = "list_endpoints", tag = "System",
    responses((status = 200, description = "Host and routes", body = Value)),
    security(())
)]
pub async fn list_endpoints(State(app): State<App>) -> Json<Value> {
    let token = json!({"route": "/api/oauth/v1/token", "methods": ["POST"]});
    Json(json!({
        "host": app.config.public_url,
        "authentication": {"fos_oauth_server_token": token},
        "routes": name_routes(&crate::openapi()),
    }))
}

/// Names the version of the API: that of the contract, so that clients choose what they can ask for.
#[utoipa::path(
    get, path = "/api/rest/v1/system-information", operation_id = "get_system_information", tag = "System",
    responses((status = 200, description = "Version and edition", body = Value,
               example = json!({"version": "7.0.0", "edition": "CE"}))),
    security(())
)]
pub async fn get_system_information() -> Json<Value> {
    Json(json!({"version": VERSION, "edition": "CE"}))
}
