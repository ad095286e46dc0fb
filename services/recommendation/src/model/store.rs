use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use problem::{Problem, Result};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgConnection, PgExecutor, types::Json};
use uuid::Uuid;

use super::{Status, Summary, Trained, progress::Step, trained::StoredLinear};
use crate::learning::regulars::Weights;

/// Models that are remembered.
const KEPT: i64 = 200;
/// Models that can be activated.
const AVAILABLE: i64 = 10;

/// Who trains and says nothing for so long is gone.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// Lets one transaction train at a time.
pub(crate) async fn lock(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('recommendation.training'))")
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a training begins.
pub(super) async fn start(db: impl PgExecutor<'_>, model: &Summary) -> sqlx::Result<()> {
    sqlx::query(
        "insert into model (model_id, trained_at, took_ms, products, interactions, baskets,
                            sessions, customers, trained_through, status, heartbeat_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())",
    )
    .bind(model.model_id)
    .bind(model.trained_at)
    .bind(model.took_ms)
    .bind(model.products)
    .bind(model.interactions)
    .bind(model.baskets)
    .bind(model.sessions)
    .bind(model.customers)
    .bind(model.trained_through)
    .bind(model.status.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// Notes how far a training is; whether somebody wants it to end.
pub(super) async fn report(
    db: impl PgExecutor<'_>,
    id: Uuid,
    (step, fraction): (Step, f32),
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "update model set step = $2, fraction = $3, heartbeat_at = now() where model_id = $1
         returning cancel_requested",
    )
    .bind(id)
    .bind(step.as_str())
    .bind(fraction)
    .fetch_one(db)
    .await
}

/// Wants a training to end; whether it is running.
pub(super) async fn cancel(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<bool> {
    let cancelled = sqlx::query(
        "update model set cancel_requested = true where model_id = $1 and status = 'running'
             and heartbeat_at > now() - $2",
    )
    .bind(id)
    .bind(PATIENCE)
    .execute(db)
    .await?;
    Ok(cancelled.rows_affected() == 1)
}

/// Notes that a training ended without a model.
pub(super) async fn end(db: impl PgExecutor<'_>, id: Uuid, status: Status) -> sqlx::Result<()> {
    sqlx::query("update model set status = $2 where model_id = $1")
        .bind(id)
        .bind(status.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes which trainings never ended: to be called by whoever holds the lock, so that none is running.
pub(super) async fn end_interrupted(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query("update model set status = 'interrupted' where status = 'running'")
        .execute(db)
        .await?;
    Ok(())
}

/// Stores what a training learned; `false` if somebody wanted it to end.
pub(super) async fn finish(
    db: impl PgExecutor<'_>,
    model: &Summary,
    linear: &StoredLinear,
) -> Result<bool> {
    let snapshot = postcard::to_stdvec(linear).map_err(Problem::internal)?;
    let finished = sqlx::query(
        "update model set status = 'trained', took_ms = $2, metrics = $3, weights = $4,
                comparison = $5, snapshot = $6, snapshot_sha256 = $7
         where model_id = $1 and not cancel_requested",
    )
    .bind(model.model_id)
    .bind(model.took_ms)
    .bind(model.metrics.as_ref().map(Json))
    .bind(model.weights.map(Json))
    .bind(model.comparison.as_ref().map(Json))
    .bind(&snapshot)
    .bind(&Sha256::digest(&snapshot)[..])
    .execute(db)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Makes a model the one that answers, on every replica; `false` if it cannot be any more.
pub(crate) async fn activate(db: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query("update model set active = false where active and model_id <> $1")
        .bind(id)
        .execute(&mut *db)
        .await?;
    let activated =
        sqlx::query("update model set active = true where model_id = $1 and snapshot is not null")
            .bind(id)
            .execute(db)
            .await?;
    Ok(activated.rows_affected() == 1)
}

/// Forgets what older models learned, and all about still older ones; never the active one.
pub(crate) async fn delete_oldest(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query(
        "update model set snapshot = null, snapshot_sha256 = null
         where not active and snapshot is not null
           and model_id not in (select model_id from model where snapshot is not null
                                order by model_id desc limit $1)
           and model_id not in (
               select (arm ->> 'model')::uuid from experiment, jsonb_array_elements(arms) as arm
               where experiment.active and arm ->> 'model' is not null)",
    )
    .bind(AVAILABLE)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "delete from model where not active and snapshot is null and model_id in
             (select model_id from model order by model_id desc offset $1)",
    )
    .bind(KEPT)
    .execute(db)
    .await?;
    Ok(())
}

/// The model that answers.
pub(crate) async fn find_active(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar("select model_id from model where active").fetch_optional(db).await
}

/// When the newest basket was bought that the last model was trained on, active or not, or would have been
/// if nobody had ended its training.
pub(super) async fn find_last_trained_through(
    db: impl PgExecutor<'_>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let through = "select trained_through from model where status in ('trained', 'cancelled')
                   order by model_id desc limit 1";
    Ok(sqlx::query_scalar(through).fetch_optional(db).await?.flatten())
}

/// When the newest basket was bought that the active model was trained on.
pub(crate) async fn find_trained_through(
    db: impl PgExecutor<'_>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let through = sqlx::query_scalar("select trained_through from model where active");
    Ok(through.fetch_optional(db).await?.flatten())
}

#[derive(FromRow)]
struct Stored {
    snapshot: Option<Vec<u8>>,
    snapshot_sha256: Option<Vec<u8>>,
    #[sqlx(json(nullable))]
    weights: Option<Weights>,
}

impl Stored {
    fn linear(&self) -> anyhow::Result<StoredLinear> {
        let snapshot = self.snapshot.as_deref().context("its snapshot is gone")?;
        let sum = Sha256::digest(snapshot);
        ensure!(self.snapshot_sha256.as_deref() == Some(&sum[..]), "its snapshot is damaged");
        Ok(postcard::from_bytes(snapshot)?)
    }
}

/// What a model learned, checked.
pub(crate) async fn load(db: impl PgExecutor<'_>, id: Uuid) -> Result<Trained> {
    let query = "select snapshot, snapshot_sha256, weights from model where model_id = $1";
    let stored: Stored = sqlx::query_as(query).bind(id).fetch_one(db).await?;
    let linear =
        stored.linear().with_context(|| format!("model {id}")).map_err(Problem::internal)?;
    Ok(Trained { id: Some(id), weights: stored.weights.unwrap_or_default(), linear })
}

const COLUMNS: &str = "model_id, trained_at,
    case when status = 'running' and heartbeat_at < now() - interval '30 seconds'
         then 'interrupted' else status end as status,
    case when status = 'running' then jsonb_build_object('started_at', trained_at,
         'step', coalesce(step, 'fit_candidate'), 'fraction', coalesce(fraction, 0)) end as progress,
    took_ms, products, interactions, baskets, sessions,
    customers, trained_through, metrics, weights, comparison, active,
    snapshot is not null as available";

/// A model.
pub(crate) async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Summary>> {
    let query = format!("select {COLUMNS} from model where model_id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(db).await
}

/// A page of models, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Summary>> {
    let query = format!(
        "select {COLUMNS} from model where $1::uuid is null or model_id < $1
         order by model_id desc limit $2"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(before).bind(limit).fetch_all(db).await
}
