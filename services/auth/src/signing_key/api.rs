use axum::{extract::State, response::IntoResponse};
use http::header;
use serde_json::Value;
use utoipa::ToSchema;
use web::Json;

use super::KeyRing;

/// A JSON Web Key Set (RFC 7517 §5).
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the key ring serializes")]
pub(crate) struct KeySet {
    /// Public keys, each with `kid`, `use`, `alg` and `kty`.
    keys: Vec<Value>,
}

/// The public keys
///
/// Every access token names one of them by its `kid`.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "metadata",
    responses((status = 200, description = "The key set", body = KeySet)),
    security(())
)]
pub(crate) async fn get_key_set(State(keys): State<KeyRing>) -> impl IntoResponse {
    let headers = [(header::CACHE_CONTROL, "public, max-age=60")];
    (headers, Json(keys.published.load_full()))
}
