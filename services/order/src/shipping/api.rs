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

use super::{NewShippingMethod, ShippingMethod, store};
use crate::{
    answer::{Failures, owner_of, same_code, with_etag},
    codes::RuleCode,
};

/// List shipping methods, by code.
#[utoipa::path(
    get, path = "/v1/shipping-methods", operation_id = "list_shipping_methods", tag = "Shipping",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<ShippingMethod>), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn list_shipping_methods(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ShippingMethod>>> {
    let (limit, after) = (query.limit()?, query.after::<RuleCode>()?);
    let rows = store::list(&db, after.as_ref().map(RuleCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |shipping_method| shipping_method.rule.code.clone())))
}

/// Create a shipping method.
#[utoipa::path(
    post, path = "/v1/shipping-methods", operation_id = "create_shipping_method", tag = "Shipping",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewShippingMethod, example = json!({
        "code": "parcel", "name": "Parcel, 2 to 3 days", "countries": ["DE", "FR"],
        "prices": [{"currency": "EUR", "amount": 490, "free_over": 5000}]
    })),
    responses((status = 201, description = "The shipping method.", body = ShippingMethod), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_shipping_method(
    allowed: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewShippingMethod>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = owner_of(&allowed.caller);
    let started =
        idempotency::start(&mut tx, key.as_ref(), &owner, "create_shipping_method", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let shipping_method = store::insert(&mut *tx, &rule).await?;
    let location = format!("/v1/shipping-methods/{}", rule.code);
    let response =
        record.finish(&mut tx, StatusCode::CREATED, Some(&location), &shipping_method).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a shipping method.
#[utoipa::path(
    get, path = "/v1/shipping-methods/{code}", operation_id = "find_shipping_method", tag = "Shipping",
    params(("code" = String, Path, description = "Its code.")),
    responses((status = 200, description = "The shipping method.", body = ShippingMethod), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn find_shipping_method(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
) -> Result<Response> {
    let shipping_method = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    Ok(with_etag(shipping_method.version, shipping_method))
}

/// Change a shipping method.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/shipping-methods/{code}", operation_id = "update_shipping_method", tag = "Shipping",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"active": false})),
    responses((status = 200, description = "The shipping method.", body = ShippingMethod), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn update_shipping_method(
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
    let shipping_method = store::update(&mut *tx, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(shipping_method.version, shipping_method))
}

/// Delete a shipping method.
#[utoipa::path(
    delete, path = "/v1/shipping-methods/{code}", operation_id = "delete_shipping_method", tag = "Shipping",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn delete_shipping_method(
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
    Problem::not_found("shipping method")
}
