//! Every statement about the table `webhook_event`.

use problem::Result;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::ProviderEvent;

/// Keeps an event; `false` if it came before.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    connector: &str,
    event: &ProviderEvent,
    attempt_id: Option<Uuid>,
) -> Result<bool> {
    let inserted = sqlx::query(
        "insert into webhook_event (connector, event_id, kind, charge_id)
         values ($1, $2, $3, $4) on conflict (connector, event_id) do nothing",
    )
    .bind(connector)
    .bind(&event.id)
    .bind(&event.kind)
    .bind(attempt_id)
    .execute(executor)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
