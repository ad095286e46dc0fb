use access::{Allowed, Caller, scope};
use axum::{extract::State, response::IntoResponse};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;
use web::{IfMatch, Json, Page, PageQuery, Path, Query, etag};

use super::{
    ApplicationFields,
    store::{self, ApplicationRow},
};
use crate::{
    app::App,
    audit::{self, EventType, Fact},
    client::{ClientId, ClientKind, STOREFRONT},
    openapi::{BadInput, BadQuery, Missing, Refusals, Stale},
    scopes::check_within_own,
    secret,
    signing_key::KeyAlgorithm,
};

/// An OAuth client that people sign in with.
#[derive(Serialize, ToSchema)]
pub(crate) struct Application {
    /// Its client id.
    #[schema(example = "app_Xk3uPq0aZsRt5vWyXk3u")]
    id: String,
    /// Whether it has a secret; browsers and apps can keep none.
    confidential: bool,
    #[serde(flatten)]
    fields: ApplicationFields,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An application with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationSecret {
    #[serde(flatten)]
    application: Application,
    /// The same as `id`.
    client_id: String,
    /// Absent for a public application.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

/// An application to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApplication {
    /// Whether it can keep a secret: a server can, a browser or an app cannot.
    #[serde(default)]
    confidential: bool,
    /// What people read when they are asked for their consent; unique.
    #[schema(max_length = 100, example = "Vitrine for iOS")]
    label: String,
    /// Where people are sent back to; see [`ApplicationFields`].
    #[schema(max_items = 20, example = json!(["https://app.example.com/callback"]))]
    redirect_uris: Vec<String>,
    /// Where people may be sent after they signed out.
    #[serde(default)]
    #[schema(max_items = 20)]
    post_logout_redirect_uris: Vec<String>,
    /// Scopes of this installation that it may ask staff for; your own token must carry them all.
    #[serde(default)]
    scopes: Vec<String>,
    /// Ours: people are not asked for their consent, and its tokens may do all that they may.
    #[serde(default)]
    first_party: bool,
    /// How its id tokens are signed; RS256 if absent.
    id_token_algorithm: Option<KeyAlgorithm>,
}

impl NewApplication {
    fn fields(self) -> ApplicationFields {
        ApplicationFields {
            label: self.label,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            scopes: self.scopes,
            first_party: self.first_party,
            id_token_algorithm: self.id_token_algorithm.unwrap_or(KeyAlgorithm::RS256),
        }
    }
}

impl From<ApplicationRow> for Application {
    fn from(row: ApplicationRow) -> Self {
        Self {
            id: row.client_id,
            confidential: row.kind == ClientKind::Confidential,
            fields: row.fields,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// List applications
#[utoipa::path(
    get,
    path = "/v1/applications",
    tag = "connections",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Application>), BadQuery, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_applications(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Application>>> {
    let (limit, after) = (page.limit()?, page.after::<ClientId>()?);
    let rows = store::list(&app.db, after.as_ref(), limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.client_id.clone()).map(Application::from)))
}

/// Create an application
///
/// Every application signs people in with an authorization code and PKCE. The secret of a confidential
/// one is in this answer and nowhere else. No Idempotency-Key, because an answer with secrets is not
/// kept: a retry with the same label is 409 `label_taken`; rotate its secret then.
#[utoipa::path(
    post,
    path = "/v1/applications",
    tag = "connections",
    request_body = NewApplication,
    responses(
        (status = 201, description = "The new application", body = ApplicationSecret),
        (status = 409, description = "`label_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Refusals
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn create_application(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Json(new): Json<NewApplication>,
) -> Result<impl IntoResponse> {
    let client_secret = new.confidential.then(secret::random_secret);
    let mut fields = new.fields();
    fields.check()?;
    check_within_own(&allowed.caller, &fields.scopes)?;
    let hash = client_secret.as_deref().map(secret::hash);
    let mut transaction = app.db.begin().await?;
    let row = store::insert(&mut *transaction, &new_client_id(), hash.as_deref(), &fields).await?;
    tell(&mut transaction, EventType::ApplicationCreated, &row, &allowed.caller).await?;
    transaction.commit().await?;
    let headers = [
        (header::LOCATION, format!("/v1/applications/{}", row.client_id)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::CREATED, headers, Json(show(row, client_secret))))
}

/// One application
#[utoipa::path(
    get,
    path = "/v1/applications/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id")),
    responses((status = 200, description = "The application", body = Application), Missing,
        Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn get_application(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Path(id): Path<ClientId>,
) -> Result<impl IntoResponse> {
    Ok(answer(store::find(&app.db, &id).await?.ok_or_else(missing)?))
}

/// Change an application
///
/// A JSON merge patch (RFC 7396). Your token must carry its scopes, before and after.
#[utoipa::path(
    patch,
    path = "/v1/applications/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = ApplicationFields,
    responses(
        (status = 200, description = "The changed application", body = Application),
        (status = 409, description = "`label_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn update_application(
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
    tell(&mut transaction, EventType::ApplicationChanged, &row, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(answer(row))
}

/// Give an application a new secret
///
/// The old one works no longer. The new one is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/secret",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 200, description = "The application and its new secret",
            body = ApplicationSecret),
        (status = 409, description = "`public_application`: it has no secret", body = ProblemBody,
            content_type = "application/problem+json"),
        Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn rotate_application_secret(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<ClientId>,
    if_match: IfMatch,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    let row = store::lock(&mut *transaction, &id).await?.ok_or_else(missing)?;
    if_match.check(row.version)?;
    check_within_own(&allowed.caller, &row.fields.scopes)?;
    if row.kind == ClientKind::Public {
        return Err(Problem::conflict("public_application", "a public application has no secret"));
    }
    let client_secret = secret::random_secret();
    store::set_secret(&mut *transaction, &id, &secret::hash(&client_secret)).await?;
    tell(&mut transaction, EventType::ApplicationSecretRotated, &row, &allowed.caller).await?;
    transaction.commit().await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(show(row, Some(client_secret)))))
}

/// Delete an application
///
/// Everyone who signed in with it is signed out of it: their refresh tokens end at once, their access
/// tokens within 15 minutes. The storefront's own stays.
#[utoipa::path(
    delete,
    path = "/v1/applications/{id}",
    tag = "connections",
    params(("id" = ClientId, Path, description = "The client id"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "`builtin_application`", body = ProblemBody,
            content_type = "application/problem+json"),
        Missing, Refusals, Stale
    ),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_application(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<ClientId>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let row = store::lock(&mut *transaction, &id).await?.ok_or_else(missing)?;
    if_match.check(row.version)?;
    check_within_own(&allowed.caller, &row.fields.scopes)?;
    if row.client_id == STOREFRONT {
        let detail = "the storefront is how customers and staff sign in";
        return Err(Problem::conflict("builtin_application", detail));
    }
    store::delete(&mut *transaction, &id).await?;
    tell(&mut transaction, EventType::ApplicationDeleted, &row, &allowed.caller).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tell(
    transaction: &mut PgConnection,
    kind: EventType,
    row: &ApplicationRow,
    caller: &Caller,
) -> Result<()> {
    let ApplicationFields { scopes, first_party, redirect_uris, .. } = &row.fields;
    let data = json!({
        "client_id": row.client_id, "scopes": scopes, "first_party": first_party,
        "redirect_uris": redirect_uris,
    });
    audit::record(transaction, Fact::new(kind, &row.client_id, data).by(caller)).await
}

fn new_client_id() -> String {
    let letters = secret::random_secret();
    let random: String = letters.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    format!("app_{random}")
}

fn show(row: ApplicationRow, client_secret: Option<String>) -> ApplicationSecret {
    let client_id = row.client_id.clone();
    ApplicationSecret { application: row.into(), client_id, client_secret }
}

fn answer(row: ApplicationRow) -> impl IntoResponse {
    ([(header::ETAG, etag(row.version))], Json(Application::from(row)))
}

fn missing() -> Problem {
    Problem::not_found("application")
}
