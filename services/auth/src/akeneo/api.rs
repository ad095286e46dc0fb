use access::Subject;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, RefusalBody, TokenRequest, TokenRequestBody};
use crate::{
    app::App,
    client::{Client, authenticate},
    oauth::TokenAnswer,
    session::{self, Authentication, Device, NewSession},
    throttle::attempt::Attempt,
};

/// A token for the PIM management API.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    access_token: String,
    #[schema(example = 3600)]
    expires_in: i64,
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// Always null.
    scope: Option<String>,
    refresh_token: Option<String>,
}

/// Get a token for the PIM management API
///
/// As Akeneo's: the client's id and secret as Basic credentials, and the username and password of the
/// connection, or a refresh token. The access token lives an hour and works for every API that the
/// connection's scopes allow; the refresh token lives 14 days and is exchanged for a new one.
#[utoipa::path(
    post,
    path = "/api/oauth/v1/token",
    operation_id = "create_management_token",
    tag = "oauth",
    request_body(content(
        (TokenRequestBody = "application/json"),
        (TokenRequestBody = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "A token", body = Token),
        (status = 400, description = "Not JSON", body = RefusalBody),
        (status = 413, description = "Larger than 8 KiB", body = RefusalBody),
        (status = 415, description = "Neither JSON nor a form", body = RefusalBody),
        (status = 422, description = "No token, and why", body = RefusalBody),
        (status = 429, description = "Too many wrong passwords", body = RefusalBody),
        (status = 503, description = "Not available for now", body = RefusalBody)
    ),
    security(("client" = []))
)]
pub(crate) async fn create_token(
    State(app): State<App>,
    device: Device,
    request: TokenRequest,
) -> Result<Response, Refusal> {
    let answer = match request.get("grant_type") {
        Some("password") => grant_password(&app, &request, device).await?,
        Some("refresh_token") => grant_refresh(&app, &request).await?,
        Some("authorization_code" | "client_credentials") => {
            find_client(&app, &request).await?;
            return Err(Refusal::Grant);
        }
        _ => return Err(Refusal::Parameters),
    };
    let token = Token {
        access_token: answer.access_token,
        expires_in: answer.expires_in,
        token_type: "bearer",
        scope: None,
        refresh_token: answer.refresh_token,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], web::Json(token)).into_response())
}

async fn find_client(app: &App, request: &TokenRequest) -> Result<Client, Refusal> {
    for (client_id, client_secret) in request.client_credentials() {
        let found = authenticate::check(&app.db, &client_id, Some(&client_secret)).await?;
        if let Some(client) = found {
            return Ok(client);
        }
    }
    Err(Refusal::Client)
}

async fn grant_password(
    app: &App,
    request: &TokenRequest,
    device: Device,
) -> Result<TokenAnswer, Refusal> {
    let client = find_client(app, request).await?;
    let (Some(username), Some(password)) = (request.get("username"), request.get("password"))
    else {
        return Err(Refusal::Parameters);
    };
    let Some(own_username) = &client.username else { return Err(Refusal::Grant) };
    let now = Utc::now();
    // Only the holder of the client's secret comes here, so nobody else can use up its attempts.
    let attempt = Attempt::new(&app.vault, &client.client_id, device.address, true);
    attempt.count(&app.db, now).await?;
    if username != own_username || !client.has_password(password) {
        return Err(Refusal::User);
    }
    let session = NewSession {
        subject: Subject::Client(client.client_id.clone()),
        client: &client,
        scopes: client.scopes.clone(),
        asked: None,
        authentication: Authentication::none(now),
        nonce: None,
        device,
        forgiving: Some(&attempt),
    };
    let mut transaction = app.db.begin().await?;
    let (answer, _) = session::open(app, &mut transaction, session, now).await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn grant_refresh(app: &App, request: &TokenRequest) -> Result<TokenAnswer, Refusal> {
    let client = find_client(app, request).await?;
    let token = request.get("refresh_token").ok_or(Refusal::RefreshToken)?;
    Ok(session::refresh(app, &client, token, None, Utc::now()).await?)
}
