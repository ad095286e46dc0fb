use problem::{Problem, Result};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;
use web::trace;

/// Writes one fact into the caller's transaction.
pub async fn append(
    transaction: &mut PgConnection,
    kind: &str,
    subject: &str,
    data: &impl Serialize,
) -> Result<()> {
    let data = serde_json::to_value(data).map_err(Problem::internal)?;
    sqlx::query(
        "insert into outbox (event_id, type, subject, data, traceparent)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(Uuid::now_v7())
    .bind(kind)
    .bind(subject)
    .bind(data)
    .bind(trace::current().map(|context| context.to_string()))
    .execute(transaction)
    .await?;
    Ok(())
}
