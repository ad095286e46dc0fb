use chrono::{DateTime, Utc};
use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgExecutor};

use super::{ConnectionFields, Identity};
use crate::{client::ClientId, secret};

/// A connection without its secrets.
#[derive(FromRow)]
pub(crate) struct ConnectionRow {
    pub(crate) client_id: String,
    #[sqlx(flatten)]
    pub(crate) fields: ConnectionFields,
    pub(crate) username: String,
    pub(crate) old_secrets_until: Option<DateTime<Utc>>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

pub(crate) async fn next_number(executor: impl PgExecutor<'_>) -> Result<i64> {
    Ok(sqlx::query_scalar("select nextval('connection_number')").fetch_one(executor).await?)
}

/// 409 `label_taken` if another client has the label.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    identity: &Identity,
    fields: &ConnectionFields,
) -> Result<ConnectionRow> {
    sqlx::query_as::<_, ConnectionRow>(
        "insert into client
             (client_id, kind, label, scopes, secret_hash, username, password_hash,
              rate_limit_per_second)
         values ($1, 'connection', $2, $3, $4, $5, $6, $7)
         returning client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at",
    )
    .bind(&identity.client_id)
    .bind(&fields.label)
    .bind(&fields.scopes)
    .bind(secret::hash(&identity.client_secret))
    .bind(&identity.username)
    .bind(secret::hash(&identity.password))
    .bind(fields.rate_limit_per_second)
    .fetch_one(executor)
    .await
    .on_constraint("client_label_key", label_taken)
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    after: Option<&ClientId>,
    limit: i64,
) -> Result<Vec<ConnectionRow>> {
    Ok(sqlx::query_as(
        "select client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at
         from client where kind = 'connection' and ($1::text is null or client_id > $1)
         order by client_id limit $2",
    )
    .bind(after.map(ClientId::as_str))
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
) -> Result<Option<ConnectionRow>> {
    Ok(sqlx::query_as(
        "select client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at
         from client where kind = 'connection' and client_id = $1",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
) -> Result<Option<ConnectionRow>> {
    Ok(sqlx::query_as(
        "select client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at
         from client where kind = 'connection' and client_id = $1 for update",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// 409 `label_taken` if another client has the label.
pub(crate) async fn update(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
    fields: &ConnectionFields,
) -> Result<ConnectionRow> {
    sqlx::query_as::<_, ConnectionRow>(
        "update client
         set label = $2, scopes = $3, rate_limit_per_second = $4, version = version + 1,
             updated_at = now()
         where client_id = $1
         returning client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at",
    )
    .bind(client_id.as_str())
    .bind(&fields.label)
    .bind(&fields.scopes)
    .bind(fields.rate_limit_per_second)
    .fetch_one(executor)
    .await
    .on_constraint("client_label_key", label_taken)
}

/// Replaces both secrets; the old ones stay good until `old_until`, and end at once without it.
pub(crate) async fn set_secrets(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
    client_secret: &str,
    password: &str,
    old_until: Option<DateTime<Utc>>,
) -> Result<ConnectionRow> {
    Ok(sqlx::query_as(
        "update client
         set secret_hash = $2, password_hash = $3, old_secrets_until = $4,
             old_secret_hash = case when $4 is not null then secret_hash end,
             old_password_hash = case when $4 is not null then password_hash end,
             version = version + 1, updated_at = now()
         where client_id = $1
         returning client_id, label, scopes, rate_limit_per_second, username,
             case when old_secrets_until > now() then old_secrets_until end as old_secrets_until,
             last_used_at, version, created_at, updated_at",
    )
    .bind(client_id.as_str())
    .bind(secret::hash(client_secret))
    .bind(secret::hash(password))
    .bind(old_until)
    .fetch_one(executor)
    .await?)
}

pub(crate) async fn delete(executor: impl PgExecutor<'_>, client_id: &ClientId) -> Result<()> {
    sqlx::query("delete from client where client_id = $1")
        .bind(client_id.as_str())
        .execute(executor)
        .await?;
    Ok(())
}

fn label_taken() -> Problem {
    Problem::conflict("label_taken", "there is a client with this label")
}
