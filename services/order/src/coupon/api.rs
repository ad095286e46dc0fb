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

use super::{Coupon, NewCoupon, store};
use crate::{
    answer::{Failures, owner_of, same_code, with_etag},
    codes::{CouponCode, parse_coupon},
};

/// List coupons, by code.
#[utoipa::path(
    get, path = "/v1/coupons", operation_id = "list_coupons", tag = "Coupons",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Coupon>), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn list_coupons(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Coupon>>> {
    let (limit, after) = (query.limit()?, query.after::<CouponCode>()?);
    let rows = store::list(&db, after.as_ref().map(CouponCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |coupon| coupon.rule.code.clone())))
}

/// Create a coupon.
///
/// Customers may type it in any case.
#[utoipa::path(
    post, path = "/v1/coupons", operation_id = "create_coupon", tag = "Coupons",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewCoupon, example = json!({
        "code": "WELCOME10", "promotion": "lamps-10", "usage_limit": 1000, "per_customer_limit": 1
    })),
    responses((status = 201, description = "The coupon.", body = Coupon), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_coupon(
    allowed: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewCoupon>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = owner_of(&allowed.caller);
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, "create_coupon", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let coupon = store::insert(&mut *tx, &rule).await?;
    let location = format!("/v1/coupons/{}", rule.code);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &coupon).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a coupon.
#[utoipa::path(
    get, path = "/v1/coupons/{code}", operation_id = "find_coupon", tag = "Coupons",
    params(("code" = String, Path, description = "Its code.")),
    responses((status = 200, description = "The coupon.", body = Coupon), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn find_coupon(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Path(code): Path<String>,
) -> Result<Response> {
    let code = parse_coupon(&code).ok_or_else(not_found)?;
    let coupon = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    Ok(with_etag(coupon.version, coupon))
}

/// Change a coupon.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/coupons/{code}", operation_id = "update_coupon", tag = "Coupons",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"active": false})),
    responses((status = 200, description = "The coupon.", body = Coupon), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn update_coupon(
    _: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Response> {
    let code = parse_coupon(&code).ok_or_else(not_found)?;
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, code.as_str()).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    let rule = web::merge_patch::apply(&current.rule, patch)?;
    same_code(code.as_str(), rule.code.as_str())?;
    rule.validate()?;
    let coupon = store::update(&mut *tx, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(coupon.version, coupon))
}

/// Delete a coupon.
#[utoipa::path(
    delete, path = "/v1/coupons/{code}", operation_id = "delete_coupon", tag = "Coupons",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn delete_coupon(
    _: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let code = parse_coupon(&code).ok_or_else(not_found)?;
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, code.as_str()).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    store::delete(&mut *tx, code.as_str()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> Problem {
    Problem::not_found("coupon")
}
