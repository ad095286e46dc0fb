use sqlx::PgPool;

use super::{Client, ClientId, ClientKind, store};
use crate::oauth::{OauthError, Parameters};

/// Who sends this token request (RFC 6749 §2.3): Basic credentials, the same in the body, or the bare
/// id of a public client. 401 `invalid_client` if it cannot be known.
pub(crate) async fn authenticate(
    db: &PgPool,
    parameters: &Parameters,
) -> Result<Client, OauthError> {
    let body_id = parameters.get("client_id");
    let body_secret = parameters.get("client_secret");
    let refused = || OauthError::invalid_client(parameters.basic().is_some());
    if let Some(basic) = parameters.basic() {
        if body_secret.is_some() || body_id.is_some_and(|id| !basic.names(id)) {
            return Err(OauthError::invalid_request("the client is named in two ways"));
        }
        for (client_id, client_secret) in basic.readings() {
            if let Some(client) = check(db, &client_id, Some(&client_secret)).await? {
                return Ok(client);
            }
        }
        return Err(refused());
    }
    let client_id = body_id.ok_or_else(refused)?;
    check(db, client_id, body_secret).await?.ok_or_else(refused)
}

/// The client, if the secret is its own; a public client has none to show.
pub(crate) async fn check(
    db: &PgPool,
    client_id: &str,
    client_secret: Option<&str>,
) -> problem::Result<Option<Client>> {
    let Ok(client_id) = ClientId::parse(client_id) else { return Ok(None) };
    let Some(client) = store::find(db, &client_id).await? else { return Ok(None) };
    let is_right = match client_secret {
        Some(client_secret) => client.has_secret(client_secret),
        None => client.kind == ClientKind::Public,
    };
    if is_right && client.kind == ClientKind::Connection {
        store::note_use(db, &client.client_id).await?;
    }
    Ok(is_right.then_some(client))
}
