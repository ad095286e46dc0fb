use access::Subject;
use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::Result;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OauthError, Parameters};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
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
        end(&app, found.session_id, &found.subject, &client).await?;
    } else if let Ok(caller) = app.verify_any(token).await {
        check_owner(&client, &caller.client_id)?;
        let session_id = caller.session_id.ok_or_else(OauthError::unsupported_token_type)?;
        end(&app, session_id, &caller.subject.to_string(), &client).await?;
    }
    Ok(StatusCode::OK)
}

/// Shoppers without account are nobody: the end of their sessions is not told of.
async fn end(app: &App, session_id: Uuid, subject: &str, client: &Client) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    let was_live =
        session::store::revoke(&mut *transaction, session_id, "logout", Utc::now()).await?;
    if was_live && !matches!(Subject::parse(subject), Subject::Anonymous(_)) {
        let data = json!({ "session_id": session_id, "reason": "logout" });
        let fact = Fact::new(EventType::SessionRevoked, subject, data).by_itself();
        audit::record(&mut transaction, fact.through(&client.client_id)).await?;
    }
    Ok(transaction.commit().await?)
}

fn check_owner(client: &Client, owner: &str) -> Result<(), OauthError> {
    if client.client_id == owner {
        return Ok(());
    }
    Err(OauthError::unauthorized_client("this token was issued to another client"))
}
