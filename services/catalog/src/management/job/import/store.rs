use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection, PgExecutor, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::{LineError, Stage, Upload, reference::Pending, stage::Place};
use crate::management::{error::Result, job::Request};

/// A line as it came.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) line: i64,
    pub(super) rank: Option<i16>,
    pub(super) resource: Option<String>,
    pub(super) key: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) data: Option<String>,
    pub(super) refusal: Option<Map<String, Value>>,
}

/// A line that is to be written.
#[derive(Debug, FromRow)]
pub(super) struct Waiting {
    pub(super) line: i64,
    pub(super) rank: i16,
    pub(super) resource: String,
    pub(super) key: String,
    pub(super) data: String,
    /// What was done of it, if it is held.
    pub(super) outcome: Option<String>,
    /// What it was written without, if it is held.
    pub(super) without: Option<Vec<String>>,
    pub(super) is_refused: bool,
    /// Whether a line before it has the same key and is not done.
    pub(super) is_blocked: bool,
}

/// What stays of a line that was tried.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) line: i64,
    pub(super) outcome: Option<&'static str>,
    pub(super) without: Option<String>,
    pub(super) refusal: Option<Map<String, Value>>,
}

/// The attribute that holds the identifier of products.
pub(super) async fn find_identifier_attribute(connection: &mut PgConnection) -> Result<String> {
    let code: Option<String> =
        sqlx::query_scalar("select code from attribute where is_main_identifier")
            .fetch_optional(connection)
            .await?;
    Ok(code.unwrap_or_default())
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    id: Uuid,
    lines: &[Incoming],
) -> Result<()> {
    let refusal = |line: &Incoming| line.refusal.as_ref().map(to_text);
    sqlx::query(
        "insert into import_line (job_id, line, rank, resource, key, identifier, data, state, refusal)
         select $1, g.line, g.rank, g.resource, g.key, g.identifier, g.data,
                case when g.refusal is null then 'waiting' else 'refused' end, g.refusal::json
         from unnest($2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::text[]) as g (line, rank, resource, key, identifier, data, refusal)",
    )
    .bind(id)
    .bind(lines.iter().map(|line| line.line).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.rank).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.resource.as_ref()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.key.as_ref()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.identifier.as_ref()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.data.as_ref()).collect::<Vec<_>>())
    .bind(lines.iter().map(refusal).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// The whole body is there; false if the job has ended meanwhile.
pub(super) async fn queue(
    connection: &mut PgConnection,
    id: Uuid,
    upload: &Upload,
    total: i64,
    refused: i64,
) -> Result<bool> {
    let updated = sqlx::query(
        "update job set status = 'queued', request = $2, total = $3, refused_count = $4
         where job_id = $1 and status = 'receiving'",
    )
    .bind(id)
    .bind(Json(Request::Import(upload.clone())))
    .bind(total)
    .bind(refused)
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Deletes lines of a job whose body is not there, at most `limit`; answers how many.
pub(super) async fn delete_received_lines(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    limit: i64,
) -> Result<u64> {
    let deleted = sqlx::query(
        "delete from import_line where job_id = $1 and line in (
             select l.line from job j join import_line l on l.job_id = j.job_id
             where j.job_id = $1 and j.status = 'receiving' order by l.line limit $2
         )",
    )
    .bind(id)
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}

/// Deletes a job whose body is not there.
pub(super) async fn delete_received(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("delete from job where job_id = $1 and status = 'receiving'")
        .bind(id)
        .execute(executor)
        .await?;
    Ok(())
}

/// Clears away lines of imports that ended before the one moment, or began to arrive before the other and
/// never did, at most `limit` of them; the latter go when their lines are gone.
pub async fn clear_away(
    connection: &mut PgConnection,
    ended_before: DateTime<Utc>,
    received_before: DateTime<Utc>,
    limit: i64,
) -> problem::Result<()> {
    sqlx::query(
        "delete from import_line where (job_id, line) in (
             select l.job_id, l.line from job j join import_line l on l.job_id = j.job_id
             where j.finished_at < $1 or (j.status = 'receiving' and j.created_at < $2)
             limit $3
         )",
    )
    .bind(ended_before)
    .bind(received_before)
    .bind(limit)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "delete from job where status = 'receiving' and created_at < $1
         and not exists (select from import_line where import_line.job_id = job.job_id)",
    )
    .bind(received_before)
    .execute(connection)
    .await?;
    Ok(())
}

