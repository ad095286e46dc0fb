use std::time::Duration;

use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::Utc;
use contracts::event::Event;
use http::StatusCode;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{
    Cursor, Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
    openapi::{Failures, Refusals},
};

use super::{
    Delivery, Status,
    attempt::{self, Outcome},
    queue,
    store::{self, Again, Queued},
};
use crate::{
    app::App,
    change::{self, public},
    egress::Failure,
    webhook::{self, Webhook, api::not_found, secret::WebhookSecret},
};

/// Events that are queued again at a time.
const REPLAY_LIMIT: i64 = 1000;
/// A test ends before the gateway gives up.
const TEST_TIMEOUT: Duration = Duration::from_secs(8);

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Only those that stand so.
    status: Option<Status>,
    /// Items per page, 1 to 100; 20 if absent.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<Cursor>,
}

/// List the deliveries of a webhook, the newest events first.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id."), DeliveryQuery),
    responses((status = 200, description = "A page.", body = Page<Delivery>), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn list_deliveries(
    _: Allowed<scope::WebhooksWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<Page<Delivery>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<i64>()?);
    webhook::store::find(&db, id).await?.ok_or_else(not_found)?;
    let rows = store::list(&db, id, query.status, before, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |delivery| delivery.sequence)))
}

/// Send an event once more.
///
/// For a delivery that was given up, or made already; one that waits for its next try is tried at once. The
/// receiver sees the same `webhook-id`. 409 `delivery_busy` while it is being sent or waits for an earlier
/// event of its subject, 409 `webhook_disabled` if nothing is sent.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/deliveries/{delivery_id}/retry", operation_id = "retry_delivery",
    tag = "Webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id."),
        ("delivery_id" = Uuid, Path, description = "The delivery's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")
    ),
    responses((status = 202, description = "It will be sent.", body = Delivery), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn retry_delivery(
    allowed: Allowed<scope::WebhooksWrite>,
    State(db): State<PgPool>,
    Path((id, delivery_id)): Path<(Uuid, Uuid)>,
    key: Option<IdempotencyKey>,
) -> Result<Response> {
    let mut tx = db.begin().await?;
    let operation = format!("retry_delivery {id} {delivery_id}");
    let owner = allowed.caller.subject.to_string();
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, &operation, &()).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    lock_enabled(&mut tx, id).await?;
    let missing = || Problem::not_found("delivery");
    store::find(&mut *tx, id, delivery_id).await?.ok_or_else(missing)?;
    if !store::begin_anew(&mut *tx, id, delivery_id).await? {
        let detail = "it is being sent, or waits for an earlier event of its subject";
        return Err(Problem::conflict("delivery_busy", detail));
    }
    let delivery = store::find(&mut *tx, id, delivery_id).await?.ok_or_else(missing)?;
    let response = record.finish(&mut tx, StatusCode::ACCEPTED, None, &delivery).await?;
    tx.commit().await?;
    Ok(response)
}

/// A part of the log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    /// What came after this `sequence`.
    #[schema(minimum = 0, example = 4711)]
    after: i64,
    /// Up to this one; up to the newest if absent.
    until: Option<i64>,
}

/// What was queued of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// Events that will be sent; those that wait to be sent anyway are among them.
    queued: usize,
    /// There is more: go on after this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<i64>,
}

/// Send events of the past.
///
/// Those of its types in a part of the log, whether they were sent before or not, up to 1000 at a time. For a
/// receiver that lost some, or was disabled for a while.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", operation_id = "replay_events", tag = "Webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")
    ),
    request_body = Replay,
    responses(
        (status = 202, description = "They will be sent.", body = Replayed),
        (status = 410, description = "`position_gone`: events after this position are not kept any more.",
            body = problem::ProblemBody, content_type = "application/problem+json"),
        Failures, Refusals
    ),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn replay_events(
    allowed: Allowed<scope::WebhooksWrite>,
    State(db): State<PgPool>,
    Path(id): Path<Uuid>,
    key: Option<IdempotencyKey>,
    Json(replay): Json<Replay>,
) -> Result<Response> {
    if replay.after < 0 {
        return Err(Problem::invalid("/after", "out_of_range", "must not be negative"));
    }
    let mut tx = db.begin().await?;
    let operation = format!("replay_events {id}");
    let owner = allowed.caller.subject.to_string();
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, &operation, &replay).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let webhook = lock_enabled(&mut tx, id).await?;
    let replayed = queue_again(&mut tx, &webhook, &replay).await?;
    let response = record.finish(&mut tx, StatusCode::ACCEPTED, None, &replayed).await?;
    tx.commit().await?;
    Ok(response)
}

