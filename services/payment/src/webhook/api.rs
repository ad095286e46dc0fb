use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem, ProblemBody, Result};
use web::Path;

use super::{About, SandboxEvent, store};
use crate::{
    app::{App, PAYMENTS},
    attempt, operation,
};

/// Receive a provider's webhook
///
/// Needs no token: the signature `t=<seconds>,v1=<hex>` proves the sender, within 300 seconds. The
/// sandbox sends it as `webhook-signature`, Stripe as `stripe-signature`; the body is what the provider
/// sends. An event that comes again, or is about nothing of ours, is acknowledged and does nothing.
#[utoipa::path(
    post, path = "/v1/payments/webhooks/{connector}", operation_id = "receive_webhook",
    tag = PAYMENTS, security(()),
    params(
        ("connector" = String, Path, description = "The connector", example = "sandbox"),
        ("webhook-signature" = Option<String>, Header,
         description = "Of the sandbox: HMAC-SHA256 of `<seconds>.<body>`"),
        ("stripe-signature" = Option<String>, Header,
         description = "Of Stripe: HMAC-SHA256 of `<seconds>.<body>`"),
    ),
    request_body(content = SandboxEvent, example = json!({
        "id": "evt_1", "type": "charge.updated", "charge": "0198c0de-0000-7000-8000-000000000001"
    })),
    responses(
        (status = 204, description = "Received"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`invalid_signature`, `signature_expired` or not JSON"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such connector"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json",
         description = "Larger than 512 KiB"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "Not an event"),
    )
)]
pub(crate) async fn receive_webhook(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<StatusCode> {
    let connector = app.connectors.find(&name).ok_or_else(|| Problem::not_found("connector"))?;
    let body = body.map_err(unreadable)?;
    let event = connector.read_webhook(&headers, &body, Utc::now().timestamp())?;
    event.check()?;

    // What must not be lost commits here: the event counts once, and the resolver will look at what it
    // is about even if we end on the next line.
    let mut transaction = app.db.begin().await?;
    let attempt_id = match &event.about {
        About::Attempt(id) => Some(*id),
        About::Reference(reference) => {
            attempt::store::find_by_reference(&mut *transaction, &name, reference).await?
        }
        About::Other => None,
    };
    let is_new = store::insert(&mut *transaction, &name, &event, attempt_id).await?;
    if let (true, Some(id)) = (is_new, attempt_id) {
        attempt::store::make_due(&mut *transaction, id).await?;
        operation::store::make_due(&mut *transaction, id).await?;
    }
    transaction.commit().await?;
    if let (true, Some(id)) = (is_new, attempt_id)
        && let Err(error) = attempt::refresh(&app, id).await
    {
        tracing::warn!(?error, "a webhook will take effect later");
    }
    Ok(StatusCode::NO_CONTENT)
}

fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Kind::TooLarge, "body_too_large", "the body is larger than 512 KiB")
    } else {
        Problem::bad_request("unreadable_body", "the body could not be read to its end")
    }
}
