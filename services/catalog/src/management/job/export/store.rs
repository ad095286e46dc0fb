use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::KEEP_DAYS;
use crate::management::{error::Result, job::store::LEASE_SECONDS};

/// Begins to make the file of a job anew, under this name; answers the name of the attempt before.
pub(super) async fn begin(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    file: Uuid,
) -> Result<Option<Uuid>> {
    let before: Option<Option<Uuid>> = sqlx::query_scalar(
        "update job j set file_id = $2, exported_count = 0 from job before
         where j.job_id = $1 and before.job_id = j.job_id returning before.file_id",
    )
    .bind(id)
    .bind(file)
    .fetch_optional(executor)
    .await?;
    Ok(before.flatten())
}

/// Tells how far the attempt is and renews the lease; false if the job has ended or another attempt began.
pub(super) async fn go_on(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    file: Uuid,
    exported: i64,
) -> Result<bool> {
    let updated = sqlx::query(
        "update job set exported_count = $3, leased_until = now() + make_interval(secs => $4)
         where job_id = $1 and file_id = $2 and status = 'running'",
    )
    .bind(id)
    .bind(file)
    .bind(exported)
    .bind(LEASE_SECONDS)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// The file is whole; false if the job has ended or another attempt began.
pub(super) async fn finish(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    file: Uuid,
    exported: i64,
    bytes: i64,
) -> Result<bool> {
    let updated = sqlx::query(
        "update job
         set status = 'completed', exported_count = $3, file_bytes = $4, finished_at = now(),
             file_until = now() + make_interval(secs => 86400 * $5), leased_until = null
         where job_id = $1 and file_id = $2 and status = 'running'",
    )
    .bind(id)
    .bind(file)
    .bind(exported)
    .bind(bytes)
    .bind(KEEP_DAYS)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Files of jobs that have ended which nobody may read any more: job and name.
pub(super) async fn find_outdated(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(Uuid, Uuid)>> {
    let files = sqlx::query_as(
        "select job_id, file_id from job
         where file_id is not null and status in ('completed', 'cancelled', 'failed')
           and (file_until is null or file_until < $1)
         limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(files)
}

/// The file of a job is gone.
pub(super) async fn forget_file(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("update job set file_id = null where job_id = $1")
        .bind(id)
        .execute(executor)
        .await?;
    Ok(())
}
