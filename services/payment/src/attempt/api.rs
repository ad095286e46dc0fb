use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use contracts::payment::{ConfirmPayment, METHOD_RULE, Payment, is_method};
use problem::{Problem, ProblemBody, Result, Violation};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Path, Query, idempotency::IdempotencyKey};

use super::{Attempt, Wish, make_attempt, store};
use crate::{
    app::{App, CommonErrors, PAYMENTS, WriteErrors},
    connector::{Connector, Connectors},
    keyed::Keyed,
    payment,
    routing::Route,
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
///
/// Without `connector` the routing rules choose one that knows the token. If it certainly charged
/// nothing, e.g. because it could not be reached, the next one of the rule is tried.
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
    check(&app.connectors, &body, "")?;
    let call = Keyed { payment_id, caller: caller.subject.to_string(), key };
    make_attempt(&app, &call, Wish::Confirm(&body)).await
}

/// 422 with every rule that the request breaks; `at` points at the body's place in it.
pub(crate) fn check(connectors: &Connectors, body: &ConfirmPayment, at: &str) -> Result<()> {
    let mut violations = Vec::new();
    let mut fail = |field: &str, code: &'static str, rule: &str| {
        violations.push(Violation::at(format!("{at}{field}"), code, rule));
    };
    let named = body.connector.as_deref();
    if named.is_some_and(|name| connectors.find(name).is_none()) {
        fail("/connector", "unknown_connector", "is not configured");
    }
    if !is_method(&body.method) {
        fail("/method", "invalid_value", METHOD_RULE);
    }
    let is_asked = |it: &&Connector| named.is_none_or(|name| name == it.name());
    if !connectors.iter().filter(is_asked).any(|it| it.accepts(&body.token)) {
        fail("/token", "unknown_token", "is no token of a connector");
    }
    if body.return_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        let rule = "must be an http or https address of at most 2048 characters";
        fail("/return_url", "invalid_url", rule);
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
}

fn is_web_address(text: &str) -> bool {
    text.len() <= MAX_URL_LENGTH
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
        && reqwest::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// An attempt to make a payment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PaymentAttempt {
    /// Its id; also the idempotency key at the provider.
    id: Uuid,
    /// `sent`, `unknown`, `requires_action`, `pending`, `authorized`, `captured`, `declined`, `failed`
    /// or `canceled`.
    #[schema(example = "captured")]
    status: &'static str,
    /// Why it came to nothing.
    error: Option<String>,
    /// Sort of means of payment.
    #[schema(example = "card")]
    method: String,
    /// The connector that it went to.
    #[schema(example = "sandbox")]
    connector: String,
    /// Why there.
    route: Route,
    /// Version of the routing rules that were asked; absent if there were none.
    routing_version: Option<i64>,
    /// Name of the rule that chose.
    routing_rule: Option<String>,
    /// The provider's own id of the charge, where it makes one.
    provider_reference: Option<String>,
    /// When it was begun.
    created_at: DateTime<Utc>,
}

impl From<Attempt> for PaymentAttempt {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.attempt_id,
            status: attempt.status.as_str(),
            error: attempt.error,
            method: attempt.method,
            connector: attempt.connector,
            route: attempt.route,
            routing_version: attempt.routing_version,
            routing_rule: attempt.routing_rule,
            provider_reference: attempt.provider_reference,
            created_at: attempt.created_at,
        }
    }
}

/// List the attempts of a payment
///
/// Oldest first, each with its connector and why it went there.
#[utoipa::path(
    get, path = "/v1/payments/{id}/attempts", operation_id = "list_attempts", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The payment"), PageQuery),
    responses((status = 200, body = Page<PaymentAttempt>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_attempts(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PaymentAttempt>>> {
    let limit = page.limit()?;
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    payment::store::find(&db, id).await?.ok_or_else(|| Problem::not_found("payment"))?;
    let attempts = store::list(&db, id, after, limit + 1).await?;
    let page = Page::from_rows(attempts, limit, |last| (last.created_at, last.attempt_id));
    Ok(Json(page.map(PaymentAttempt::from)))
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
