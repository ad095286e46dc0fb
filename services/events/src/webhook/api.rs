use std::time::Duration;

use access::{Allowed, scope};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
    openapi::{Failures, Refusals},
    with_etag,
};

use super::{NewWebhook, Status, Webhook, secret::WebhookSecret, store};
use crate::{app::App, delivery, egress::Egress};

const DEFAULT_OVERLAP_SECONDS: u64 = 24 * 3600;
const MAX_OVERLAP_SECONDS: u64 = 7 * 24 * 3600;

/// A webhook with its secret, which is shown here and nowhere else.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: Webhook,
    /// What signs its events: `whsec_` and base64.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: String,
}

/// How a secret is replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// So long the secret before signs too, beside the new one.
    #[serde(default = "default_overlap_seconds")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: u64,
}

fn default_overlap_seconds() -> u64 {
    DEFAULT_OVERLAP_SECONDS
}

/// List webhooks, oldest first.
#[utoipa::path(
    get, path = "/v1/webhooks", operation_id = "list_webhooks", tag = "Webhooks",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Page<Webhook>), Failures),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn list_webhooks(
    _: Allowed<scope::WebhooksWrite>,
    State(db): State<PgPool>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Webhook>>> {
    let (limit, after) = (query.limit()?, query.after::<Uuid>()?);
    let rows = store::list(&db, after, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |webhook| webhook.id)))
}

/// Create a webhook.
///
/// From now on every event of its types is sent to the address as the CloudEvent that `GET /v1/changes`
/// shows, signed with the secret as Standard Webhooks 1.0.0 says. The secret is in this answer, and in the
/// one to a retry with the same `Idempotency-Key` as long as the webhook has not changed. `webhooks:write`
/// covers events of all types. There can be 50 webhooks; one more is 409 `too_many_webhooks`.
#[utoipa::path(
    post, path = "/v1/webhooks", operation_id = "create_webhook", tag = "Webhooks",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewWebhook, example = json!({
        "url": "https://erp.example/hooks/vitrine", "types": ["order.*"]
    })),
    responses(
        (status = 201, description = "The webhook and its secret.", body = WebhookWithSecret),
        Failures, Refusals
    ),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn create_webhook(
    allowed: Allowed<scope::WebhooksWrite>,
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewWebhook>,
) -> Result<Response> {
    new.validate()?;
    check_url(app.egress(), &new.url).await?;
    let mut tx = app.db.begin().await?;
    let owner = allowed.caller.subject.to_string();
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, "create_webhook", &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return replay(&app, response).await,
    };
    let (id, secret) = (Uuid::now_v7(), WebhookSecret::generate());
    let webhook = store::insert(&mut tx, id, &new, &secret.seal(app.vault(), id)).await?;
    let location = format!("/v1/webhooks/{id}");
    // What is kept of the answer is without the secret.
    let kept = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &webhook).await?;
    tx.commit().await?;
    Ok(with_secret(kept, webhook, &secret))
}

/// The first answer once more, with its secret unless the webhook was changed since.
async fn replay(app: &App, kept: Response) -> Result<Response> {
    let location = kept.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let id = location.and_then(|path| path.rsplit('/').next()?.parse().ok());
    let Some(id) = id else { return Ok(kept) };
    let webhook = store::find(&app.db, id).await?.filter(|webhook| webhook.version == 1);
    let sealed = store::sealed_secrets(&app.db, id).await?;
    match (webhook, sealed) {
        (Some(webhook), Some((sealed, _))) => {
            let secret = WebhookSecret::open(app.vault(), id, &sealed)?;
            Ok(with_secret(kept, webhook, &secret))
        }
        _ => Ok(kept),
    }
}

