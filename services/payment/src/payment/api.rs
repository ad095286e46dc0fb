use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use contracts::payment::{NewPayment, Payment};
use http::StatusCode;
use problem::{Problem, ProblemBody, Result};
use serde::Deserialize;
use sqlx::PgPool;
use types::Sku;
use uuid::Uuid;
use web::{
    Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{check_new, check_same, publish_change, store};
use crate::{
    app::{App, CommonErrors, PAYMENTS, WriteErrors},
    attempt::{self, Wish, make_attempt},
    keyed::Keyed,
};

/// Create a payment
///
/// Says what is to be paid for an order; nothing is charged yet. With a client-chosen `id` it may be
/// repeated: the first one comes back, with status 200. With `confirm` the first attempt is made at once,
/// and the answer is that of a confirmation, with status 201.
///
/// In an installation with regions the query parameter `region` of every payment operation says where
/// it goes; one with the id of a payment or an action in its path needs none, as ids carry their region:
/// UUIDs of version 8 whose last four bytes are its name.
#[utoipa::path(
    post, path = "/v1/payments", operation_id = "create_payment", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters")),
    request_body(content = NewPayment, example = json!({
        "order_id": "0198c0de-0000-7000-8000-000000000001",
        "amount": { "amount": 4990, "currency": "EUR" },
        "capture_method": "automatic", "skus": ["MUG-BLUE-S"]
    })),
    responses(
        (status = 201, body = Payment, description = "Created",
         headers(("Location" = String, description = "Its address"))),
        (status = 200, body = Payment, description = "Created before, with this id"),
        (status = 402, body = ProblemBody, content_type = "application/problem+json",
         description = "Created, and its first attempt declined; `decline_code` says why"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn create_payment(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Json(new): Json<NewPayment>,
) -> Result<Response> {
    check_new(&new, app.region)?;
    let caller = caller.subject.to_string();
    if let (Some(confirm), Some(payment_id)) = (&new.confirm, new.id) {
        attempt::api::check(&app.connectors, confirm, "/confirm")?;
        let call = Keyed { payment_id, caller, key };
        return make_attempt(&app, &call, Wish::Create(&new, confirm)).await;
    }
    let mut transaction = app.db.begin().await?;
    let started =
        idempotency::start(&mut transaction, Some(&key), &caller, "create_payment", &new).await?;
    let record = match started {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    let id = new.id.unwrap_or_else(|| app.new_id());
    let (status, payment) = if store::insert(&mut *transaction, id, &new).await? {
        (StatusCode::CREATED, publish_change(&mut transaction, id).await?)
    } else {
        let first = store::find(&mut *transaction, id).await?;
        let first = first.ok_or_else(|| Problem::not_found("payment"))?;
        check_same(&first, &new)?;
        (StatusCode::OK, first.to_payment())
    };
    let location = format!("/v1/payments/{id}");
    let response = record.finish(&mut transaction, status, Some(&location), &payment).await?;
    transaction.commit().await?;
    Ok(response)
}

/// Which payments are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaymentQuery {
    /// Only those of this order.
    order: Option<Uuid>,
    /// Only those that pay for this sku.
    #[param(value_type = Option<String>, max_length = 255)]
    sku: Option<Sku>,
}

/// List payments
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/payments", operation_id = "list_payments", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(PaymentQuery, PageQuery),
    responses((status = 200, body = Page<Payment>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_payments(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Query(query): Query<PaymentQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Payment>>> {
    let limit = page.limit()?;
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    let filter = store::Filter { order_id: query.order, sku: query.sku, after };
    let intents = store::list(&db, &filter, limit + 1).await?;
    let page = Page::from_rows(intents, limit, |last| (last.created_at, last.payment_id));
    Ok(Json(page.map(|intent| intent.to_payment())))
}

/// Read a payment
#[utoipa::path(
    get, path = "/v1/payments/{id}", operation_id = "get_payment", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The payment")),
    responses((status = 200, body = Payment, description = "The payment"), CommonErrors)
)]
pub(crate) async fn get_payment(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
) -> Result<Json<Payment>> {
    let intent = store::find(&db, id).await?.ok_or_else(|| Problem::not_found("payment"))?;
    Ok(Json(intent.to_payment()))
}
