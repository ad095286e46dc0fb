use chrono::{DateTime, Utc};
use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgExecutor};

use super::ApplicationFields;
use crate::client::{ClientId, ClientKind};

/// An application, without its secret.
#[derive(FromRow)]
pub(crate) struct ApplicationRow {
    pub(crate) client_id: String,
    pub(crate) kind: ClientKind,
    #[sqlx(flatten)]
    pub(crate) fields: ApplicationFields,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// 409 `label_taken` if another client has the label.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    client_id: &str,
    secret_hash: Option<&[u8]>,
    fields: &ApplicationFields,
) -> Result<ApplicationRow> {
    sqlx::query_as::<_, ApplicationRow>(
        "insert into client (client_id, kind, label, scopes, secret_hash, redirect_uris,
             post_logout_redirect_uris, first_party, id_token_algorithm)
         values ($1, case when $4::bytea is null then 'public' else 'confidential' end,
             $2, $3, $4, $5, $6, $7, $8)
         returning client_id, kind, label, scopes, redirect_uris, post_logout_redirect_uris,
             first_party, id_token_algorithm, version, created_at, updated_at",
    )
    .bind(client_id)
    .bind(&fields.label)
    .bind(&fields.scopes)
    .bind(secret_hash)
    .bind(&fields.redirect_uris)
    .bind(&fields.post_logout_redirect_uris)
    .bind(fields.first_party)
    .bind(fields.id_token_algorithm)
    .fetch_one(executor)
    .await
    .on_constraint("client_label_key", label_taken)
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    after: Option<&ClientId>,
    limit: i64,
) -> Result<Vec<ApplicationRow>> {
    Ok(sqlx::query_as(
        "select client_id, kind, label, scopes, redirect_uris, post_logout_redirect_uris,
             first_party, id_token_algorithm, version, created_at, updated_at
         from client
         where kind in ('public', 'confidential') and ($1::text is null or client_id > $1)
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
) -> Result<Option<ApplicationRow>> {
    Ok(sqlx::query_as(
        "select client_id, kind, label, scopes, redirect_uris, post_logout_redirect_uris,
             first_party, id_token_algorithm, version, created_at, updated_at
         from client where kind in ('public', 'confidential') and client_id = $1",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
) -> Result<Option<ApplicationRow>> {
    Ok(sqlx::query_as(
        "select client_id, kind, label, scopes, redirect_uris, post_logout_redirect_uris,
             first_party, id_token_algorithm, version, created_at, updated_at
         from client where kind in ('public', 'confidential') and client_id = $1 for update",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// 409 `label_taken` if another client has the label.
pub(crate) async fn update(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
    fields: &ApplicationFields,
) -> Result<ApplicationRow> {
    sqlx::query_as::<_, ApplicationRow>(
        "update client
         set label = $2, scopes = $3, redirect_uris = $4, post_logout_redirect_uris = $5,
             first_party = $6, id_token_algorithm = $7, version = version + 1, updated_at = now()
         where client_id = $1
         returning client_id, kind, label, scopes, redirect_uris, post_logout_redirect_uris,
             first_party, id_token_algorithm, version, created_at, updated_at",
    )
    .bind(client_id.as_str())
    .bind(&fields.label)
    .bind(&fields.scopes)
    .bind(&fields.redirect_uris)
    .bind(&fields.post_logout_redirect_uris)
    .bind(fields.first_party)
    .bind(fields.id_token_algorithm)
    .fetch_one(executor)
    .await
    .on_constraint("client_label_key", label_taken)
}

pub(crate) async fn set_secret(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
    secret_hash: &[u8],
) -> Result<()> {
    sqlx::query(
        "update client set secret_hash = $2, version = version + 1, updated_at = now()
         where client_id = $1",
    )
    .bind(client_id.as_str())
    .bind(secret_hash)
    .execute(executor)
    .await?;
    Ok(())
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
