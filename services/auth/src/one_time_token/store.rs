use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{NewToken, OneTimeToken, Purpose};
use crate::{account::Email, secret::Token};

pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    token: &Token,
    new: &NewToken<'_>,
    content: Option<Vec<u8>>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into one_time_token
             (token_id, token_hash, purpose, account_id, email, language, content, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(new.purpose)
    .bind(new.account_id)
    .bind(new.email)
    .bind(new.language)
    .bind(content)
    .bind(expires_at)
    .execute(executor)
    .await?;
    Ok(())
}

/// The token, if it is good for this.
pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    token: &Token,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<OneTimeToken>> {
    Ok(sqlx::query_as(
        "select token_id, purpose, account_id, email, language, content from one_time_token
         where token_id = $1 and token_hash = $2 and purpose = $3
             and used_at is null and expires_at > $4",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(purpose)
    .bind(now)
    .fetch_optional(executor)
    .await?)
}

/// The same for one of several purposes; from now on it is good for nothing.
pub(crate) async fn use_up(
    executor: impl PgExecutor<'_>,
    token: &Token,
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> Result<Option<OneTimeToken>> {
    Ok(sqlx::query_as(
        "update one_time_token set used_at = $4
         where token_id = $1 and token_hash = $2 and purpose = any ($3)
             and used_at is null and expires_at > $4
         returning token_id, purpose, account_id, email, language, content",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(purposes)
    .bind(now)
    .fetch_optional(executor)
    .await?)
}

/// Removes what was sent to this address without an account; the rest goes with its account. Nothing is
/// older than two days, so no index is kept for it.
pub(crate) async fn delete_of_email(executor: impl PgExecutor<'_>, email: &Email) -> Result<()> {
    sqlx::query("delete from one_time_token where email = $1 and account_id is null")
        .bind(email)
        .execute(executor)
        .await?;
    Ok(())
}

/// Ends every link of the account: what it was made for has changed.
pub(crate) async fn void_all(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update one_time_token set used_at = $2
         where account_id = $1 and used_at is null and expires_at > $2",
    )
    .bind(account_id)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}
