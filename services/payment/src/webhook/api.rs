use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem, ProblemBody, Result};
use web::{Path, parse_json};

use super::{ProviderEvent, SIGNATURE_HEADER, store};
use crate::{
    app::{App, PAYMENTS},
    attempt,
};

/// Receive a provider's webhook
///
/// Needs no token: the signature `webhook-signature: t=<seconds>,v1=<hex>` proves the sender, within
/// 300 seconds. An event that comes again is acknowledged and does nothing.
#[utoipa::path(
    post, path = "/v1/payments/webhooks/{connector}", operation_id = "receive_webhook",
    tag = PAYMENTS, security(()),
    params(
        ("connector" = String, Path, description = "The provider", example = "sandbox"),
        ("webhook-signature" = String, Header, description = "HMAC-SHA256 of `<seconds>.<body>`"),
    ),
    request_body(content = ProviderEvent, example = json!({
        "id": "evt_1", "type": "charge.updated", "charge": "0198c0de-0000-7000-8000-000000000001"
    })),
    responses(
        (status = 204, description = "Received"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid_signature`, `signature_expired` or not JSON"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such connector"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json",
         description = "Larger than 64 KiB"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "Not an event"),
    )
)]
pub(crate) async fn receive_webhook(
    State(app): State<App>,
    Path(connector): Path<String>,
    headers: HeaderMap,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<StatusCode> {
    if connector != app.connector.name() {
        return Err(Problem::not_found("connector"));
    }
    let body = body.map_err(unreadable)?;
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    app.connector.verify_webhook(signature.unwrap_or_default(), &body, Utc::now().timestamp())?;
    let event: ProviderEvent = parse_json(&body)?;
    event.check()?;

    // What must not be lost commits here: the event counts once, and the resolver will look at its
    // attempt even if we end on the next line.
    let mut transaction = app.db.begin().await?;
    let is_new = store::insert(&mut *transaction, &connector, &event).await?;
    if is_new {
        attempt::store::make_due(&mut *transaction, event.charge).await?;
    }
    transaction.commit().await?;
    if is_new && let Err(error) = attempt::refresh(&app, event.charge).await {
        tracing::warn!(?error, "a webhook will take effect later");
    }
    Ok(StatusCode::NO_CONTENT)
}

fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Kind::TooLarge, "body_too_large", "the body is larger than 64 KiB")
    } else {
        Problem::bad_request("unreadable_body", "the body could not be read to its end")
    }
}
