use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, Result};
use serde_json::Value;
use sqlx::PgPool;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{NewPromotion, Promotion, store};
use crate::{
    answer::{Failures, owner_of, same_code, with_etag},
    codes::RuleCode,
};

/// List promotions, by code.
#[utoipa::path(
    get, path = "/v1/promotions", operation_id = "list_promotions", tag = "Promotions",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Promotion>), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn list_promotions(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Promotion>>> {
    let (limit, after) = (query.limit()?, query.after::<RuleCode>()?);
    let rows = store::list(&db, after.as_ref().map(RuleCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |promotion| promotion.rule.code.clone())))
}

/// Create a promotion.
#[utoipa::path(
    post, path = "/v1/promotions", operation_id = "create_promotion", tag = "Promotions",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewPromotion, example = json!({
        "code": "lamps-10", "name": "10 % off lamps", "kind": "percent", "basis_points": 1000,
        "categories": ["lighting"]
    })),
    responses((status = 201, description = "The promotion.", body = Promotion), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_promotion(
    allowed: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewPromotion>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = owner_of(&allowed.caller);
    let started =
        idempotency::start(&mut tx, key.as_ref(), &owner, "create_promotion", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let promotion = store::insert(&mut *tx, &rule).await?;
    let location = format!("/v1/promotions/{}", rule.code);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &promotion).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a promotion.
#[utoipa::path(
    get, path = "/v1/promotions/{code}", operation_id = "find_promotion", tag = "Promotions",
    params(("code" = String, Path, description = "Its code.")),
    responses((status = 200, description = "The promotion.", body = Promotion), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn find_promotion(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
) -> Result<Response> {
    let promotion = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    Ok(with_etag(promotion.version, promotion))
}

/// Change a promotion.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/promotions/{code}", operation_id = "update_promotion", tag = "Promotions",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"active": false})),
    responses((status = 200, description = "The promotion.", body = Promotion), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn update_promotion(
    _: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Response> {
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, code.as_str()).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    let rule = web::merge_patch::apply(&current.rule, patch)?;
    same_code(code.as_str(), rule.code.as_str())?;
    rule.validate()?;
    let promotion = store::update(&mut *tx, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(promotion.version, promotion))
}

/// Delete a promotion.
#[utoipa::path(
    delete, path = "/v1/promotions/{code}", operation_id = "delete_promotion", tag = "Promotions",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn delete_promotion(
    _: Allowed<scope::OrdersWrite>,
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
    Problem::not_found("promotion")
}