fn with_secret(kept: Response, webhook: Webhook, secret: &WebhookSecret) -> Response {
    const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
    let shown = WebhookWithSecret { webhook, secret: secret.to_text() };
    let mut response = (kept.status(), Json(shown)).into_response();
    for name in [header::LOCATION, REPLAYED] {
        if let Some(value) = kept.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

const NO_STORE: http::HeaderValue = http::HeaderValue::from_static("no-store");

/// Read a webhook.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", operation_id = "find_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The webhook.", body = Webhook), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn find_webhook(
    _: Allowed<scope::WebhooksWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let webhook = store::find(&db, id).await?.ok_or_else(not_found)?;
    Ok(with_etag(webhook.version, webhook))
}

/// Change a webhook.
///
/// JSON merge patch: only what changes; `null` removes. Enabling it sends at once what was queued before it was
/// disabled; what happened meanwhile comes with `POST …/replay`.
#[utoipa::path(
    patch, path = "/v1/webhooks/{id}", operation_id = "update_webhook", tag = "Webhooks",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Object, example = json!({"status": "enabled"})),
    responses((status = 200, description = "The webhook.", body = Webhook), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn update_webhook(
    _: Allowed<scope::WebhooksWrite>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<Response> {
    // Before anything is locked: looking an address up takes its time.
    if let Some(url) = patch["url"].as_str() {
        check_url(app.egress(), url).await?;
    }
    let mut tx = app.db.begin().await?;
    let current = store::lock(&mut tx, id).await?.ok_or_else(not_found)?;
    if_match.check(current.version)?;
    let fields = web::merge_patch::apply(&current.fields, patch)?;
    fields.validate()?;
    let webhook = store::update(&mut *tx, id, &fields).await?;
    if current.fields.status == Status::Disabled && fields.status == Status::Enabled {
        delivery::store::wake(&mut *tx, id).await?;
    }
    tx.commit().await?;
    Ok(with_etag(webhook.version, webhook))
}

/// Delete a webhook.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", operation_id = "delete_webhook", tag = "Webhooks",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 204, description = "It is gone, and so are its deliveries."), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn delete_webhook(
    _: Allowed<scope::WebhooksWrite>,
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

/// Give a webhook another secret.
///
/// The one of now signs too for another day, or as long as you say, so that the receiver can be told the
/// new one without a pause. `If-Match` is needed: a retry whose first answer was lost is 412, and nothing
/// is replaced twice.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/secret", operation_id = "rotate_webhook_secret", tag = "Webhooks",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("If-Match" = String, Header, description = "The `ETag` that was read.")
    ),
    request_body = Rotation,
    responses(
        (status = 200, description = "The webhook and its new secret.", body = WebhookWithSecret),
        Failures, Refusals
    ),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn rotate_webhook_secret(
    _: Allowed<scope::WebhooksWrite>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(rotation): Json<Rotation>,
) -> Result<Response> {
    if rotation.overlap_seconds > MAX_OVERLAP_SECONDS {
        let rule = format!("must be at most {MAX_OVERLAP_SECONDS}");
        return Err(Problem::invalid("/overlap_seconds", "out_of_range", rule));
    }
    let overlap = Duration::from_secs(rotation.overlap_seconds);
    let mut tx = app.db.begin().await?;
    let current = store::lock(&mut tx, id).await?.ok_or_else(not_found)?;
    if_match.required()?.check(current.version)?;
    let secret = WebhookSecret::generate();
    let sealed = secret.seal(app.vault(), id);
    let webhook = store::replace_secret(&mut *tx, id, &sealed, overlap).await?;
    tx.commit().await?;
    let version = webhook.version;
    let shown = WebhookWithSecret { webhook, secret: secret.to_text() };
    Ok(([(header::CACHE_CONTROL, NO_STORE)], with_etag(version, shown)).into_response())
}

async fn check_url(egress: &Egress, url: &str) -> Result<()> {
    let checked = egress.check(url).await;
    checked.map_err(|refusal| Problem::invalid("/url", refusal.code(), refusal.to_string()))
}

pub(crate) fn not_found() -> Problem {
    Problem::not_found("webhook")
}