async fn queue_again(
    tx: &mut PgConnection,
    webhook: &Webhook,
    replay: &Replay,
) -> Result<Replayed> {
    let extent = change::store::extent(&mut *tx).await?;
    extent.check_kept(replay.after)?;
    let until = replay.until.map_or(extent.newest, |until| until.min(extent.newest));
    let types = public::expand(&webhook.fields.types);
    let range = (replay.after, until);
    let rows = change::store::list(&mut *tx, &types, range, REPLAY_LIMIT).await?;
    let queued: Vec<Queued> = rows.into_iter().map(|row| Queued::from(&Event::from(row))).collect();
    queue::add(tx, webhook.id, &queued, Again::Yes).await?;
    let is_full = i64::try_from(queued.len()).is_ok_and(|count| count == REPLAY_LIMIT);
    let next_after = queued.last().filter(|_| is_full).map(|last| last.position);
    Ok(Replayed { queued: queued.len(), next_after })
}

/// How a test went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tested {
    /// Whether the address answered 2xx.
    delivered: bool,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why that is no success.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Try a webhook.
///
/// Sends an event of the type `webhook.test` now, once, and tells what became of it. It is in no list, and
/// changes nothing.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", operation_id = "test_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id.")),
    responses((status = 200, description = "What became of it.", body = Tested), Failures, Refusals),
    security(("bearer" = ["webhooks:write"]))
)]
pub(crate) async fn test_webhook(
    _: Allowed<scope::WebhooksWrite>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Tested>> {
    let webhook = webhook::store::find(&app.db, id).await?.ok_or_else(not_found)?;
    let sealed = webhook::store::sealed_secrets(&app.db, id).await?.ok_or_else(not_found)?;
    let secret = WebhookSecret::open(app.vault(), id, &sealed.0)?;
    let event = Event {
        specversion: "1.0".to_owned(),
        id: Uuid::now_v7(),
        source: "/events".to_owned(),
        kind: "webhook.test".to_owned(),
        subject: id.to_string(),
        time: Utc::now(),
        datacontenttype: "application/json".to_owned(),
        data: json!({ "webhook_id": id }),
        sequence: "0".to_owned(),
        traceparent: None,
    };
    let secrets = [secret];
    let trying = attempt::post(app.egress(), &webhook.fields.url, event, &secrets);
    let Ok(outcome) = timeout(TEST_TIMEOUT, trying).await else {
        let error = Some(Failure::TooSlow.to_string());
        return Ok(Json(Tested { delivered: false, status: None, error }));
    };
    Ok(Json(match outcome? {
        Outcome::Accepted(status) => {
            Tested { delivered: true, status: Some(status.as_u16()), error: None }
        }
        Outcome::Gone => Tested {
            delivered: false,
            status: Some(410),
            error: Some("an event would disable the webhook".to_owned()),
        },
        Outcome::Failed { status, error, .. } => Tested {
            delivered: false,
            status: status.map(|status| status.as_u16()),
            error: Some(error),
        },
    }))
}

async fn lock_enabled(tx: &mut PgConnection, id: Uuid) -> Result<Webhook> {
    let webhook = webhook::store::lock(tx, id).await?.ok_or_else(not_found)?;
    if webhook.fields.status == webhook::Status::Disabled {
        return Err(Problem::conflict("webhook_disabled", "enable the webhook first"));
    }
    Ok(webhook)
}
