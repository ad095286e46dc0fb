use access::Claims;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use super::{OauthError, Parameters, revoke::TokenQuestion};
use crate::{
    app::App,
    client::{Client, ClientKind, authenticate::authenticate},
    openapi::OauthErrors,
    session::{self, Standing},
};

/// What a token is good for (RFC 7662 §2.2); of an inactive one nothing but that is said.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// Ask about a token
///
/// For confidential clients (RFC 7662). Our services may ask about any token, a connection about its
/// own; everything else is `{"active":false}`.
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    tag = "oauth",
    request_body(content = TokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it is", body = Introspection), OauthErrors),
    security(("client" = []))
)]
pub(crate) async fn introspect_token(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, OauthError> {
    let client = authenticate(&app.db, &parameters).await?;
    if client.secret_hash.is_none() {
        return Err(OauthError::invalid_client(false));
    }
    let token = parameters.required("token")?;
    let answer = match describe_access_token(&app, token).await? {
        Some(answer) => Some(answer),
        None => describe_refresh_token(&app, token).await?,
    };
    let answer = answer.filter(|answer| may_know(&client, answer)).unwrap_or_default();
    Ok(([(header::CACHE_CONTROL, "no-store")], web::Json(answer)).into_response())
}

fn may_know(client: &Client, answer: &Introspection) -> bool {
    client.kind == ClientKind::Service || answer.client_id.as_ref() == Some(&client.client_id)
}

async fn describe_access_token(
    app: &App,
    token: &str,
) -> Result<Option<Introspection>, OauthError> {
    let Ok(caller) = app.verify_any(token).await else { return Ok(None) };
    if let Some(session_id) = caller.session_id
        && !session::store::is_live(&app.db, session_id, Utc::now()).await?
    {
        return Ok(Some(Introspection::default()));
    }
    let Some(claims) = read_claims(token) else { return Ok(None) };
    Ok(Some(Introspection {
        active: true,
        scope: Some(claims.scope),
        client_id: Some(claims.client_id),
        token_type: Some("Bearer"),
        exp: Some(claims.exp),
        iat: Some(claims.iat),
        sub: Some(claims.sub),
        aud: Some(claims.aud),
        iss: Some(claims.iss),
        jti: Some(claims.jti),
    }))
}

/// Claims of a token that was verified before.
fn read_claims(verified_token: &str) -> Option<Claims> {
    let payload = verified_token.split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

async fn describe_refresh_token(
    app: &App,
    token: &str,
) -> Result<Option<Introspection>, OauthError> {
    let now = Utc::now();
    let found = session::find_token(&app.db, token).await?;
    Ok(found.filter(|token| token.standing(now) == Standing::Active).map(|token| Introspection {
        active: true,
        client_id: Some(token.client_id),
        token_type: Some("refresh_token"),
        exp: Some(token.expires_at.timestamp()),
        iat: Some(token.created_at.timestamp()),
        sub: Some(token.subject),
        iss: Some(app.issuer.to_string()),
        ..Introspection::default()
    }))
}
