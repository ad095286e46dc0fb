//! Every statement about the tables `reconciliation…`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Booked, Difference, DifferenceKind, Reconciliation};

/// A comparison with the number of its differences.
macro_rules! shown {
    ($rest:literal) => {
        concat!(
            "select reconciliation.*, (select count(*) from reconciliation_difference difference
                 where difference.reconciliation_id = reconciliation.reconciliation_id)
                 as differences
             from reconciliation ",
            $rest
        )
    };
}

/// When comparisons are due, and what they cover.
pub(crate) struct Times {
    pub(crate) every: Duration,
    pub(crate) overlap: Duration,
    pub(crate) settling: Duration,
}

/// Lets one replica at a time look whether a comparison is due, until its transaction ends.
pub(crate) async fn lock_schedule(executor: impl PgExecutor<'_>) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('payment reconciliation', 0))")
        .execute(executor)
        .await?;
    Ok(())
}

/// Begins a comparison since the last one, if that ended long enough ago.
pub(crate) async fn insert_if_due(
    executor: impl PgExecutor<'_>,
    connector: &str,
    times: &Times,
) -> Result<()> {
    sqlx::query(
        "insert into reconciliation (reconciliation_id, connector, from_at, until_at, lease_until)
         select $1, $2, coalesce(last.until_at, now() - make_interval(secs => $3))
                        - make_interval(secs => $4),
                now() - make_interval(secs => $5), now()
         from (select max(until_at) as until_at from reconciliation where connector = $2) as last
         where last.until_at is null
            or last.until_at < now() - make_interval(secs => $3) - make_interval(secs => $5)",
    )
    .bind(Uuid::now_v7())
    .bind(connector)
    .bind(times.every.as_secs_f64())
    .bind(times.overlap.as_secs_f64())
    .bind(times.settling.as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
}

/// Begins a comparison.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    connector: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Reconciliation> {
    let job = sqlx::query_as(
        "insert into reconciliation (reconciliation_id, connector, from_at, until_at, lease_until)
         values ($1, $2, $3, $4, now()) returning *, 0::bigint as differences",
    )
    .bind(Uuid::now_v7())
    .bind(connector)
    .bind(from)
    .bind(until)
    .fetch_one(executor)
    .await?;
    Ok(job)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Reconciliation>> {
    let job = sqlx::query_as(shown!("where reconciliation_id = $1"))
        .bind(id)
        .fetch_optional(executor)
        .await?;
    Ok(job)
}

/// Comparisons, newest first, after a position.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Reconciliation>> {
    let jobs = sqlx::query_as(shown!(
        "where $1::timestamptz is null or (created_at, reconciliation_id) < ($1, $2)
         order by created_at desc, reconciliation_id desc limit $3"
    ))
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(jobs)
}

/// Leases a comparison that nobody works on.
pub(crate) async fn claim_due(
    executor: impl PgExecutor<'_>,
    lease: Duration,
) -> Result<Option<Reconciliation>> {
    let job = sqlx::query_as(
        "update reconciliation set lease_until = now() + make_interval(secs => $1)
         where reconciliation_id = (
             select reconciliation_id from reconciliation
             where status = 'running' and lease_until <= now()
             order by lease_until limit 1 for update skip locked)
         returning *, 0::bigint as differences",
    )
    .bind(lease.as_secs_f64())
    .fetch_optional(executor)
    .await?;
    Ok(job)
}

/// What we booked of the attempts with these ids or references.
pub(crate) async fn booked(
    executor: impl PgExecutor<'_>,
    connector: &str,
    ids: &[Uuid],
    references: &[String],
) -> Result<Vec<Booked>> {
    let booked = sqlx::query_as(
        "select attempt.attempt_id, attempt.payment_id, attempt.provider_reference,
                payment.currency, sums.captured, sums.refunded,
                attempt.status in ('sent', 'unknown', 'requires_action', 'pending')
                or exists (select from operation
                           where operation.attempt_id = attempt.attempt_id
                             and operation.status in ('sent', 'unknown')) as is_open
         from attempt
         join payment using (payment_id)
         cross join lateral (
             select coalesce(sum(amount) filter (where kind = 'capture'), 0)::bigint as captured,
                    coalesce(-sum(amount) filter (where kind = 'refund'), 0)::bigint as refunded
             from posting
             where posting.payment_id = attempt.payment_id
               and posting.account = 'connector:' || attempt.connector
               and (posting.entry_id = attempt.attempt_id
                    or posting.entry_id in (select operation_id from operation
                                            where operation.attempt_id = attempt.attempt_id))
         ) as sums
         where attempt.attempt_id = any($1)
            or (attempt.provider_reference = any($2) and attempt.connector = $3)",
    )
    .bind(ids)
    .bind(references)
    .bind(connector)
    .fetch_all(executor)
    .await?;
    Ok(booked)
}

/// Remembers what was seen at the provider.
pub(crate) async fn insert_seen(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    attempts: &[Uuid],
) -> Result<()> {
    sqlx::query(
        "insert into reconciled_charge (reconciliation_id, attempt_id)
         select $1, unnest($2::uuid[]) on conflict do nothing",
    )
    .bind(id)
    .bind(attempts)
    .execute(executor)
    .await?;
    Ok(())
}

