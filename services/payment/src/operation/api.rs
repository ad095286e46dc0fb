use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use contracts::payment::{NewRefund, Payment, Refund};
use problem::{Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Path, Query, idempotency::IdempotencyKey};

use super::{begin::Wanted, execute::execute, store};
use crate::{
    app::{App, CommonErrors, PAYMENTS, WriteErrors},
    keyed::Keyed,
    payment,
};

const MAX_REASON_LENGTH: usize = 500;

/// How much to capture.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapturePayment {
    /// Minor units of the payment's currency; all that is left if absent.
    #[schema(minimum = 1)]
    amount: Option<i64>,
}

/// Capture a payment
///
/// Takes authorized money, all or a part. What is left of a part stays capturable until it is captured
/// or released by `cancel`. If the provider does not answer, the payment is `processing` and the
/// capture is repeated until it is done.
#[utoipa::path(
    post, path = "/v1/payments/{id}/capture", operation_id = "capture_payment", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(
        ("id" = Uuid, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters"),
    ),
    request_body(content = CapturePayment, example = json!({ "amount": 1990 })),
    responses(
        (status = 200, body = Payment, description = "The payment after it"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn capture_payment(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Path(payment_id): Path<Uuid>,
    Json(body): Json<CapturePayment>,
) -> Result<Response> {
    check_amount(body.amount).map_err(|violation| Problem::invalid_all(vec![violation]))?;
    let call = Keyed { payment_id, caller: caller.subject.to_string(), key };
    execute(&app, &call, &Wanted::Capture(body.amount), &body).await
}

/// Cancel a payment
///
/// Releases what is authorized and not captured. A payment of which nothing was captured is then
/// `canceled`, one of which a part was captured has `succeeded` with that part. Cancelling a canceled
/// payment changes nothing. While an attempt has no outcome, 409 `attempt_in_progress`; once the money
/// is taken, 409 `payment_not_cancelable`.
#[utoipa::path(
    post, path = "/v1/payments/{id}/cancel", operation_id = "cancel_payment", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(
        ("id" = Uuid, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters"),
    ),
    responses(
        (status = 200, body = Payment, description = "The payment after it"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn cancel_payment(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Path(payment_id): Path<Uuid>,
) -> Result<Response> {
    let call = Keyed { payment_id, caller: caller.subject.to_string(), key };
    execute(&app, &call, &Wanted::Cancel, &()).await
}

/// Refund a payment
///
/// Gives captured money back, all or a part, any number of times up to what was captured. If the
/// provider does not answer, the refund is `pending` and repeated until it is done. With a
/// client-chosen `id` it may be repeated: the first one comes back.
#[utoipa::path(
    post, path = "/v1/payments/{id}/refunds", operation_id = "create_refund", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(
        ("id" = Uuid, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters"),
    ),
    request_body(content = NewRefund, example = json!({ "amount": 990, "reason": "damaged" })),
    responses(
        (status = 201, body = Refund, description = "The refund; its status tells how it went"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn create_refund(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Path(payment_id): Path<Uuid>,
    Json(body): Json<NewRefund>,
) -> Result<Response> {
    check_refund(&body)?;
    let call = Keyed { payment_id, caller: caller.subject.to_string(), key };
    execute(&app, &call, &Wanted::Refund(body.clone()), &body).await
}

/// List the refunds of a payment
///
/// Oldest first.
#[utoipa::path(
    get, path = "/v1/payments/{id}/refunds", operation_id = "list_refunds", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The payment"), PageQuery),
    responses((status = 200, body = Page<Refund>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_refunds(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Refund>>> {
    let limit = page.limit()?;
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    let intent = payment::store::find(&db, id).await?;
    let intent = intent.ok_or_else(|| Problem::not_found("payment"))?;
    let refunds = store::list_refunds(&db, id, after, limit + 1).await?;
    let page = Page::from_rows(refunds, limit, |last| (last.created_at, last.operation_id));
    Ok(Json(page.map(|refund| refund.to_refund(intent.money(refund.amount)))))
}

fn check_refund(refund: &NewRefund) -> Result<()> {
    let mut violations = Vec::new();
    violations.extend(check_amount(refund.amount).err());
    let is_long = |reason: &String| reason.chars().count() > MAX_REASON_LENGTH;
    if refund.reason.as_ref().is_some_and(is_long) {
        let rule = format!("must have at most {MAX_REASON_LENGTH} characters");
        violations.push(Violation::at("/reason", "too_long", rule));
    }
    if refund.reason.as_ref().is_some_and(|reason| reason.contains('\0')) {
        violations.push(Violation::at("/reason", "invalid_value", "must not hold a NUL character"));
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
}

fn check_amount(amount: Option<i64>) -> std::result::Result<(), Violation> {
    match amount {
        Some(amount) if amount <= 0 => {
            Err(Violation::at("/amount", "out_of_range", "must be at least 1"))
        }
        _ => Ok(()),
    }
}
