use access::{Allowed, Caller, scope};
use axum::{extract::State, response::IntoResponse};
use chrono::{DateTime, TimeDelta, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;
use web::{IfMatch, Json, Page, PageQuery, Path, Query, etag};

use super::{
    ConnectionFields, Identity,
    store::{self, ConnectionRow},
};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
    client::ClientId,
    openapi::{BadInput, BadQuery, Missing, Refusals, Stale},
    scopes::check_within_own,
    secret,
};

/// How long old secrets work beside new ones where nothing else is said.
const DEFAULT_OVERLAP: TimeDelta = TimeDelta::days(1);
const MAX_OVERLAP: TimeDelta = TimeDelta::days(7);

/// An API client of another system.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    /// Its client id.
    #[schema(example = "7_Xk3uPq0aZsRt5vWy")]
    id: String,
    #[serde(flatten)]
    fields: ConnectionFields,
    /// For `POST /api/oauth/v1/token`.
    #[schema(example = "erpberlin_7")]
    username: String,
    /// After a rotation: until then the old client secret and password work too.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_secrets_until: Option<DateTime<Utc>>,
    /// When it last got a token, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A connection with its secrets, which are shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectionSecrets {
    #[serde(flatten)]
    connection: Connection,
    /// The same as `id`.
    client_id: String,
    client_secret: String,
    /// For `POST /api/oauth/v1/token`, with `username`.
    password: String,
}

/// A connection to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConnection {
    /// Unique; `Connection <number>` if absent.
    #[schema(max_length = 100, example = "ERP Berlin")]
    label: Option<String>,
    /// Each one of the scopes of this installation; your own token must carry them all.
    #[schema(example = json!(["catalog:read", "catalog:write"]))]
    scopes: Vec<String>,
    /// Requests a second that the gateway lets through; the default of the installation if absent.
    #[schema(minimum = 1, maximum = 100_000, example = 20)]
    rate_limit_per_second: Option<i32>,
}

/// How secrets are rotated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// So long the old client secret and password work beside the new ones; 0 ends them at once.
    #[serde(default = "default_overlap_seconds")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: i64,
}

fn default_overlap_seconds() -> i64 {
    DEFAULT_OVERLAP.num_seconds()
}

impl Rotation {
    /// Until when the old secrets are good; 422 for a time that is too long.
    fn old_until(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let most = MAX_OVERLAP.num_seconds();
        if !(0..=most).contains(&self.overlap_seconds) {
            let rule = format!("must be between 0 and {most}");
            return Err(Problem::invalid("/overlap_seconds", "out_of_range", rule));
        }
        let overlap = TimeDelta::seconds(self.overlap_seconds);
        Ok((overlap > TimeDelta::zero()).then(|| now + overlap))
    }
}

