use access::{Allowed, scope};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query, etag,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    RoleCode, RoleFields,
    store::{self, RoleRow},
};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
    openapi::{BadInput, BadQuery, Missing, Refusals, Stale},
    scopes::check_within_own,
    staff::{self, ensure_administrator_remains},
};

/// A named set of scopes.
#[derive(Serialize, ToSchema)]
pub(crate) struct Role {
    #[schema(example = "customer_care")]
    code: String,
    #[serde(flatten)]
    fields: RoleFields,
    /// The administrator: always every scope, cannot be changed.
    builtin: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A role to be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    code: RoleCode,
    #[schema(max_length = 100, example = "Customer care")]
    label: String,
    #[schema(example = json!(["orders:read", "orders:write"]))]
    scopes: Vec<String>,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        Self {
            code: row.code,
            fields: row.fields,
            builtin: row.builtin,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// List roles
#[utoipa::path(
    get,
    path = "/v1/roles",
    tag = "staff",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Role>), BadQuery, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_roles(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Role>>> {
    let (limit, after) = (page.limit()?, page.after::<RoleCode>()?);
    let rows = store::list(&app.db, after.as_ref(), limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.code.clone()).map(Role::from)))
}

/// Create a role
///
/// With scopes that your own token carries; others are 403 `scope_beyond_own`.
#[utoipa::path(
    post,
    path = "/v1/roles",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewRole,
    responses(
        (status = 201, description = "The new role", body = Role),
        (status = 409, description = "`role_exists`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Refusals
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn create_role(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewRole>,
) -> Result<Response> {
    let caller = allowed.caller;
    let owner = caller.subject.to_string();
    let mut transaction = app.db.begin().await?;
    let started = idempotency::start(&mut transaction, key.as_ref(), &owner, "create_role", &new);
    let record = match started.await? {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    let mut fields = RoleFields { label: new.label, scopes: new.scopes };
    fields.check()?;
    check_within_own(&caller, &fields.scopes)?;
    let role = Role::from(store::insert(&mut *transaction, &new.code, &fields).await?);
    let location = format!("/v1/roles/{}", role.code);
    let response =
        record.finish(&mut transaction, StatusCode::CREATED, Some(&location), &role).await?;
    let data = json!({ "code": role.code, "scopes": role.fields.scopes });
    let fact = Fact::new(EventType::RoleCreated, &role.code, data);
    audit::record(&mut transaction, fact.by(&caller)).await?;
    transaction.commit().await?;
    Ok(response)
}

/// One role
#[utoipa::path(
    get,
    path = "/v1/roles/{code}",
    tag = "staff",
    params(("code" = RoleCode, Path, description = "The role")),
    responses((status = 200, description = "The role", body = Role), Missing, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn get_role(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Path(code): Path<RoleCode>,
) -> Result<impl IntoResponse> {
    Ok(answer(store::find(&app.db, &code).await?.ok_or_else(missing)?))
}

/// Change a role
///
/// A JSON merge patch (RFC 7396). Your token must carry the role's scopes, before and after. Its
/// staff gets the change with their next refresh, within 15 minutes.
#[utoipa::path(
    patch,
    path = "/v1/roles/{code}",
    tag = "staff",
    params(("code" = RoleCode, Path, description = "The role"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = RoleFields,
    responses(
        (status = 200, description = "The changed role", body = Role),
        (status = 409, description = "`builtin_role`, `last_administrator`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn update_role(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(code): Path<RoleCode>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    staff::store::lock_all(&mut *transaction).await?;
    let role = store::lock(&mut *transaction, &code).await?.ok_or_else(missing)?;
    check_changeable(&role)?;
    if_match.check(role.version)?;
    let mut fields = web::merge_patch::apply(&role.fields, patch)?;
    fields.check()?;
    check_within_own(&allowed.caller, role.fields.scopes.iter().chain(&fields.scopes))?;
    let role = store::update(&mut *transaction, &code, &fields).await?;
    ensure_administrator_remains(&mut transaction).await?;
    let data = json!({ "code": code, "scopes": role.fields.scopes });
    let fact = Fact::new(EventType::RoleChanged, code.as_str(), data).by(&allowed.caller);
    audit::record(&mut transaction, fact).await?;
    transaction.commit().await?;
    Ok(answer(role))
}

/// Delete a role
///
/// 409 `role_in_use` while staff has it.
#[utoipa::path(
    delete,
    path = "/v1/roles/{code}",
    tag = "staff",
    params(("code" = RoleCode, Path, description = "The role"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "`role_in_use`, `builtin_role`", body = ProblemBody,
            content_type = "application/problem+json"),
        Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_role(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(code): Path<RoleCode>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let role = store::lock(&mut *transaction, &code).await?.ok_or_else(missing)?;
    check_changeable(&role)?;
    if_match.check(role.version)?;
    check_within_own(&allowed.caller, &role.fields.scopes)?;
    store::delete(&mut *transaction, &code).await?;
    let data = json!({ "code": code });
    let fact = Fact::new(EventType::RoleDeleted, code.as_str(), data).by(&allowed.caller);
    audit::record(&mut transaction, fact).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_changeable(role: &RoleRow) -> Result<()> {
    if role.builtin {
        return Err(Problem::conflict("builtin_role", "the built-in role cannot be changed"));
    }
    Ok(())
}

fn answer(role: RoleRow) -> impl IntoResponse {
    ([(header::ETAG, etag(role.version))], Json(Role::from(role)))
}

fn missing() -> Problem {
    Problem::not_found("role")
}
