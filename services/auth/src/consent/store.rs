use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use crate::client::ClientId;

/// A consent as its giver sees it.
#[derive(FromRow)]
pub(crate) struct ConsentRow {
    pub(crate) client_id: String,
    pub(crate) label: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Whether all of these scopes were allowed.
pub(crate) async fn covers(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    client_id: &str,
    scopes: &[String],
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (
             select from consent where account_id = $1 and client_id = $2 and scopes @> $3
         )",
    )
    .bind(account_id)
    .bind(client_id)
    .bind(scopes)
    .fetch_one(executor)
    .await?)
}

/// Adds these scopes to what was allowed before.
pub(crate) async fn give(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    client_id: &str,
    scopes: &[String],
) -> Result<()> {
    sqlx::query(
        "insert into consent (account_id, client_id, scopes) values ($1, $2, $3)
         on conflict (account_id, client_id) do update
         set scopes = array(
                 select distinct unnest(consent.scopes || excluded.scopes) as scope order by scope
             ),
             updated_at = now()",
    )
    .bind(account_id)
    .bind(client_id)
    .bind(scopes)
    .execute(executor)
    .await?;
    Ok(())
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    after: Option<&ClientId>,
    limit: i64,
) -> Result<Vec<ConsentRow>> {
    Ok(sqlx::query_as(
        "select client_id, client.label, consent.scopes, consent.created_at, consent.updated_at
         from consent join client using (client_id)
         where account_id = $1 and ($2::text is null or client_id > $2)
         order by client_id limit $3",
    )
    .bind(account_id)
    .bind(after.map(ClientId::as_str))
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

/// Whether there was one.
pub(crate) async fn take_back(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    client_id: &ClientId,
) -> Result<bool> {
    let done = sqlx::query("delete from consent where account_id = $1 and client_id = $2")
        .bind(account_id)
        .bind(client_id.as_str())
        .execute(executor)
        .await?;
    Ok(done.rows_affected() == 1)
}