impl From<ConnectionRow> for Connection {
    fn from(row: ConnectionRow) -> Self {
        Self {
            id: row.client_id,
            fields: row.fields,
            username: row.username,
            old_secrets_until: row.old_secrets_until,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// List connections
#[utoipa::path(
    get,
    path = "/v1/connections",
    tag = "connections",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Connection>), BadQuery, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_connections(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Connection>>> {
    let (limit, after) = (page.limit()?, page.after::<ClientId>()?);
    let rows = store::list(&app.db, after.as_ref(), limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.client_id.clone()).map(Connection::from)))
}

/// Create a connection
///
/// The secrets are in this answer and nowhere else. No Idempotency-Key, because an answer with
/// secrets is not kept: a retry with the same label is 409 `label_taken`; rotate its secrets then.
#[utoipa::path(
    post,
    path = "/v1/connections",
    tag = "connections",
    request_body = NewConnection,
    responses(
        (status = 201, description = "The new connection and its secrets",
            body = ConnectionSecrets),
        (status = 409, description = "`label_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Refusals
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn create_connection(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Json(new): Json<NewConnection>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    let number = store::next_number(&mut *transaction).await?;
    let label = new.label.unwrap_or_else(|| format!("Connection {number}"));
    let rate_limit_per_second = new.rate_limit_per_second;
    let mut fields = ConnectionFields { label, scopes: new.scopes, rate_limit_per_second };
    fields.check()?;
    check_within_own(&allowed.caller, &fields.scopes)?;
    let identity = Identity::generate(number, &fields.label);
    let row = store::insert(&mut *transaction, &identity, &fields).await?;
    tell(&mut transaction, EventType::ConnectionCreated, &row, &allowed.caller).await?;
    transaction.commit().await?;
    let headers = [
        (header::LOCATION, format!("/v1/connections/{}", row.client_id)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let secrets = show(row, identity.client_secret, identity.password);
    Ok((StatusCode::CREATED, headers, Json(secrets)))
}

/// One connection
#[utoipa::path(
    get,
    path = "/v1/connections/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id")),
    responses((status = 200, description = "The connection", body = Connection), Missing, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn get_connection(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Path(id): Path<ClientId>,
) -> Result<impl IntoResponse> {
    Ok(answer(store::find(&app.db, &id).await?.ok_or_else(missing)?))
}

/// Change a connection
///
/// A JSON merge patch (RFC 7396). Your token must carry its scopes, before and after.
#[utoipa::path(
    patch,
    path = "/v1/connections/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = ConnectionFields,
    responses(
        (status = 200, description = "The changed connection", body = Connection),
        (status = 409, description = "`label_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn update_connection(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<ClientId>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    let row = store::lock(&mut *transaction, &id).await?.ok_or_else(missing)?;
    if_match.check(row.version)?;
    let mut fields = web::merge_patch::apply(&row.fields, patch)?;
    fields.check()?;
    check_within_own(&allowed.caller, row.fields.scopes.iter().chain(&fields.scopes))?;
    let row = store::update(&mut *transaction, &id, &fields).await?;
    tell(&mut transaction, EventType::ConnectionChanged, &row, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(answer(row))
}

/// Give a connection new secrets
///
/// The old client secret and password work for another day, or as long as you say, so that the system
/// can be told the new ones without a pause. The new ones are in this answer and nowhere else. What
/// was old before is good no longer.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/secret",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = Option<Rotation>,
    responses(
        (status = 200, description = "The connection and its new secrets",
            body = ConnectionSecrets),
        BadInput, Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn rotate_connection_secret(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<ClientId>,
    if_match: IfMatch,
    rotation: Option<Json<Rotation>>,
) -> Result<impl IntoResponse> {
    let overlap_seconds = default_overlap_seconds();
    let rotation = rotation.map_or(Rotation { overlap_seconds }, |Json(rotation)| rotation);
    let old_until = rotation.old_until(Utc::now())?;
    let mut transaction = app.db.begin().await?;
    let row = store::lock(&mut *transaction, &id).await?.ok_or_else(missing)?;
    if_match.check(row.version)?;
    check_within_own(&allowed.caller, &row.fields.scopes)?;
    let (client_secret, password) = (secret::random_secret(), secret::random_secret());
    let row =
        store::set_secrets(&mut *transaction, &id, &client_secret, &password, old_until).await?;
    tell(&mut transaction, EventType::ConnectionSecretRotated, &row, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(show(row, client_secret, password))))
}

/// Delete a connection
///
/// Its refresh tokens end at once, its access tokens within the hour.
#[utoipa::path(
    delete,
    path = "/v1/connections/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204, description = "It is gone"), Missing, Refusals, Stale),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_connection(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<ClientId>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let row = store::lock(&mut *transaction, &id).await?.ok_or_else(missing)?;
    if_match.check(row.version)?;
    check_within_own(&allowed.caller, &row.fields.scopes)?;
    store::delete(&mut *transaction, &id).await?;
    tell(&mut transaction, EventType::ConnectionDeleted, &row, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tell(
    transaction: &mut PgConnection,
    kind: EventType,
    row: &ConnectionRow,
    caller: &Caller,
) -> Result<()> {
    let data = json!({ "client_id": row.client_id, "scopes": row.fields.scopes });
    let fact = Fact::new(kind, &row.client_id, data);
    audit::record(transaction, fact.by(caller)).await
}

fn show(row: ConnectionRow, client_secret: String, password: String) -> ConnectionSecrets {
    let client_id = row.client_id.clone();
    ConnectionSecrets { connection: row.into(), client_id, client_secret, password }
}

fn answer(row: ConnectionRow) -> impl IntoResponse {
    ([(header::ETAG, etag(row.version))], Json(Connection::from(row)))
}

fn missing() -> Problem {
    Problem::not_found("connection")
}
