use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, Result, Rules};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use types::RuleCode;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
    openapi::{Failures, Refusals},
    with_etag,
};

use super::{
    Experiment, NewExperiment,
    outcome::{ArmOutcome, Counts},
    store,
};

/// An experiment with what came of it so far.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ExperimentOutcome {
    #[serde(flatten)]
    experiment: Experiment,
    /// How each arm does, in the order of the arms.
    outcome: Vec<ArmOutcome>,
}

/// What changes in an experiment. Its arms and surfaces do not, or nothing could be compared.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExperimentChange {
    /// What staff read.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// `false` ends it for good.
    active: Option<bool>,
}

/// List experiments, by code.
#[utoipa::path(
    get, path = "/v1/recommendations/experiments", operation_id = "list_experiments",
    tag = "Experiments", params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Experiment>), Failures),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn list_experiments(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Experiment>>> {
    let (limit, after) = (query.limit()?, query.after::<RuleCode>()?);
    let rows = store::list(&db, after.as_ref().map(RuleCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |experiment| experiment.code.clone())))
}

/// Begin an experiment.
///
/// From now on visitors of its surfaces are split between its arms: each by the `sub` of the token, or
/// else by `session`, and always into the same arm. Who sends neither is shown what everybody was shown
/// before, and does not count.
#[utoipa::path(
    post, path = "/v1/recommendations/experiments", operation_id = "create_experiment",
    tag = "Experiments",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewExperiment, example = json!({
        "code": "no-rules", "name": "Without rules of merchandising", "surfaces": ["similar"],
        "arms": [{"code": "as-it-is"}, {"code": "free", "rules": false}]
    })),
    responses(
        (status = 201, description = "It runs.", body = Experiment), Failures, Refusals
    ),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn create_experiment(
    allowed: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewExperiment>,
) -> Result<Response> {
    new.validate()?;
    let mut tx = db.begin().await?;
    let owner = allowed.caller.subject.to_string();
    let started =
        idempotency::start(&mut tx, key.as_ref(), &owner, "create_experiment", &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let created = store::insert(&mut tx, &new).await?;
    let location = format!("/v1/recommendations/experiments/{}", new.code);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &created).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read an experiment and its outcome.
///
/// Counted when asked for: what visitors did after they were first shown lists of their arm, until the
/// experiment ended.
#[utoipa::path(
    get, path = "/v1/recommendations/experiments/{code}", operation_id = "find_experiment",
    tag = "Experiments", params(("code" = String, Path, description = "Its code.")),
    responses(
        (status = 200, description = "The experiment.", body = ExperimentOutcome),
        Failures, Refusals
    ),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn find_experiment(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
) -> Result<Response> {
    let experiment = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    let mut counts = store::count(&db, code.as_str()).await?;
    let arms = experiment.arms.iter().map(|arm| {
        let place = counts.iter().position(|counts| counts.is_of(arm.code.as_str()));
        place.map_or_else(|| Counts::none(arm.code.as_str()), |place| counts.swap_remove(place))
    });
    let outcome = arms.map(ArmOutcome::from).collect();
    Ok(with_etag(experiment.version, ExperimentOutcome { experiment, outcome }))
}

/// Rename or end an experiment.
#[utoipa::path(
    patch, path = "/v1/recommendations/experiments/{code}", operation_id = "update_experiment",
    tag = "Experiments",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = ExperimentChange, example = json!({"active": false})),
    responses((status = 200, description = "The experiment.", body = Experiment), Failures, Refusals),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn update_experiment(
    _: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
    if_match: IfMatch,
    Json(change): Json<ExperimentChange>,
) -> Result<Response> {
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, code.as_str()).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    let name = change.name.unwrap_or(current.name);
    let mut rules = Rules::default();
    rules.text("/name", &name, 200);
    rules.done()?;
    let active = change.active.unwrap_or(current.active);
    if active && !current.active {
        let detail = "it has ended; begin another one, or what came of both is mixed up";
        return Err(Problem::conflict("experiment_ended", detail));
    }
    let experiment = store::update(&mut *tx, code.as_str(), &name, active).await?;
    tx.commit().await?;
    Ok(with_etag(experiment.version, experiment))
}

/// Delete an experiment, with all that was counted.
#[utoipa::path(
    delete, path = "/v1/recommendations/experiments/{code}", operation_id = "delete_experiment",
    tag = "Experiments",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures, Refusals),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn delete_experiment(
    _: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, code.as_str()).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    store::delete(&mut *tx, code.as_str()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> Problem {
    Problem::not_found("experiment")
}
