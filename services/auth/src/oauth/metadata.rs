use access::scope::GRANTABLE;
use axum::{extract::State, response::IntoResponse};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use super::grant::Grant;
use crate::app::App;

/// What this authorization server offers (RFC 8414 §2, OpenID Connect Discovery §3).
#[derive(Serialize, ToSchema)]
pub(crate) struct Metadata {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    userinfo_endpoint: String,
    scopes_supported: &'static [&'static str],
    /// Empty: there is no authorization endpoint yet.
    response_types_supported: [&'static str; 0],
    grant_types_supported: Vec<&'static str>,
    subject_types_supported: [&'static str; 1],
    /// Empty: no id tokens are issued yet.
    id_token_signing_alg_values_supported: [&'static str; 0],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
}

/// OAuth metadata
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "metadata",
    responses((status = 200, description = "The metadata", body = Metadata)),
    security(())
)]
pub(crate) async fn get_oauth_metadata(State(app): State<App>) -> impl IntoResponse {
    answer(&app.issuer)
}

/// OpenID metadata
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "metadata",
    responses((status = 200, description = "The metadata", body = Metadata)),
    security(())
)]
pub(crate) async fn get_openid_metadata(State(app): State<App>) -> impl IntoResponse {
    answer(&app.issuer)
}

fn answer(issuer: &str) -> impl IntoResponse + use<> {
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(describe(issuer)))
}

fn describe(issuer: &str) -> Metadata {
    let endpoint = |path: &str| format!("{issuer}{path}");
    Metadata {
        issuer: issuer.to_owned(),
        token_endpoint: endpoint("/oauth/token"),
        jwks_uri: endpoint("/.well-known/jwks.json"),
        revocation_endpoint: endpoint("/oauth/revoke"),
        introspection_endpoint: endpoint("/oauth/introspect"),
        userinfo_endpoint: endpoint("/oauth/userinfo"),
        scopes_supported: GRANTABLE,
        response_types_supported: [],
        grant_types_supported: Grant::ALL.iter().map(|grant| grant.name()).collect(),
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [],
        token_endpoint_auth_methods_supported: [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        revocation_endpoint_auth_methods_supported: [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        introspection_endpoint_auth_methods_supported: [
            "client_secret_basic",
            "client_secret_post",
        ],
    }
}
