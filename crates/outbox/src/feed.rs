use std::time::{Duration, Instant};

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::event::{BATCH_CONTENT_TYPE, Event, FeedQuery};
use problem::{Problem, Result};
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1000;
const MAX_WAIT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Rows numbered in one go.
const SEQUENCE_BATCH: i64 = 5000;

#[derive(FromRow)]
struct Row {
    position: i64,
    event_id: Uuid,
    #[sqlx(rename = "type")]
    kind: String,
    subject: String,
    data: Value,
    traceparent: Option<String>,
    occurred_at: DateTime<Utc>,
}

/// The events after a position, oldest first; none is ever skipped. `source` names this service.
pub async fn read(pool: &PgPool, source: &str, after: i64, limit: i64) -> Result<Vec<Event>> {
    assign_positions(pool).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select position, event_id, type, subject, data, traceparent, occurred_at
         from outbox where position > $1 order by position limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| row.into_event(source)).collect())
}

/// Gives committed rows their positions, for a log that is read in other ways than by [`read`]. One at a
/// time; who does not get the lock reads what is numbered already.
pub async fn assign_positions(pool: &PgPool) -> Result<()> {
    let something_new: bool =
        sqlx::query_scalar("select exists (select from outbox where position is null)")
            .fetch_one(pool)
            .await?;
    if !something_new {
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    if !try_lock(&mut transaction).await? {
        return Ok(());
    }
    sqlx::query(
        "with numbered as materialized (
             select event_id, nextval('outbox_position') as position
             from (select event_id from outbox where position is null
                   order by sequence limit $1) as fresh
         )
         update outbox set position = numbered.position
         from numbered where outbox.event_id = numbered.event_id",
    )
    .bind(SEQUENCE_BATCH)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

async fn try_lock(transaction: &mut PgConnection) -> Result<bool> {
    let taken = sqlx::query_scalar(
        "select pg_try_advisory_xact_lock(hashtextextended('outbox ' || current_schema(), 0))",
    )
    .fetch_one(transaction)
    .await?;
    Ok(taken)
}

impl Row {
    fn into_event(self, source: &str) -> Event {
        Event {
            specversion: "1.0".to_owned(),
            id: self.event_id,
            source: source.to_owned(),
            kind: self.kind,
            subject: self.subject,
            time: self.occurred_at,
            datacontenttype: "application/json".to_owned(),
            data: self.data,
            sequence: self.position.to_string(),
            traceparent: self.traceparent,
        }
    }
}

/// Answers `GET /internal/feed`: a batch, waiting up to `timeout` for the first event.
pub async fn serve_feed(pool: &PgPool, source: &str, query: &FeedQuery) -> Result<Response> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let rule = format!("must be within 1 and {MAX_LIMIT}");
        return Err(Problem::invalid_parameter("limit", "out_of_range", rule));
    }
    let wait = Duration::from_millis(query.timeout.unwrap_or(0)).min(MAX_WAIT);
    let started = Instant::now();
    loop {
        let events = read(pool, source, query.after.unwrap_or(0), limit).await?;
        if !events.is_empty() || started.elapsed() >= wait {
            let headers = [("content-type", BATCH_CONTENT_TYPE), ("cache-control", "no-store")];
            let body = serde_json::to_vec(&events).map_err(Problem::internal)?;
            return Ok((headers, body).into_response());
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