/// Refused lines after this one, in order.
pub(in super::super) async fn find_errors(
    connection: &mut PgConnection,
    id: Uuid,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<LineError>> {
    let errors = sqlx::query_as(
        "select line, resource, key, refusal from import_line
         where job_id = $1 and refusal is not null and line > $2 order by line limit $3",
    )
    .bind(id)
    .bind(after.unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(errors)
}

/// The next lines of a stage.
pub(super) async fn find_next(
    connection: &mut PgConnection,
    id: Uuid,
    stage: &Stage,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let Place { rank, resource, line } = &stage.after;
    let mut query = QueryBuilder::<Postgres>::new(
        "select line, rank, resource, key, data, outcome, without, refusal is not null as is_refused,
                exists (
                    select from import_line e
                    where e.job_id = l.job_id and e.key = l.key and e.resource = l.resource
                      and e.line < l.line and e.state in ('waiting', 'held')
                ) as is_blocked
         from import_line l where job_id = ",
    );
    query.push_bind(id).push(" and state = ");
    match stage.rank {
        Some(rank) => query.push("'waiting' and rank = ").push_bind(rank),
        None => query.push("'held'"),
    };
    query.push(" and (rank, resource, line) > (").push_bind(rank).push(", ").push_bind(resource);
    query.push(", ").push_bind(line).push(") order by rank, resource, line limit ");
    query.push_bind(limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// The first sort of things after this one of which lines wait.
pub(super) async fn find_rank(
    connection: &mut PgConnection,
    id: Uuid,
    after: Option<i16>,
) -> Result<Option<i16>> {
    let rank = sqlx::query_scalar(
        "select min(rank) from import_line
         where job_id = $1 and state = 'waiting' and rank > coalesce($2, -1)",
    )
    .bind(id)
    .bind(after)
    .fetch_one(connection)
    .await?;
    Ok(rank)
}

/// Whether lines of this sort wait.
pub(super) async fn is_waiting(connection: &mut PgConnection, id: Uuid, rank: i16) -> Result<bool> {
    let waits = sqlx::query_scalar(
        "select exists (
             select from import_line where job_id = $1 and state = 'waiting' and rank = $2
         )",
    )
    .bind(id)
    .bind(rank)
    .fetch_one(connection)
    .await?;
    Ok(waits)
}

/// Whether lines wait that were never tried.
pub(super) async fn has_untried(connection: &mut PgConnection, id: Uuid) -> Result<bool> {
    let has = sqlx::query_scalar(
        "select exists (
             select from import_line where job_id = $1 and state = 'waiting' and refusal is null
         )",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    Ok(has)
}

/// What waits of these things, by key or identifier.
pub(super) async fn find_pending(
    connection: &mut PgConnection,
    id: Uuid,
    names: &[&str],
) -> Result<Pending> {
    let rows: Vec<(i16, String, Option<String>)> = sqlx::query_as(
        "select rank, key, identifier from import_line
         where job_id = $1 and state = 'waiting' and (key = any($2) or identifier = any($2))",
    )
    .bind(id)
    .bind(names)
    .fetch_all(connection)
    .await?;
    let mut pending = Pending::default();
    for (rank, key, identifier) in rows {
        pending.add(rank, [key].into_iter().chain(identifier));
    }
    Ok(pending)
}

/// Deletes lines that are written.
pub(super) async fn delete_written(
    connection: &mut PgConnection,
    id: Uuid,
    lines: &[i64],
) -> Result<()> {
    sqlx::query("delete from import_line where job_id = $1 and line = any($2)")
        .bind(id)
        .bind(lines)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what is known of lines that stay: those that were written without something are held.
pub(super) async fn keep(connection: &mut PgConnection, id: Uuid, lines: &[Kept]) -> Result<()> {
    sqlx::query(
        "update import_line l
         set state = case when g.outcome is null then l.state else 'held' end,
             outcome = coalesce(g.outcome, l.outcome),
             without = coalesce(string_to_array(g.without, ','), l.without),
             refusal = g.refusal::json
         from unnest($2::bigint[], $3::text[], $4::text[], $5::text[])
              as g (line, outcome, without, refusal)
         where l.job_id = $1 and l.line = g.line",
    )
    .bind(id)
    .bind(lines.iter().map(|line| line.line).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.outcome).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.without.as_ref()).collect::<Vec<_>>())
    .bind(lines.iter().map(|line| line.refusal.as_ref().map(to_text)).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Refused lines, of those given or of all, step aside for good if a later one of the same key waits;
/// answers how many.
pub(super) async fn settle(
    connection: &mut PgConnection,
    id: Uuid,
    lines: Option<&[i64]>,
) -> Result<u64> {
    let settled = sqlx::query(
        "update import_line l set state = 'refused'
         where job_id = $1 and state in ('waiting', 'held') and refusal is not null
           and ($2::bigint[] is null or line = any($2))
           and exists (
               select from import_line e
               where e.job_id = l.job_id and e.key = l.key and e.resource = l.resource
                 and e.line > l.line and e.state = 'waiting'
           )",
    )
    .bind(id)
    .bind(lines)
    .execute(connection)
    .await?;
    Ok(settled.rows_affected())
}

pub(super) async fn set_stage(
    connection: &mut PgConnection,
    id: Uuid,
    stage: &Stage,
) -> Result<()> {
    sqlx::query("update job set stage = $2 where job_id = $1")
        .bind(id)
        .bind(Json(stage))
        .execute(connection)
        .await?;
    Ok(())
}

/// As text, which may hold an escaped U+0000.
fn to_text(refusal: &Map<String, Value>) -> String {
    Value::Object(refusal.clone()).to_string()
}
