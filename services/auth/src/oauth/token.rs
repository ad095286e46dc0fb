use access::Subject;
use axum::extract::State;
use chrono::Utc;
use uuid::Uuid;

use super::{OauthError, Parameters, TokenAnswer, TokenBody, grant::Grant};
use crate::{
    app::App,
    authorization,
    client::{Client, authenticate::authenticate},
    openapi::OauthErrors,
    scopes,
    session::{self, Authentication, Device, NewSession, issue_for_client},
};

/// Get a token
///
/// The token endpoint of RFC 6749; forms and JSON objects are read alike. Access tokens are JWTs
/// (RFC 9068) that live 15 minutes.
///
/// - `authorization_code`: an application, for a person who signed in at `/oauth/authorize`; with
///   `code`, `code_verifier` and the same `redirect_uri`. A code that is sent twice ends the session that
///   it opened.
/// - `client_credentials`: a connection or service for itself. No refresh token.
/// - `refresh_token`: the next pair of a session. Each refresh token has exactly one successor: sent
///   again within 10 seconds by the same client, before the successor was used, it gets the same
///   answer (a lost response logs nobody out); sent later, it ends its own session and no other.
/// - `urn:vitrine:grant:anonymous`: a shopper without account, for public clients; `sub` is
///   `anon:<uuid>`.
#[utoipa::path(
    post,
    path = "/oauth/token",
    tag = "oauth",
    request_body(content(
        (TokenBody = "application/x-www-form-urlencoded"),
        (TokenBody = "application/json"),
    )),
    responses((status = 200, description = "A token", body = TokenAnswer), OauthErrors),
    security((), ("client" = []))
)]
pub(crate) async fn create_token(
    State(app): State<App>,
    device: Device,
    parameters: Parameters,
) -> Result<TokenAnswer, OauthError> {
    let grant = Grant::parse(parameters.required("grant_type")?)?;
    let client = authenticate(&app.db, &parameters).await?;
    grant.check_client(&client)?;
    let scope = parameters.get("scope");
    match grant {
        Grant::AuthorizationCode => {
            authorization::code::redeem(&app, &client, &parameters, device, Utc::now()).await
        }
        Grant::ClientCredentials => {
            let granted =
                scopes::narrow(&client.scopes, scope).ok_or_else(OauthError::invalid_scope)?;
            Ok(issue_for_client(&app, &client, &granted, Utc::now())?)
        }
        Grant::RefreshToken => {
            let token = parameters.required("refresh_token")?;
            session::refresh(&app, &client, token, scope, Utc::now()).await
        }
        Grant::Anonymous => open_anonymous(&app, &client, scope, device).await,
    }
}

async fn open_anonymous(
    app: &App,
    client: &Client,
    scope: Option<&str>,
    device: Device,
) -> Result<TokenAnswer, OauthError> {
    if scope.is_some() {
        return Err(OauthError::invalid_scope());
    }
    let now = Utc::now();
    let session = NewSession {
        client,
        subject: Subject::Anonymous(Uuid::now_v7()),
        scopes: Vec::new(),
        asked: None,
        authentication: Authentication::none(now),
        nonce: None,
        device,
        forgiving: None,
    };
    let mut transaction = app.db.begin().await?;
    let (answer, _) = session::open(app, &mut transaction, session, now).await?;
    transaction.commit().await?;
    Ok(answer)
}
