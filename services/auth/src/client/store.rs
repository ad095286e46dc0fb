use problem::Result;
use sqlx::PgExecutor;

use super::{Client, ClientId};

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    client_id: &ClientId,
) -> Result<Option<Client>> {
    Ok(sqlx::query_as(
        "select client_id, kind, label, scopes, secret_hash, username, password_hash, redirect_uris,
             first_party, id_token_algorithm
         from client where client_id = $1",
    )
    .bind(client_id.as_str())
    .fetch_optional(executor)
    .await?)
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
