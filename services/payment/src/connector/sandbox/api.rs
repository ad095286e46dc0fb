//! The page where a customer approves or refuses a payment, as a bank would show it.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderName, header};
use problem::{Problem, ProblemBody, Result};
use serde::Deserialize;
use types::Money;
use uuid::Uuid;
use web::{Path, Query};

use super::{Sandbox, action::Decision};
use crate::{
    app::{App, PAYMENTS},
    attempt,
    connector::ChargeStatus,
};

/// The page needs no script and no asset, is never framed, cached or named to others.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The customer's decision.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DecisionQuery {
    /// `approve` or `refuse`.
    #[param(inline)]
    decision: Decision,
}

/// Show a customer's action
///
/// The sandbox provider's page behind `next_action`: the customer approves or refuses there. Its
/// address is known only to whom the payment was given, so it needs no token.
#[utoipa::path(
    get, path = "/v1/payments/sandbox/actions/{id}", operation_id = "show_sandbox_action",
    tag = PAYMENTS, security(()),
    params(("id" = Uuid, Path, description = "The action")),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The page"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such action"),
    )
)]
pub(crate) async fn show_sandbox_action(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let charge = sandbox_of(&app)?.find_action(id).await?;
    let body = if charge.status == ChargeStatus::RequiresAction {
        question(&charge.money(charge.amount))
    } else {
        "<p>There is nothing left to decide here. You may close this page.</p>".to_owned()
    };
    Ok((HEADERS, Html(page(&body))).into_response())
}

/// Complete a customer's action
///
/// Records the decision, lets the payment proceed, and sends the customer back to the `return_url` of
/// the confirmation if there was one. Only the first decision counts.
#[utoipa::path(
    post, path = "/v1/payments/sandbox/actions/{id}", operation_id = "complete_sandbox_action",
    tag = PAYMENTS, security(()),
    params(("id" = Uuid, Path, description = "The action"), DecisionQuery),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "Done"),
        (status = 303, description = "Back to the shop",
         headers(("Location" = String, description = "The `return_url`"))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "There is no such action"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json",
         description = "The decision is neither approve nor refuse"),
    )
)]
pub(crate) async fn complete_sandbox_action(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<DecisionQuery>,
) -> Result<Response> {
    let sandbox = sandbox_of(&app)?;
    let charge = sandbox.find_action(id).await?;
    sandbox.decide(id, query.decision).await?;
    attempt::refresh(&app, id).await?;
    Ok(match charge.return_url {
        Some(url) => (HEADERS, Redirect::to(&url)).into_response(),
        None => (HEADERS, Html(page("<p>Thank you. You may close this page.</p>"))).into_response(),
    })
}

/// 404 where no connector is a sandbox.
fn sandbox_of(app: &App) -> Result<&Sandbox> {
    app.sandbox.as_ref().ok_or_else(|| Problem::not_found("action"))
}

fn question(amount: &Money) -> String {
    format!(
        "<p>A shop asks for <strong>{} minor units of {}</strong>.</p>
<form method=\"post\">
<button formaction=\"?decision=approve\">Approve</button>
<button formaction=\"?decision=refuse\">Refuse</button>
</form>",
        amount.amount, amount.currency
    )
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\"><title>Sandbox bank</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem }}
button {{ font: inherit; padding: .5rem 1.5rem; margin-right: .5rem }}
</style></head>
<body><h1>Sandbox bank</h1>
{body}
</body></html>
"
    )
}
