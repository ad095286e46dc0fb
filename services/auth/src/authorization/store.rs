use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::code::NewCode;
use crate::{secret::Token, session::Authentication};

/// A code that was sent to an application.
#[derive(FromRow)]
pub(crate) struct CodeRow {
    pub(crate) client_id: String,
    pub(crate) account_id: Uuid,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    #[sqlx(flatten)]
    pub(crate) authentication: Authentication,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) session_id: Option<Uuid>,
}

pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    token: &Token,
    new: &NewCode<'_>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into authorization_code
             (code_id, code_hash, client_id, account_id, redirect_uri, code_challenge, scopes,
              nonce, authenticated_at, methods, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(new.client_id)
    .bind(new.account_id)
    .bind(new.redirect_uri)
    .bind(new.code_challenge)
    .bind(new.scopes)
    .bind(new.nonce)
    .bind(new.authentication.at)
    .bind(&new.authentication.methods)
    .bind(expires_at)
    .execute(executor)
    .await?;
    Ok(())
}

/// The code, and nobody else exchanges it until the transaction ends.
pub(super) async fn lock(executor: impl PgExecutor<'_>, token: &Token) -> Result<Option<CodeRow>> {
    Ok(sqlx::query_as(
        "select client_id, account_id, redirect_uri, code_challenge, scopes, nonce,
             authenticated_at, methods, expires_at, session_id
         from authorization_code where code_id = $1 and code_hash = $2 for update",
    )
    .bind(token.id)
    .bind(token.hash())
    .fetch_optional(executor)
    .await?)
}

/// Notes what the code was exchanged for.
pub(super) async fn set_session(
    executor: impl PgExecutor<'_>,
    code_id: Uuid,
    session_id: Uuid,
) -> Result<()> {
    sqlx::query("update authorization_code set session_id = $2 where code_id = $1")
        .bind(code_id)
        .bind(session_id)
        .execute(executor)
        .await?;
    Ok(())
}