/// Writes differences down.
pub(crate) async fn insert_differences(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    found: &[Difference],
) -> Result<()> {
    let column = |of: fn(&Difference) -> Option<i64>| found.iter().map(of).collect::<Vec<_>>();
    sqlx::query(
        "insert into reconciliation_difference
             (reconciliation_id, kind, payment_id, attempt_id, provider_reference, currency, ours,
              theirs)
         select $1, * from unnest($2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                                  $7::bigint[], $8::bigint[])",
    )
    .bind(id)
    .bind(found.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>())
    .bind(found.iter().map(|it| it.payment_id).collect::<Vec<_>>())
    .bind(found.iter().map(|it| it.attempt_id).collect::<Vec<_>>())
    .bind(found.iter().map(|it| it.reference.clone()).collect::<Vec<_>>())
    .bind(found.iter().map(|it| it.currency.as_str()).collect::<Vec<_>>())
    .bind(column(|it| it.ours))
    .bind(column(|it| it.theirs))
    .execute(executor)
    .await?;
    Ok(())
}

/// Writes down what we booked in the time and was not seen. The provider's clock is not ours, so the
/// edges of the time are left to the comparisons beside this one.
pub(crate) async fn insert_missing(
    executor: impl PgExecutor<'_>,
    job: &Reconciliation,
    edge: Duration,
) -> Result<()> {
    sqlx::query(
        "insert into reconciliation_difference
             (reconciliation_id, kind, payment_id, attempt_id, provider_reference, currency, ours)
         select $1, 'missing_charge', attempt.payment_id, attempt.attempt_id,
                attempt.provider_reference, payment.currency, payment.amount_captured
         from attempt join payment using (payment_id)
         where attempt.connector = $2 and attempt.status = 'captured'
           and attempt.created_at >= $3::timestamptz + make_interval(secs => $5)
           and attempt.created_at < $4::timestamptz - make_interval(secs => $5)
           and not exists (select from reconciled_charge seen
                           where seen.reconciliation_id = $1
                             and seen.attempt_id = attempt.attempt_id)",
    )
    .bind(job.id)
    .bind(&job.connector)
    .bind(job.from)
    .bind(job.until)
    .bind(edge.as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
}

/// The comparison goes on after another page.
pub(crate) async fn advance(
    executor: impl PgExecutor<'_>,
    job: &Reconciliation,
    compared: usize,
    lease: Duration,
) -> Result<()> {
    sqlx::query(
        "update reconciliation set after = $2, compared = compared + $3, error = null,
                                   lease_until = now() + make_interval(secs => $4)
         where reconciliation_id = $1",
    )
    .bind(job.id)
    .bind(&job.after)
    .bind(i64::try_from(compared).unwrap_or(i64::MAX))
    .bind(lease.as_secs_f64())
    .execute(executor)
    .await?;
    Ok(())
}

/// Ends the comparison and returns how many differences it found.
pub(crate) async fn finish(connection: &mut PgConnection, id: Uuid) -> Result<i64> {
    sqlx::query("delete from reconciled_charge where reconciliation_id = $1")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update reconciliation set status = 'finished', error = null, finished_at = now()
         where reconciliation_id = $1",
    )
    .bind(id)
    .execute(&mut *connection)
    .await?;
    let found = sqlx::query_scalar(
        "select count(*) from reconciliation_difference where reconciliation_id = $1",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Why it does not go on; after a day without an answer it is given up.
pub(crate) async fn set_error(executor: impl PgExecutor<'_>, id: Uuid, error: &str) -> Result<()> {
    sqlx::query(
        "update reconciliation set error = $2,
             status = case when created_at < now() - interval '1 day' then 'failed' else status end,
             finished_at = case when created_at < now() - interval '1 day' then now() end
         where reconciliation_id = $1",
    )
    .bind(id)
    .bind(error)
    .execute(executor)
    .await?;
    Ok(())
}

/// Gives it up.
pub(crate) async fn fail(executor: impl PgExecutor<'_>, id: Uuid, error: &str) -> Result<()> {
    sqlx::query(
        "update reconciliation set error = $2, status = 'failed', finished_at = now()
         where reconciliation_id = $1",
    )
    .bind(id)
    .bind(error)
    .execute(executor)
    .await?;
    Ok(())
}

/// A difference as it was found.
#[derive(Debug, FromRow)]
pub(crate) struct StoredDifference {
    pub(crate) number: i64,
    pub(crate) kind: DifferenceKind,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) attempt_id: Option<Uuid>,
    pub(crate) provider_reference: Option<String>,
    pub(crate) currency: String,
    pub(crate) ours: Option<i64>,
    pub(crate) theirs: Option<i64>,
    pub(crate) found_at: DateTime<Utc>,
}

/// Differences of a comparison, in the order in which they were found, after one of them.
pub(crate) async fn list_differences(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredDifference>> {
    let differences = sqlx::query_as(
        "select * from reconciliation_difference where reconciliation_id = $1 and number > $2
         order by number limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(differences)
}
