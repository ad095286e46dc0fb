//! Another attempt to pay for a pending order.

use access::Caller;
use axum::{extract::State, response::Response};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{
    Json, Path,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    OrderStatus, StoredOrder, demand,
    pay::{self, PaymentMethod},
    reply,
    store::{self, Update},
    view::Order,
};
use crate::{
    App, Settings,
    answer::{Failures, Rules, owner_of},
    stock::{out_of_stock, reserve},
};

/// Attempts per order.
const MAX_ATTEMPTS: i64 = 20;

/// How the customer pays now.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrderPayment {
    /// The means of payment.
    payment: PaymentMethod,
}

/// Try again to pay.
///
/// For a pending order whose last attempt was declined, or waits for an action that the customer will
/// not take. Its stock is kept a little longer, or held again if it can be. Answers as checkout does.
#[utoipa::path(
    post, path = "/v1/orders/{order}/payments", operation_id = "create_order_payment",
    tag = "Orders",
    params(
        ("order" = Uuid, Path, description = "The order."),
        ("Idempotency-Key" = String, Header, description = "Makes a retry safe; required.")
    ),
    request_body(content = NewOrderPayment, example = json!({"payment": {"token": "tok_success"}})),
    responses(
        (status = 201, description = "The order.", body = Order),
        (status = 402, description = "Declined again; `reason` says why.",
            body = problem::ProblemBody, content_type = "application/problem+json"),
        Failures
    ),
    security(("bearer" = []))
)]
pub(crate) async fn create_order_payment(
    caller: Caller,
    State(app): State<App>,
    Path(order_id): Path<Uuid>,
    key: IdempotencyKey,
    Json(new): Json<NewOrderPayment>,
) -> Result<Response> {
    let mut rules = Rules::default();
    new.payment.check(&mut rules, "/payment");
    rules.done()?;
    let owner = owner_of(&caller);
    let operation = format!("create_order_payment {order_id}");
    let mut tx = app.db.begin().await?;
    let started = idempotency::start(&mut tx, Some(&key), &owner, &operation, &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let order = store::lock(&mut tx, order_id).await?;
    let order = order.filter(|order| order.customer == owner);
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    begin(&mut tx, &app.settings, &order, key.as_str(), &new.payment).await?;
    tx.commit().await?;
    pay::drive_patiently(&app, order_id).await;
    reply::answer_payment(&app.db, order_id, record).await
}

async fn begin(
    db: &mut PgConnection,
    settings: &Settings,
    order: &StoredOrder,
    key: &str,
    method: &PaymentMethod,
) -> Result<()> {
    let (attempts, is_resumed) = pay::store::count(&mut *db, order.order_id, key).await?;
    if is_resumed {
        return resume(db, order).await;
    }
    if order.status != OrderStatus::Pending {
        let detail = format!("the order is {}", order.status.as_str());
        return Err(Problem::conflict("order_not_pending", detail));
    }
    if attempts >= MAX_ATTEMPTS {
        return Err(Problem::conflict("too_many_attempts", "the order was tried too often"));
    }
    if !matches!(order.payment_status.as_str(), "failed" | "requires_action") {
        let detail = "a payment of this order is under way";
        return Err(Problem::conflict("payment_in_progress", detail).retry_after(2));
    }
    let expires_at = order.give_up_at.min(order.now + settings.reservation);
    if expires_at <= order.now {
        return Err(Problem::conflict("order_expired", "the order's time is over"));
    }
    let expires_at = expires_at.max(order.expires_at);
    let number = i32::try_from(attempts + 1).unwrap_or(i32::MAX);
    pay::store::insert(&mut *db, order.order_id, number, key, method).await?;
    let update = Update {
        payment_status: "pending",
        last_error: None,
        next_action: None,
        expires_at,
        ..Update::of(order)
    };
    store::update(&mut *db, order, &update).await?;
    store::lease(&mut *db, order.order_id).await?;
    let demand = demand(&store::lines(&mut *db, &[order.order_id]).await?);
    reserve::hold_again(db, order.order_id, &demand, expires_at)
        .await?
        .map_err(|shortages| out_of_stock(&shortages))
}

/// A retry of a request that was not answered: it goes on with the attempt that it began.
async fn resume(db: &mut PgConnection, order: &StoredOrder) -> Result<()> {
    let is_open = pay::store::find_open(&mut *db, order.order_id).await?.is_some();
    if is_open && !store::claim(db, order.order_id).await? {
        return Err(reply::in_flight());
    }
    Ok(())
}
