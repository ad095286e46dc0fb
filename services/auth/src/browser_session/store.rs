use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::BrowserSession;
use crate::secret::Token;

pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    session: &BrowserSession,
    token: &Token,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into browser_session
             (browser_session_id, token_hash, account_id, authenticated_at, methods, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(session.account_id)
    .bind(session.authentication.at)
    .bind(&session.authentication.methods)
    .bind(expires_at)
    .execute(executor)
    .await?;
    Ok(())
}

/// A browser of an account that is disabled is not signed in.
pub(super) async fn find(
    executor: impl PgExecutor<'_>,
    token: &Token,
    now: DateTime<Utc>,
) -> Result<Option<BrowserSession>> {
    Ok(sqlx::query_as(
        "select browser_session_id, account_id, authenticated_at, methods
         from browser_session join account using (account_id)
         where browser_session_id = $1 and token_hash = $2 and expires_at > $3
             and disabled_at is null",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(now)
    .fetch_optional(executor)
    .await?)
}

/// Signs one browser out.
pub(crate) async fn delete(executor: impl PgExecutor<'_>, browser_session_id: Uuid) -> Result<()> {
    sqlx::query("delete from browser_session where browser_session_id = $1")
        .bind(browser_session_id)
        .execute(executor)
        .await?;
    Ok(())
}
