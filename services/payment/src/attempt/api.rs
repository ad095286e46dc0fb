use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use contracts::payment::{ConfirmPayment, Payment};
use problem::{Problem, ProblemBody, Result, Violation};
use uuid::Uuid;
use web::{Json, Path, idempotency::IdempotencyKey};

use super::confirm::confirm_payment as confirm;
use crate::{
    app::{App, CommonErrors, PAYMENTS, WriteErrors},
    connector::Connector,
    keyed::Keyed,
};

const MAX_URL_LENGTH: usize = 2048;

/// Confirm a payment
///
/// Makes an attempt with the means of payment. The answer tells what is known after it:
/// `succeeded` or, with manual capture, `requires_capture`; `requires_action` with `next_action`, where
/// the customer must go; or `processing` with `attempt_status` `pending` (the provider tells later) or
/// `unknown` (its answer is missing, and we find out). A decline is a 402, and the payment is back at
/// `requires_payment_method`. While an attempt has no outcome, another is refused with 409
/// `attempt_in_progress`; one that only waits for the customer is taken back instead.
#[utoipa::path(
    post, path = "/v1/payments/{id}/confirm", operation_id = "confirm_payment", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(
        ("id" = Uuid, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters"),
    ),
    request_body(content = ConfirmPayment, example = json!({ "token": "tok_success" })),
    responses(
        (status = 200, body = Payment, description = "What is known of the payment now"),
        (status = 402, body = ProblemBody, content_type = "application/problem+json",
         description = "Declined; the extension `decline_code` says why"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn confirm_payment(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Path(payment_id): Path<Uuid>,
    Json(body): Json<ConfirmPayment>,
) -> Result<Response> {
    check(&app.connector, &body)?;
    let call = Keyed { payment_id, caller: caller.subject.to_string(), key };
    confirm(&app, &call, &body).await
}

/// 422 with every rule that the request breaks.
fn check(connector: &Connector, body: &ConfirmPayment) -> Result<()> {
    let mut violations = Vec::new();
    if body.connector.as_ref().is_some_and(|name| name != connector.name()) {
        violations.push(Violation::at("/connector", "unknown_connector", "is not configured"));
    }
    if !connector.accepts(&body.token) {
        violations.push(Violation::at(
            "/token",
            "unknown_token",
            "is not a token of the connector",
        ));
    }
    if body.return_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        let rule = "must be an http or https address of at most 2048 characters";
        violations.push(Violation::at("/return_url", "invalid_url", rule));
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
}

fn is_web_address(text: &str) -> bool {
    text.len() <= MAX_URL_LENGTH
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
        && reqwest::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_sent_to_web_addresses_only() {
        assert!(is_web_address("https://shop.test/thanks?order=1"));
        for bad in ["javascript:alert(1)", "/thanks", "//shop.test", "https://", "http://a b", ""] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
