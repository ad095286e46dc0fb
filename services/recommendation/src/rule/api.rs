use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, Result};
use serde_json::Value;
use sqlx::PgPool;
use types::RuleCode;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
    openapi::{Failures, Refusals},
    same_code, with_etag,
};

use super::{NewRule, Rule, store};

/// List rules of merchandising, by code.
#[utoipa::path(
    get, path = "/v1/recommendations/rules", operation_id = "list_rules", tag = "Rules",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Rule>), Failures),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn list_rules(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Rule>>> {
    let (limit, after) = (query.limit()?, query.after::<RuleCode>()?);
    let rows = store::list(&db, after.as_ref().map(RuleCode::as_str), limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |rule| rule.rule.code.clone())))
}

/// Create a rule.
#[utoipa::path(
    post, path = "/v1/recommendations/rules", operation_id = "create_rule", tag = "Rules",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewRule, example = json!({
        "code": "own-brand", "name": "Own brand first", "action": "boost",
        "surfaces": ["similar", "trending"], "brands": ["Vitrine"]
    })),
    responses((status = 201, description = "The rule.", body = Rule), Failures, Refusals),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn create_rule(
    allowed: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    key: Option<IdempotencyKey>,
    Json(rule): Json<NewRule>,
) -> Result<Response> {
    rule.validate()?;
    let mut tx = db.begin().await?;
    let owner = allowed.caller.subject.to_string();
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, "create_rule", &rule).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let created = store::insert(&mut tx, &rule).await?;
    let location = format!("/v1/recommendations/rules/{}", rule.code);
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &created).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a rule.
#[utoipa::path(
    get, path = "/v1/recommendations/rules/{code}", operation_id = "find_rule", tag = "Rules",
    params(("code" = String, Path, description = "Its code.")),
    responses((status = 200, description = "The rule.", body = Rule), Failures, Refusals),
    security(("bearer" = ["recommendations:read"]))
)]
pub(crate) async fn find_rule(
    _: Allowed<scope::RecommendationsRead>,
    State(db): State<PgPool>,
    Path(code): Path<RuleCode>,
) -> Result<Response> {
    let rule = store::find(&db, code.as_str()).await?.ok_or_else(not_found)?;
    Ok(with_etag(rule.version, rule))
}

/// Change a rule.
///
/// JSON merge patch: only what changes; `null` removes.
#[utoipa::path(
    patch, path = "/v1/recommendations/rules/{code}", operation_id = "update_rule", tag = "Rules",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"active": false})),
    responses((status = 200, description = "The rule.", body = Rule), Failures, Refusals),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn update_rule(
    _: Allowed<scope::RecommendationsWrite>,
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
    let rule = store::update(&mut *tx, &rule).await?;
    tx.commit().await?;
    Ok(with_etag(rule.version, rule))
}

/// Delete a rule.
#[utoipa::path(
    delete, path = "/v1/recommendations/rules/{code}", operation_id = "delete_rule", tag = "Rules",
    params(
        ("code" = String, Path, description = "Its code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone."), Failures, Refusals),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn delete_rule(
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
    Problem::not_found("rule")
}
