use access::scope::GRANTABLE;
use axum::{extract::State, response::IntoResponse};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use super::grant::Grant;
use crate::{app::App, scopes::PERSONAL};

/// What id tokens and user info may say.
const CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "amr",
    "sid",
    "email",
    "name",
    "given_name",
    "family_name",
    "phone_number",
    "updated_at",
];

/// What this authorization server offers (RFC 8414 §2, OpenID Connect Discovery §3).
#[derive(Serialize, ToSchema)]
pub(crate) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: Vec<&'static str>,
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 2],
    /// S256 alone: a challenge in clear protects nothing.
    code_challenge_methods_supported: [&'static str; 1],
    prompt_values_supported: [&'static str; 5],
    claims_supported: &'static [&'static str],
    ui_locales_supported: [&'static str; 3],
    /// RFC 9207.
    authorization_response_iss_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
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
        authorization_endpoint: endpoint("/oauth/authorize"),
        token_endpoint: endpoint("/oauth/token"),
        jwks_uri: endpoint("/.well-known/jwks.json"),
        revocation_endpoint: endpoint("/oauth/revoke"),
        introspection_endpoint: endpoint("/oauth/introspect"),
        userinfo_endpoint: endpoint("/oauth/userinfo"),
        end_session_endpoint: endpoint("/oauth/logout"),
        scopes_supported: PERSONAL.iter().chain(GRANTABLE).copied().collect(),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: Grant::ALL.iter().map(|grant| grant.name()).collect(),
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256", "EdDSA"],
        code_challenge_methods_supported: ["S256"],
        prompt_values_supported: ["none", "login", "consent", "select_account", "create"],
        claims_supported: CLAIMS,
        ui_locales_supported: ["en", "de", "fr"],
        authorization_response_iss_parameter_supported: true,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
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
