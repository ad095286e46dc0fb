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

use super::{Location, NewLocation, store};
use crate::{
    answer::{Failures, owner_of, same_code, with_etag},
    codes::RuleCode,
};

/// List locations, by code.
#[utoipa::path(
    get, path = "/v1/locations", operation_id = "list_locations", tag = "Stock",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Location>), Failures),
    security(("bearer" = ["stock:read"]))
)]
pub(crate) async fn list_locations(
    _: Allowed<scope::StockRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Location>>> {
    let (limit, after) = (query.limit()?, query.after::<RuleCode>()?);
    let rows = store::list(&db, after.as_ref().map(RuleCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |location| location.rule.code.clone())))
}

/// Create a location.
#[utoipa::path(
    post, path = "/v1/locations", operation_id = "create_location", tag = "Stock",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewLocation, example = json!({
        "code": "hamburg", "name": "Warehouse Hamburg", "position": 1
    })),
    responses((status = 201, description = "The location.", body = Location), Failures),
    security(("bearer" = ["stock:write"]))
)]
pub(crate) async fn create_location(
    allowed: Allowed<scope::StockWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewLocation>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = owner_of(&allowed.caller);
    let started =
        idempotency::start(&mut tx, key.as_ref(), &owner, "create_location", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let created = store::insert(&mut *tx, &rule).await?;
    let location = format!("/v1/locations/{}", rule.code);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &created).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a location.
#[utoipa::path(
    get, path = "/v1/locations/{code}", operation_id = "find_location", tag = "Stock",
    params(("code" = String, Path, description = "Its code.")),
    responses((status = 200, description = "The location.", body = Location), Failures),
    security(("bearer" = ["stock:read"]))
)]
pub(crate) async fn find_location(
    _: Allowed<scope::StockRead>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
) -> Result<Response> {
    let location = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    Ok(with_etag(location.version, location))
}

/// Change a location.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/locations/{code}", operation_id = "update_location", tag = "Stock",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"active": false})),
    responses((status = 200, description = "The location.", body = Location), Failures),
    security(("bearer" = ["stock:write"]))
)]
pub(crate) async fn update_location(
    _: Allowed<scope::StockWrite>,
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
    let location = store::update(&mut *tx, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(location.version, location))
}

/// Delete a location.
#[utoipa::path(
    delete, path = "/v1/locations/{code}", operation_id = "delete_location", tag = "Stock",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures),
    security(("bearer" = ["stock:write"]))
)]
pub(crate) async fn delete_location(
    _: Allowed<scope::StockWrite>,
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
    Problem::not_found("location")
}
