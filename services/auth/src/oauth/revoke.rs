use access::Subject;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{OauthError, Parameters};
use crate::{
    app::App,
    client::{Client, authenticate::authenticate},
    openapi::OauthErrors,
    session,
};

/// A token and who holds it
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents what Parameters reads")]
pub(crate) struct TokenQuestion {
    /// A refresh or an access token.
    token: String,
    /// `refresh_token` or `access_token`; not needed.
    token_type_hint: Option<String>,
    /// Of the client, unless it uses Basic authentication.
    #[schema(example = "storefront")]
    client_id: Option<String>,
    /// Of a confidential client, unless it uses Basic authentication.
    client_secret: Option<String>,
}

/// Log out
///
/// Ends the session of a refresh token or of an access token (RFC 7009). 200 also for a token that is
/// unknown or ended already. Access tokens that are out live on until they expire (at most 15
/// minutes), but introspection calls them inactive at once.
#[utoipa::path(
    post,
    path = "/oauth/revoke",
    tag = "oauth",
    request_body(content = TokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The session has ended"), OauthErrors),
    security((), ("client" = []))
)]
pub(crate) async fn revoke_token(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<StatusCode, OauthError> {
    let client = authenticate(&app.db, &parameters).await?;
    let token = parameters.required("token")?;
    if let Some(found) = session::find_token(&app.db, token).await? {
        check_owner(&client, &found.client_id)?;
        let subject = Subject::parse(&found.subject);
        session::end(&app, found.session_id, &subject, &client.client_id).await?;
    } else if let Ok(caller) = app.verify_any(token).await {
        check_owner(&client, &caller.client_id)?;
        let session_id = caller.session_id.ok_or_else(OauthError::unsupported_token_type)?;
        session::end(&app, session_id, &caller.subject, &client.client_id).await?;
    }
    Ok(StatusCode::OK)
}

fn check_owner(client: &Client, owner: &str) -> Result<(), OauthError> {
    if client.client_id == owner {
        return Ok(());
    }
    Err(OauthError::unauthorized_client("this token was issued to another client"))
}
