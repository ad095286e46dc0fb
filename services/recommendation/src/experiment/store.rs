use std::sync::Arc;

use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor, types::Json};
use uuid::Uuid;

use super::{Experiment, NewExperiment, exposure::Exposure, outcome::Counts};

pub(super) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Experiment>> {
    let experiments = sqlx::query_as(
        "select * from experiment where ($1::text is null or code > $1) order by code limit $2 + 1",
    );
    Ok(experiments.bind(after).bind(limit).fetch_all(db).await?)
}

/// The experiments that are running.
pub(crate) async fn list_active(db: impl PgExecutor<'_>) -> Result<Vec<Arc<Experiment>>> {
    let experiments: Vec<Experiment> =
        sqlx::query_as("select * from experiment where active order by code").fetch_all(db).await?;
    Ok(experiments.into_iter().map(Arc::new).collect())
}

pub(super) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Experiment>> {
    let experiment = sqlx::query_as("select * from experiment where code = $1");
    Ok(experiment.bind(code).fetch_optional(db).await?)
}

pub(super) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<Experiment>> {
    let experiment = sqlx::query_as("select * from experiment where code = $1 for update");
    Ok(experiment.bind(code).fetch_optional(db).await?)
}

/// Begins an experiment; 409 if another one runs on one of its surfaces, 422 if a model is not there.
pub(super) async fn insert(db: &mut PgConnection, new: &NewExperiment) -> Result<Experiment> {
    // One after the other, or two could both find the surface free.
    sqlx::query("lock table experiment in share row exclusive mode").execute(&mut *db).await?;
    let taken: Option<String> =
        sqlx::query_scalar("select code from experiment where active and surfaces && $1 limit 1")
            .bind(new.surfaces.names())
            .fetch_optional(&mut *db)
            .await?;
    if let Some(code) = taken {
        let detail = format!("the experiment {code} is running on one of these surfaces");
        return Err(Problem::conflict("surface_taken", detail));
    }
    for (place, arm) in new.arms.iter().enumerate() {
        let Some(model) = arm.model else { continue };
        // Locked, so that it is not forgotten before the experiment is there.
        let is_there: Option<Uuid> = sqlx::query_scalar(
            "select model_id from model where model_id = $1 and snapshot is not null for share",
        )
        .bind(model)
        .fetch_optional(&mut *db)
        .await?;
        if is_there.is_none() {
            let pointer = format!("/arms/{place}/model");
            let detail = "there is no such model, or what it learned is not kept any more";
            return Err(Problem::invalid(&pointer, "unknown_model", detail));
        }
    }
    sqlx::query_as(
        "insert into experiment (code, name, surfaces, arms) values ($1, $2, $3, $4) returning *",
    )
    .bind(new.code.as_str())
    .bind(&new.name)
    .bind(new.surfaces.names())
    .bind(Json(&new.arms))
    .fetch_one(db)
    .await
    .on_constraint("experiment_pkey", || {
        Problem::conflict("code_taken", "another experiment has this code")
    })
}

pub(super) async fn update(
    db: impl PgExecutor<'_>,
    code: &str,
    name: &str,
    active: bool,
) -> Result<Experiment> {
    let experiment = sqlx::query_as(
        "update experiment set name = $2, active = $3,
                ended_at = case when $3 then null else coalesce(ended_at, now()) end,
                version = version + 1, xact_id = pg_current_xact_id()
         where code = $1 returning *",
    );
    Ok(experiment.bind(code).bind(name).bind(active).fetch_one(db).await?)
}

pub(super) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from experiment where code = $1").bind(code).execute(db).await?;
    Ok(())
}

/// Notes who was shown what; of a visitor the first time counts.
pub(super) async fn insert_exposures(
    db: impl PgExecutor<'_>,
    exposures: &[Exposure],
) -> sqlx::Result<()> {
    let column = |of: fn(&Exposure) -> &str| -> Vec<&str> { exposures.iter().map(of).collect() };
    sqlx::query(
        "insert into exposure (experiment, visitor, arm, first_at)
         select told.experiment, visitor, arm, first_at
         from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
              as told (experiment, visitor, arm, first_at)
         join experiment on experiment.code = told.experiment
         order by told.experiment, visitor
         on conflict on constraint exposure_pkey do nothing",
    )
    .bind(column(|one| &one.experiment))
    .bind(column(|one| &one.visitor))
    .bind(column(|one| &one.arm))
    .bind(exposures.iter().map(|one| one.at).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// What visitors of each arm did after they were first shown its lists. A visitor who was known by a
/// session is also the customer who signed in during it.
pub(super) async fn count(db: impl PgExecutor<'_>, code: &str) -> sqlx::Result<Vec<Counts>> {
    sqlx::query_as(
        "select arm, count(*) as visitors, count(*) filter (where has_clicked) as clickers,
                count(*) filter (where has_bought) as buyers
         from exposure
         join experiment on experiment.code = exposure.experiment
         cross join lateral (
             select coalesce(bool_or(kind = 'click'), false) as has_clicked,
                    coalesce(bool_or(kind = 'purchase'), false) as has_bought
             from (
                 select kind, at from interaction where session = visitor
                 union all
                 select kind, at from interaction where customer = visitor
                 union all
                 select kind, at from interaction where customer in (
                     select customer from interaction
                     where session = visitor and customer is not null)
             ) as done
             where done.at >= first_at and (ended_at is null or done.at < ended_at)
         ) as deeds
         where experiment = $1 group by arm",
    )
    .bind(code)
    .fetch_all(db)
    .await
}

/// Gives the exposures of a customer to a stranger.
pub(crate) async fn rename_visitor(
    db: impl PgExecutor<'_>,
    visitor: &str,
    stranger: &str,
) -> sqlx::Result<()> {
    sqlx::query("update exposure set visitor = $2 where visitor = $1")
        .bind(visitor)
        .bind(stranger)
        .execute(db)
        .await?;
    Ok(())
}
