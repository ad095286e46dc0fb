use chrono::{DateTime, Utc};
use contracts::event::Event;
use problem::Result;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use super::Extent;

/// An event as it is kept, with its place in the log.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Row {
    pub(crate) event_id: Uuid,
    source: String,
    position: i64,
    #[sqlx(rename = "type")]
    kind: String,
    pub(crate) subject: String,
    data: Value,
    traceparent: Option<String>,
    occurred_at: DateTime<Utc>,
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: row.event_id,
            source: row.source,
            kind: row.kind,
            subject: row.subject,
            time: row.occurred_at,
            datacontenttype: "application/json".to_owned(),
            data: row.data,
            sequence: row.position.to_string(),
            traceparent: row.traceparent,
        }
    }
}

/// Writes events of another service into the log, in their order, each once.
pub(crate) async fn insert(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    let column = |part: fn(&Event) -> String| events.iter().map(part).collect::<Vec<_>>();
    sqlx::query(
        "insert into outbox (event_id, source, type, subject, data, traceparent, occurred_at)
         select event_id, source, type, subject, data, traceparent, occurred_at
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[],
                     $7::timestamptz[]) with ordinality
              as told (event_id, source, type, subject, data, traceparent, occurred_at, place)
         order by place
         on conflict (event_id) do nothing",
    )
    .bind(events.iter().map(|event| event.id).collect::<Vec<_>>())
    .bind(column(|event| event.source.clone()))
    .bind(column(|event| event.kind.clone()))
    .bind(column(|event| event.subject.clone()))
    .bind(events.iter().map(|event| &event.data).collect::<Vec<_>>())
    .bind(events.iter().map(|event| event.traceparent.clone()).collect::<Vec<_>>())
    .bind(events.iter().map(|event| event.time).collect::<Vec<_>>())
    .execute(transaction)
    .await?;
    Ok(())
}

/// What the log holds now.
pub(crate) async fn extent(db: impl PgExecutor<'_>) -> Result<Extent> {
    let extent = sqlx::query_as(
        "select forgotten, greatest(forgotten, (select max(position) from outbox)) as newest
         from log_start",
    );
    Ok(extent.fetch_one(db).await?)
}

/// Events of these types with a position in `after + 1 ..= until`, oldest first. Reads no more than
/// `limit` entries of each type, however few of all events are wanted.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    types: &[&str],
    (after, until): (i64, i64),
    limit: i64,
) -> Result<Vec<Row>> {
    let rows = sqlx::query_as(
        "with page as (
             select position
             from unnest($1::text[]) as wanted (type), lateral (
                 select position from outbox
                 where outbox.type = wanted.type and position > $2 and position <= $3
                 order by position limit $4) as found
             order by position limit $4
         )
         select outbox.* from outbox join page using (position) order by position",
    )
    .bind(types)
    .bind(after)
    .bind(until)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// Deletes some of the oldest events: of the first `count` those before the first that came into the log
/// at or after `since`. The position of the last that was deleted, if any.
pub(crate) async fn forget(
    transaction: &mut PgConnection,
    since: DateTime<Utc>,
    count: i64,
) -> Result<Option<i64>> {
    let last: Option<i64> = sqlx::query_scalar(
        "with oldest as (
             select event_id, position, logged_at >= $1 as is_kept from outbox
             where position is not null order by position limit $2
         ), gone as (
             delete from outbox using oldest
             where outbox.event_id = oldest.event_id
               and oldest.position
                   < coalesce((select min(position) from oldest where is_kept), oldest.position + 1)
             returning outbox.position
         )
         select max(position) from gone",
    )
    .bind(since)
    .bind(count)
    .fetch_one(&mut *transaction)
    .await?;
    if let Some(last) = last {
        sqlx::query("update log_start set forgotten = greatest(forgotten, $1)")
            .bind(last)
            .execute(transaction)
            .await?;
    }
    Ok(last)
}
