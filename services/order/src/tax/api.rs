use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, Result};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{NewTaxRate, TaxRate, store};
use crate::answer::{Failures, owner_of, with_etag};

/// List tax rates, oldest first.
#[utoipa::path(
    get, path = "/v1/tax-rates", operation_id = "list_tax_rates", tag = "Taxes",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<TaxRate>), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn list_tax_rates(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<TaxRate>>> {
    let (limit, after) = (query.limit()?, query.after::<Uuid>()?);
    let rows = store::list(&db, after, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |rate| rate.id)))
}

/// Create a tax rate.
#[utoipa::path(
    post, path = "/v1/tax-rates", operation_id = "create_tax_rate", tag = "Taxes",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewTaxRate, example = json!({
        "name": "VAT 19 %", "country": "DE", "rate_ppm": 190000, "included": true
    })),
    responses((status = 201, description = "The tax rate.", body = TaxRate), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_tax_rate(
    allowed: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewTaxRate>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = owner_of(&allowed.caller);
    let started =
        idempotency::start(&mut tx, key.as_ref(), &owner, "create_tax_rate", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let rate = store::insert(&mut *tx, Uuid::now_v7(), &rule).await?;
    let location = format!("/v1/tax-rates/{}", rate.id);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &rate).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a tax rate.
#[utoipa::path(
    get, path = "/v1/tax-rates/{id}", operation_id = "find_tax_rate", tag = "Taxes",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The tax rate.", body = TaxRate), Failures),
    security(("bearer" = ["orders:read"]))
)]
pub(crate) async fn find_tax_rate(
    _: Allowed<scope::OrdersRead>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let rate = store::find(&db, id).await?.ok_or_else(not_found)?;
    Ok(with_etag(rate.version, rate))
}

/// Change a tax rate.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/tax-rates/{id}", operation_id = "update_tax_rate", tag = "Taxes",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"rate_ppm": 200000})),
    responses((status = 200, description = "The tax rate.", body = TaxRate), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn update_tax_rate(
    _: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Response> {
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, id).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    let rule = web::merge_patch::apply(&current.rule, patch)?;
    rule.validate()?;
    let rate = store::update(&mut *tx, id, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(rate.version, rate))
}

/// Delete a tax rate.
#[utoipa::path(
    delete, path = "/v1/tax-rates/{id}", operation_id = "delete_tax_rate", tag = "Taxes",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn delete_tax_rate(
    _: Allowed<scope::OrdersWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut tx = db.begin().await?;
    let current = store::lock(&mut tx, id).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    store::delete(&mut *tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> Problem {
    Problem::not_found("tax rate")
}
