use access::{Allowed, Caller, Subject, scope};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query, etag,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    StaffFields, ensure_administrator_remains,
    store::{self, StaffRow},
};
use crate::{
    account::{self, AccountKind, Email},
    app::App,
    audit::{self, EventType, Fact},
    openapi::{BadInput, BadQuery, Missing, Refusals, Stale},
    password::Password,
    role,
    scopes::check_within_own,
};

/// A member of staff.
#[derive(Serialize, ToSchema)]
pub(crate) struct Staff {
    id: Uuid,
    email: Email,
    #[serde(flatten)]
    fields: StaffFields,
    /// What the roles amount to.
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A member of staff to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStaff {
    email: Email,
    password: Password,
    #[schema(max_length = 100, example = "Grace")]
    first_name: Option<String>,
    #[schema(max_length = 100, example = "Hopper")]
    last_name: Option<String>,
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Codes of roles, at most 20.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["customer_care"]))]
    roles: Vec<String>,
}

/// What makes two requests the same; without the password itself.
#[derive(Serialize)]
struct Fingerprint<'a> {
    email: &'a Email,
    fields: &'a StaffFields,
    password_digest: Vec<u8>,
}

impl StaffRow {
    fn fields(&self) -> StaffFields {
        let profile = self.account.profile.clone();
        StaffFields {
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone: profile.phone,
            roles: self.roles.clone(),
            disabled: self.account.disabled_at.is_some(),
        }
    }
}

impl From<StaffRow> for Staff {
    fn from(row: StaffRow) -> Self {
        Self {
            id: row.account.account_id,
            fields: row.fields(),
            email: row.account.email,
            scopes: row.scopes,
            created_at: row.account.created_at,
            updated_at: row.account.updated_at,
        }
    }
}

/// List staff
#[utoipa::path(
    get,
    path = "/v1/staff",
    tag = "staff",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Staff>), BadQuery, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_staff(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Staff>>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = store::list(&app.db, after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.account.account_id).map(Staff::from)))
}

/// Add a member of staff
///
/// With roles whose scopes your own token carries; others are 403 `scope_beyond_own`.
#[utoipa::path(
    post,
    path = "/v1/staff",
    tag = "staff",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewStaff,
    responses(
        (status = 201, description = "The new member of staff", body = Staff),
        (status = 409, description = "`email_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Refusals
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn create_staff(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewStaff>,
) -> Result<Response> {
    let NewStaff { email, password, first_name, last_name, phone, roles } = new;
    let mut fields = StaffFields { first_name, last_name, phone, roles, disabled: false };
    fields.check()?;
    password.check_new("/password", email.as_str())?;
    let fingerprint = Fingerprint {
        email: &email,
        fields: &fields,
        password_digest: app.vault.digest("registration", password.expose()),
    };
    let hash = app.hasher.hash(password).await?;
    let owner = allowed.caller.subject.to_string();
    let mut transaction = app.db.begin().await?;
    let started =
        idempotency::start(&mut transaction, key.as_ref(), &owner, "create_staff", &fingerprint);
    let record = match started.await? {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    store::lock_all(&mut *transaction).await?;
    let scopes = role::store::scopes_of_roles(&mut *transaction, &fields.roles).await?;
    check_within_own(&allowed.caller, &scopes)?;
    let kind = AccountKind::Staff;
    let account =
        account::store::insert(&mut *transaction, kind, &email, &hash, &fields.profile()).await?;
    store::set_roles(&mut transaction, account.account_id, &fields.roles).await?;
    let row = store::find(&mut *transaction, account.account_id).await?.ok_or_else(missing)?;
    let location = format!("/v1/staff/{}", account.account_id);
    let body = Staff::from(row);
    let response =
        record.finish(&mut transaction, StatusCode::CREATED, Some(&location), &body).await?;
    let id = account.account_id;
    tell(&mut transaction, EventType::StaffCreated, id, &fields, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(response)
}

/// One member of staff
#[utoipa::path(
    get,
    path = "/v1/staff/{id}",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The member of staff")),
    responses((status = 200, description = "The member of staff", body = Staff), Missing, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn get_staff(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse> {
    Ok(answer(store::find(&app.db, id).await?.ok_or_else(missing)?))
}

/// Change a member of staff
///
/// A JSON merge patch (RFC 7396). Your token must carry all their scopes, before and after. New roles
/// work with their next refresh, within 15 minutes.
#[utoipa::path(
    patch,
    path = "/v1/staff/{id}",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The member of staff"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = StaffFields,
    responses(
        (status = 200, description = "The changed member of staff", body = Staff),
        (status = 409, description = "`last_administrator`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn update_staff(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    store::lock_all(&mut *transaction).await?;
    account::store::lock(&mut *transaction, id).await?;
    let row = store::find(&mut *transaction, id).await?.ok_or_else(missing)?;
    if_match.check(row.account.version)?;
    let mut fields = web::merge_patch::apply(&row.fields(), patch)?;
    fields.check()?;
    let scopes = role::store::scopes_of_roles(&mut *transaction, &fields.roles).await?;
    check_within_own(&allowed.caller, row.scopes.iter().chain(&scopes))?;
    account::store::update_profile(&mut *transaction, id, &fields.profile()).await?;
    account::store::set_disabled(&mut *transaction, id, fields.disabled).await?;
    store::set_roles(&mut transaction, id, &fields.roles).await?;
    ensure_administrator_remains(&mut transaction).await?;
    let row = store::find(&mut *transaction, id).await?.ok_or_else(missing)?;
    tell(&mut transaction, EventType::StaffChanged, id, &row.fields(), &allowed.caller).await?;
    transaction.commit().await?;
    Ok(answer(row))
}

/// Remove a member of staff
#[utoipa::path(
    delete,
    path = "/v1/staff/{id}",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The member of staff"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 204, description = "The account is gone"),
        (status = 409, description = "`last_administrator`", body = ProblemBody,
            content_type = "application/problem+json"),
        Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_staff(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    store::lock_all(&mut *transaction).await?;
    let row = store::find(&mut *transaction, id).await?.ok_or_else(missing)?;
    if_match.check(row.account.version)?;
    check_within_own(&allowed.caller, &row.scopes)?;
    account::store::delete(&mut *transaction, id).await?;
    ensure_administrator_remains(&mut transaction).await?;
    let subject = Subject::Staff(id);
    let fact = Fact::new(EventType::StaffDeleted, subject, json!({ "staff_id": id }));
    audit::record(&mut transaction, fact.by(&allowed.caller)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tell(
    transaction: &mut PgConnection,
    kind: EventType,
    id: Uuid,
    fields: &StaffFields,
    caller: &Caller,
) -> Result<()> {
    let data = json!({ "staff_id": id, "roles": fields.roles, "disabled": fields.disabled });
    let fact = Fact::new(kind, Subject::Staff(id), data);
    audit::record(transaction, fact.by(caller)).await
}

fn answer(row: StaffRow) -> impl IntoResponse {
    ([(header::ETAG, etag(row.account.version))], Json(Staff::from(row)))
}

fn missing() -> Problem {
    Problem::not_found("member of staff")
}
