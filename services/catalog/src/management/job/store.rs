use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::{Counts, Format, Job, JobError, KINDS, Request};
use crate::management::{error::Result, history::Author};

/// How long a replica has a job alone after each chunk, in seconds.
pub(super) const LEASE_SECONDS: f64 = 30.0;
const COLUMNS: &str = "job_id, kind, status, request, total,
        created_count + changed_count + unchanged_count + refused_count + exported_count as processed,
        created_count, changed_count, unchanged_count, refused_count, format, file_id, file_bytes,
        file_until, message, author, created_at, started_at, finished_at, position, stage";

/// A product or model that a bulk edit could not change.
pub(super) struct EditError {
    pub(super) id: Uuid,
    /// Sku or code.
    pub(super) name: Option<String>,
    pub(super) refusal: Map<String, Value>,
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    id: Uuid,
    kind: &str,
    status: &str,
    request: &Request,
    author: &Author,
) -> Result<()> {
    sqlx::query(
        "insert into job (job_id, kind, status, request, author) values ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(kind)
    .bind(status)
    .bind(Json(request))
    .bind(Json(author))
    .execute(connection)
    .await?;
    Ok(())
}

/// What file the job is about.
pub(super) async fn set_format(
    connection: &mut PgConnection,
    id: Uuid,
    format: Format,
) -> Result<()> {
    sqlx::query("update job set format = $2 where job_id = $1")
        .bind(id)
        .bind(format.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Job>> {
    let mut query = QueryBuilder::<Postgres>::new("select ");
    query.push(COLUMNS).push(" from job where job_id = ").push_bind(id);
    query.push(" and kind = any(").push_bind(KINDS).push(")");
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// One page, newest first.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Job>> {
    let mut query = QueryBuilder::<Postgres>::new("select ");
    query.push(COLUMNS).push(" from job where kind = any(").push_bind(KINDS).push(")");
    if let Some(after) = after {
        query.push(" and job_id < ").push_bind(after);
    }
    query.push(" order by job_id desc limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

pub(super) async fn find_errors(
    connection: &mut PgConnection,
    id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JobError>> {
    let errors = sqlx::query_as(
        "select product_id, identifier, refusal from job_error
         where job_id = $1 and ($2::uuid is null or product_id > $2)
         order by product_id limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(errors)
}

/// Takes the oldest job that nobody has.
pub(super) async fn claim(connection: &mut PgConnection) -> Result<Option<Uuid>> {
    let id = sqlx::query_scalar(
        "update job
         set status = 'running', started_at = coalesce(started_at, now()),
             leased_until = now() + make_interval(secs => $1)
         where job_id = (
             select job_id from job
             where status in ('queued', 'running') and kind = any($2)
               and (leased_until is null or leased_until < now())
             order by job_id limit 1 for update skip locked
         )
         returning job_id",
    )
    .bind(LEASE_SECONDS)
    .bind(KINDS)
    .fetch_optional(connection)
    .await?;
    Ok(id)
}

/// The job, locked, if it is still to be worked on.
pub(super) async fn find_running(connection: &mut PgConnection, id: Uuid) -> Result<Option<Job>> {
    let mut query = QueryBuilder::<Postgres>::new("select ");
    query.push(COLUMNS).push(" from job where status = 'running' and job_id = ").push_bind(id);
    query.push(" for update");
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

pub(super) async fn set_total(connection: &mut PgConnection, id: Uuid, total: i64) -> Result<()> {
    sqlx::query("update job set total = $2 where job_id = $1")
        .bind(id)
        .bind(total)
        .execute(connection)
        .await?;
    Ok(())
}

/// The last product that was dealt with.
pub(super) async fn set_position(
    connection: &mut PgConnection,
    id: Uuid,
    position: Uuid,
) -> Result<()> {
    sqlx::query("update job set position = $2 where job_id = $1")
        .bind(id)
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts what a chunk did, and renews the lease.
pub(super) async fn advance(
    connection: &mut PgConnection,
    id: Uuid,
    counts: &Counts,
) -> Result<()> {
    sqlx::query(
        "update job
         set created_count = created_count + $2, changed_count = changed_count + $3,
             unchanged_count = unchanged_count + $4, refused_count = refused_count + $5,
             failures = 0, leased_until = now() + make_interval(secs => $6)
         where job_id = $1",
    )
    .bind(id)
    .bind(counts.created)
    .bind(counts.changed)
    .bind(counts.unchanged)
    .bind(counts.refused)
    .bind(LEASE_SECONDS)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn insert_errors(
    connection: &mut PgConnection,
    id: Uuid,
    errors: &[EditError],
) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into job_error (job_id, product_id, identifier, refusal)
         select $1, * from unnest($2::uuid[], $3::text[], $4::jsonb[])",
    )
    .bind(id)
    .bind(errors.iter().map(|error| error.id).collect::<Vec<_>>())
    .bind(errors.iter().map(|error| error.name.as_ref()).collect::<Vec<_>>())
    .bind(errors.iter().map(|error| Json(&error.refusal)).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts a chunk that could not be done; answers how many in a row.
pub(super) async fn count_failure(executor: impl PgExecutor<'_>, id: Uuid) -> Result<i32> {
    let failures = sqlx::query_scalar(
        "update job set failures = failures + 1 where job_id = $1 returning failures",
    )
    .bind(id)
    .fetch_one(executor)
    .await?;
    Ok(failures)
}

/// Ends a job, unless it has ended.
pub(super) async fn finish(
    connection: &mut PgConnection,
    id: Uuid,
    status: &str,
    message: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "update job
         set status = $2, message = $3, finished_at = now(), leased_until = null
         where job_id = $1 and status in ('receiving', 'queued', 'running')",
    )
    .bind(id)
    .bind(status)
    .bind(message)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets jobs that ended before this moment, with their errors. Imports go when their lines are gone,
/// exports when their files are.
pub async fn delete_old(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
) -> problem::Result<()> {
    sqlx::query(
        "delete from job where finished_at < $1 and file_id is null
         and not exists (select from import_line where import_line.job_id = job.job_id)",
    )
    .bind(before)
    .execute(executor)
    .await?;
    Ok(())
}
