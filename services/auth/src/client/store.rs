use problem::Result;
use sqlx::PgExecutor;

use super::{Client, ClientId};

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
) -> Result<Option<Client>> {
    Ok(sqlx::query_as(
        "select client_id, kind, label, scopes, secret_hash, username, password_hash,
             case when old_secrets_until > now() then old_secret_hash end as old_secret_hash,
             case when old_secrets_until > now() then old_password_hash end as old_password_hash,
             rate_limit_per_second, redirect_uris, first_party, id_token_algorithm
         from client where client_id = $1",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
}

/// Notes that a connection is in use, once a minute.
pub(crate) async fn note_use(executor: impl PgExecutor<'_>, client_id: &str) -> Result<()> {
    sqlx::query(
        "update client set last_used_at = date_trunc('minute', now())
         where client_id = $1 and last_used_at is distinct from date_trunc('minute', now())",
    )
    .bind(client_id)
    .execute(executor)
    .await?;
    Ok(())
}

/// Creates the service's client, or gives it this secret and these scopes.
pub(crate) async fn upsert_service(
    executor: impl PgExecutor<'_>,
    client_id: &str,
    secret_hash: &[u8],
    scopes: &[&str],
) -> Result<()> {
    sqlx::query(
        "insert into client (client_id, kind, label, scopes, secret_hash)
         values ($1, 'service', $1, $3, $2)
         on conflict (client_id) do update
         set secret_hash = excluded.secret_hash, scopes = excluded.scopes, updated_at = now()",
    )
    .bind(client_id)
    .bind(secret_hash)
    .bind(scopes)
    .execute(executor)
    .await?;
    Ok(())
}

/// Removes the services that are not in this list.
pub(crate) async fn delete_other_services(
    executor: impl PgExecutor<'_>,
    client_ids: &[&str],
) -> Result<()> {
    sqlx::query("delete from client where kind = 'service' and client_id <> all ($1)")
        .bind(client_ids)
        .execute(executor)
        .await?;
    Ok(())
}
