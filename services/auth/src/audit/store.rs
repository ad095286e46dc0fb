use chrono::{DateTime, Utc};
use problem::Result;
use serde_json::Value;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::{Fact, Filter};

/// An entry of the log.
#[derive(FromRow)]
pub(crate) struct Row {
    pub(crate) entry_id: Uuid,
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    pub(crate) actor: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) subject: String,
    pub(crate) data: Value,
    pub(crate) occurred_at: DateTime<Utc>,
}

pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    entry_id: Uuid,
    fact: &Fact,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into audit_entry (entry_id, type, actor, client_id, subject, data, occurred_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(entry_id)
    .bind(fact.kind.name())
    .bind(&fact.actor)
    .bind(&fact.client_id)
    .bind(&fact.subject)
    .bind(&fact.data)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Newest first, before this entry.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "select entry_id, type, actor, client_id, subject, data, occurred_at
         from audit_entry
         where ($1::text is null or type = $1) and ($2::text is null or actor = $2)
             and ($3::text is null or subject = $3) and ($4::text is null or client_id = $4)
             and ($5::uuid is null or entry_id >= $5) and ($6::uuid is null or entry_id < $6)
             and ($7::uuid is null or entry_id < $7)
         order by entry_id desc limit $8",
    )
    .bind(filter.kind.map(|kind| kind.name()))
    .bind(&filter.actor)
    .bind(&filter.subject)
    .bind(&filter.client_id)
    .bind(filter.from.map(partition::first_id))
    .bind(filter.until.map(partition::first_id))
    .bind(before)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

/// The newest entries about a person: what they did and what happened to them.
pub(crate) async fn list_of_person(
    executor: impl PgExecutor<'_>,
    sub: &str,
    limit: i64,
) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "select entry_id, type, actor, client_id, subject, data, occurred_at
         from audit_entry where actor = $1 or subject = $1
         order by entry_id desc limit $2",
    )
    .bind(sub)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

/// Clears away up to `limit` facts from before this time that every follower was offered.
pub(crate) async fn delete_old_facts(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let done = sqlx::query(
        "delete from outbox where event_id in (
             select event_id from outbox where event_id < $1 and position is not null
             order by event_id limit $2
         )",
    )
    .bind(partition::first_id(before))
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
