use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, ProblemBody, Result};
use sqlx::PgPool;
use uuid::Uuid;
use web::{
    Json, Page, PageQuery, Path, Query,
    idempotency::{IdempotencyKey, Started, start},
    openapi::Failures,
};

use super::{Summary, store};
use crate::recommender::Recommender;

/// Models, newest first.
///
/// The newest 200 are remembered; the newest ten can be activated. A training that is running is the first,
/// with its progress.
#[utoipa::path(
    get, path = "/v1/recommendations/models", operation_id = "list_models", tag = "Models",
    params(PageQuery),
    responses((status = 200, body = Page<Summary>), Failures),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn list_models(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Summary>>> {
    let limit = query.limit()?;
    let rows = store::list(&db, query.after::<Uuid>()?, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |last| last.model_id)))
}

/// Train now.
///
/// On everything that was recorded so far, without waiting for the next training that happens by
/// itself. The new model is compared with the active one on orders that neither was trained on, and is
/// active when this answers unless it is more than 5 % worse: then it waits to be activated by hand.
#[utoipa::path(
    post, path = "/v1/recommendations/models", operation_id = "train_model", tag = "Models",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    responses(
        (status = 201, body = Summary),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`training_in_progress`: somebody else asked for one a moment ago; \
                        `training_cancelled`: somebody ended it."),
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
    let reserved = recommender.reserve_training()?;
    let sender = allowed.caller.subject.to_string();
    let mut transaction = db.begin().await?;
    let record = match start(&mut transaction, key.as_ref(), &sender, "train_model", &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    // To its end, also when nobody waits any more.
    let training = tokio::spawn(async move {
        let _reserved = reserved;
        recommender.train().await
    });
    let summary = training.await.map_err(Problem::internal)??;
    let answer = record.finish(&mut transaction, StatusCode::CREATED, None, &summary).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Activate a model.
///
/// Every replica answers from it within a second. So an earlier model comes back, or one that was held
/// back because it did worse goes ahead. The next training is compared with it again.
#[utoipa::path(
    post, path = "/v1/recommendations/models/{id}/activate", operation_id = "activate_model",
    tag = "Models", params(("id" = Uuid, Path, description = "Id of the model.")),
    responses(
        (status = 200, body = Summary),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such model."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`model_unavailable`: what it learned is not kept any more."),
        Failures
    ),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn activate_model(
    _: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
) -> Result<Json<Summary>> {
    let mut transaction = db.begin().await?;
    store::lock(&mut *transaction).await?;
    let model = store::find(&mut *transaction, id).await?;
    let model = model.ok_or_else(|| Problem::not_found("model"))?;
    if !store::activate(&mut transaction, id).await? {
        let detail = "what this model learned is not kept any more; train a new one";
        return Err(Problem::conflict("model_unavailable", detail));
    }
    transaction.commit().await?;
    Ok(Json(Summary { active: true, ..model }))
}

/// Cancel a training.
///
/// It ends within about a second, on whichever replica it is running; the active model stays, and the
/// same orders are not trained on again by themselves.
#[utoipa::path(
    post, path = "/v1/recommendations/models/{id}/cancel", operation_id = "cancel_training",
    tag = "Models", params(("id" = Uuid, Path, description = "Id of the model that is being trained.")),
    responses(
        (status = 202, body = Summary),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such model."),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "`training_over`: it is not running any more."),
        Failures
    ),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn cancel_training(
    _: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, Json<Summary>)> {
    let is_running = store::cancel(&db, id).await?;
    let model = store::find(&db, id).await?.ok_or_else(|| Problem::not_found("model"))?;
    if !is_running {
        return Err(Problem::conflict("training_over", "this training is not running any more"));
    }
    Ok((StatusCode::ACCEPTED, Json(model)))
}
