use access::Subject;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use serde_json::json;
use sqlx::PgConnection;

use super::{Lifetimes, RefreshToken, Standing, open::Access, store};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
    client::Client,
    oauth::{OauthError, TokenAnswer},
    scopes,
    secret::Token,
};

/// Exchanges a refresh token for its successor. Of many requests at once one exchanges it, and all get
/// that one's answer.
pub(crate) async fn refresh(
    app: &App,
    client: &Client,
    token: &str,
    scope: Option<&str>,
    now: DateTime<Utc>,
) -> Result<TokenAnswer, OauthError> {
    let token = Token::parse(token).ok_or_else(OauthError::invalid_grant)?;
    let found = find(app, client, &token).await?;
    match found.standing(now) {
        Standing::Active => match exchange(app, client, &found, &token, scope, now).await? {
            Some(answer) => Ok(answer),
            // Another request was faster: there is an answer now.
            None => match find(app, client, &token).await? {
                found if found.standing(now) == Standing::Replayable => replay(app, &found, &token),
                _ => Err(OauthError::invalid_grant()),
            },
        },
        Standing::Replayable => replay(app, &found, &token),
        Standing::Reused => {
            end_family(app, &found, now).await?;
            Err(OauthError::invalid_grant())
        }
        Standing::Ended => Err(OauthError::invalid_grant()),
    }
}

/// A token of another client is as good as none.
async fn find(app: &App, client: &Client, token: &Token) -> Result<RefreshToken, OauthError> {
    store::find_token(&app.db, token)
        .await?
        .filter(|token| token.client_id == client.client_id)
        .ok_or_else(OauthError::invalid_grant)
}

/// `None` if another request exchanged it meanwhile.
async fn exchange(
    app: &App,
    client: &Client,
    found: &RefreshToken,
    token: &Token,
    scope: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<TokenAnswer>, OauthError> {
    let subject = Subject::parse(&found.subject);
    let mut transaction = app.db.begin().await?;
    let may = current_scopes(app, &mut transaction, &subject, client, found).await?;
    let granted = scopes::narrow(&may, scope).ok_or_else(OauthError::invalid_scope)?;
    let lifetimes = Lifetimes::of(&subject);
    let access = Access {
        subject: &subject,
        client,
        scopes: &granted,
        session: Some((found.session_id, &found.authentication)),
        nonce: None,
        lifetime: lifetimes.access,
    };
    let successor = Token::generate();
    let answer = access.issue(app, Some(successor.text.clone()), now)?;
    let plain = serde_json::to_vec(&answer).map_err(Problem::internal)?;
    let exchanged = store::rotate(
        &mut transaction,
        store::Rotation {
            token,
            successor: &successor,
            answer: &app.vault.seal(token.id.as_bytes(), &plain),
            session_id: found.session_id,
            expires_at: (now + lifetimes.idle).min(found.ends_at),
            now,
        },
    )
    .await?;
    transaction.commit().await?;
    Ok(exchanged.then_some(answer))
}

/// What the subject may now, not when it signed in.
async fn current_scopes(
    app: &App,
    connection: &mut PgConnection,
    subject: &Subject,
    client: &Client,
    token: &RefreshToken,
) -> Result<Vec<String>> {
    let may = match subject {
        Subject::Client(_) => client.scopes.clone(),
        _ => scopes::of_person(app, connection, subject).await?,
    };
    Ok(match &token.scopes {
        Some(asked) => scopes::grant(client, &may, asked),
        None => may,
    })
}

fn replay(app: &App, found: &RefreshToken, token: &Token) -> Result<TokenAnswer, OauthError> {
    let sealed = found.answer.as_deref().ok_or_else(OauthError::invalid_grant)?;
    let plain = app
        .vault
        .open(token.id.as_bytes(), sealed)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("a stored answer does not open")))?;
    Ok(serde_json::from_slice(&plain).map_err(Problem::internal)?)
}

async fn end_family(app: &App, token: &RefreshToken, now: DateTime<Utc>) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    if store::revoke(&mut *transaction, token.session_id, "reuse", now).await? {
        let fact = json!({
            "session_id": token.session_id,
            "subject": token.subject,
            "client_id": token.client_id,
        });
        let fact = Fact::new(EventType::ReuseDetected, &token.subject, fact);
        audit::record(&mut transaction, fact.through(&token.client_id)).await?;
        tracing::warn!(session.id = %token.session_id, "a refresh token came back, its session was ended");
    }
    Ok(transaction.commit().await?)
}
