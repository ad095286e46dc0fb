//! Cancelling, until something has been shipped.

use access::{Caller, scope::OrdersWrite, scope::Scope};
use axum::{body::Bytes, extract::State, response::Response};
use problem::{Problem, Result};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, Path};

use super::{
    OrderStatus, StoredOrder, end, load, refund, settle,
    store::{self, Update},
    view::Order,
};
use crate::{
    App,
    answer::{Failures, Rules, owner_of, with_etag},
};

/// Why an order is cancelled.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelRequest {
    /// Why.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Cancel an order.
///
/// By its customer or by staff with `orders:write`, until something has been shipped. Stock and coupons
/// are free again at once; the payment is cancelled, or what was paid goes back, even if the payment
/// service has to be waited for. A cancelled order stays cancelled: doing it again changes nothing.
#[utoipa::path(
    post, path = "/v1/orders/{order}/cancel", operation_id = "cancel_order", tag = "Orders",
    params(
        ("order" = Uuid, Path, description = "The order."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Option<CancelRequest>, example = json!({"reason": "ordered twice"})),
    responses((status = 200, description = "The order.", body = Order), Failures),
    security(("bearer" = []), ("bearer" = ["orders:write"]))
)]
pub(crate) async fn cancel_order(
    caller: Caller,
    State(app): State<App>,
    Path(order_id): Path<Uuid>,
    if_match: IfMatch,
    body: Bytes,
) -> Result<Response> {
    let request = read_request(&body)?;
    let mut tx = app.db.begin().await?;
    let (owner, is_staff) = (owner_of(&caller), caller.may(OrdersWrite::NAME));
    let order = store::lock(&mut tx, order_id).await?;
    let order = order.filter(|order| order.customer == owner || is_staff);
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    if_match.check(order.version)?;
    cancel(&mut tx, &order, request.reason.as_deref().unwrap_or("cancelled on request")).await?;
    tx.commit().await?;
    settle::settle_patiently(&app, order_id).await;
    let mut db = app.db.acquire().await?;
    let order = load::load_order(&mut db, order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    Ok(with_etag(order.version, order))
}

fn read_request(body: &[u8]) -> Result<CancelRequest> {
    if body.trim_ascii().is_empty() {
        return Ok(CancelRequest::default());
    }
    let request: CancelRequest = web::parse_json(body)?;
    let mut rules = Rules::default();
    rules.optional_text("/reason", request.reason.as_deref(), 500);
    rules.done()?;
    Ok(request)
}

async fn cancel(db: &mut PgConnection, order: &StoredOrder, why: &str) -> Result<()> {
    match order.status {
        OrderStatus::Cancelled => return Ok(()),
        OrderStatus::Pending | OrderStatus::Confirmed => {}
        OrderStatus::Completed => return Err(already_shipped()),
        OrderStatus::Expired => {
            return Err(Problem::conflict("order_expired", "the order has expired"));
        }
    }
    let lines = store::lines(&mut *db, &[order.order_id]).await?;
    if lines.iter().any(|line| line.shipped > 0) {
        return Err(already_shipped());
    }
    end::end(&mut *db, order, OrderStatus::Cancelled, why).await?;
    if let Some(order) = store::find(&mut *db, order.order_id).await? {
        refund::owe_rest(&mut *db, &order, why).await?;
    }
    store::reschedule(db, order.order_id).await
}

fn already_shipped() -> Problem {
    Problem::conflict("already_shipped", "something has been shipped; return it instead")
}

/// Ends a pending order whose time is over.
pub(crate) async fn expire(db: &mut PgConnection, order: &StoredOrder) -> Result<()> {
    end::end(&mut *db, order, OrderStatus::Expired, "not paid for in time").await?;
    if order.payment_version == 0 {
        // There may be a payment that we never heard of; cancelling what is not there does no harm.
        let order = store::find(&mut *db, order.order_id).await?;
        if let Some(order) = order.filter(|order| order.payment_id.is_some()) {
            store::update(&mut *db, &order, &Update { void_payment: true, ..Update::of(&order) })
                .await?;
        }
    }
    store::reschedule(db, order.order_id).await
}
