use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{ProblemBody, Result};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;
use web::{
    Json, Page, PageQuery, Query,
    idempotency::{IdempotencyKey, Started, start},
};

use super::{Recommender, Training, store};
use crate::answer::Failures;

/// A model that was trained.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ModelSummary {
    #[serde(flatten)]
    training: Training,
    /// Whether it is the one that answers here.
    active: bool,
}

/// Models, newest first.
///
/// Each replica of the service trains its own; `active` is the one of the replica that answers. The
/// newest 200 are remembered.
#[utoipa::path(
    get, path = "/v1/recommendations/models", operation_id = "list_models", tag = "Models",
    params(PageQuery),
    responses((status = 200, body = Page<ModelSummary>), Failures),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn list_models(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    State(recommender): State<Recommender>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ModelSummary>>> {
    let limit = query.limit()?;
    let rows = store::list(&db, query.after::<Uuid>()?, limit + 1).await?;
    let active = recommender.current().model.id;
    let page = Page::from_rows(rows, limit, |last| last.model_id);
    Ok(Json(page.map(|training| summary(training, active))))
}

/// Train now.
///
/// On everything that was recorded so far, without waiting for the next training that happens by
/// itself. Answers when the new model is in use.
#[utoipa::path(
    post, path = "/v1/recommendations/models", operation_id = "train_model", tag = "Models",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    responses(
        (status = 201, body = ModelSummary),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`training_in_progress`: somebody else asked for one a moment ago."),
        Failures
    ),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn train_model(
    allowed: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    State(recommender): State<Recommender>,
    key: Option<IdempotencyKey>,
) -> Result<Response> {
    let _reserved = recommender.reserve_training()?;
    let sender = allowed.caller.subject.to_string();
    let mut transaction = db.begin().await?;
    let record = match start(&mut transaction, key.as_ref(), &sender, "train_model", &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let training = recommender.train().await?;
    let active = training.model_id;
    let body = summary(training, active);
    let answer = record.finish(&mut transaction, StatusCode::CREATED, None, &body).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn summary(training: Training, active: Uuid) -> ModelSummary {
    let active = training.model_id == active;
    ModelSummary { training, active }
}
