//! Giving money back: by staff, and because an order ended.
//!
//! What is owed is written first, under a check that no more goes back than was paid; then the payment
//! service is asked, under the refund's own id, until it has answered.

pub(crate) mod store;

use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use contracts::payment::Payment;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use types::Money;
use uuid::Uuid;
use web::{
    IfMatch, Json, Path,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    StoredOrder, StoredOrderLine, derived_id,
    facts::{Fact, publish},
    give_back::{self, LineQuantity, choose_lines},
    reply, settle,
    store::{self as order_store, Update},
    view::Order,
};
use crate::{
    App,
    answer::{Failures, Rules, owner_of},
};

/// Money to give back.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderRefund)]
pub(crate) struct NewRefund {
    /// Minor units; what the lines cost if absent, or all that is left without lines.
    #[schema(minimum = 1)]
    amount: Option<i64>,
    /// What it is for.
    #[serde(default)]
    #[schema(max_items = 200)]
    lines: Vec<LineQuantity>,
    /// Why.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Whether the lines' units came back and can be sold again; they must have been shipped.
    #[serde(default)]
    restock: bool,
}

/// Refund an order.
///
/// All or a part, any number of times up to what was paid. The refund is `pending` until the payment
/// service has done it, which it is asked for until it answers.
#[utoipa::path(
    post, path = "/v1/orders/{order}/refunds", operation_id = "create_order_refund", tag = "Orders",
    params(
        ("order" = Uuid, Path, description = "The order."),
        ("Idempotency-Key" = String, Header, description = "Makes a retry safe; required."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = NewRefund, example = json!({"amount": 990, "reason": "damaged"})),
    responses((status = 201, description = "The order.", body = Order), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_refund(
    allowed: Allowed<scope::OrdersWrite>,
    State(app): State<App>,
    Path(order_id): Path<Uuid>,
    key: IdempotencyKey,
    if_match: IfMatch,
    Json(new): Json<NewRefund>,
) -> Result<Response> {
    validate(&new)?;
    let owner = owner_of(&allowed.caller);
    let operation = format!("create_refund {order_id}");
    let mut tx = app.db.begin().await?;
    let started = idempotency::start(&mut tx, Some(&key), &owner, &operation, &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let order = order_store::lock(&mut tx, order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    // The id follows from caller and key: a retry after a crash finds the refund it began.
    let refund_id = derived_id(order_id, &format!("refund {owner} {}", key.as_str()));
    if !store::exists(&mut *tx, refund_id).await? {
        if_match.check(order.version)?;
        begin(&mut tx, &order, refund_id, &new).await?;
    }
    tx.commit().await?;
    settle::settle_patiently(&app, order_id).await;
    reply::answer_created(&app.db, order_id, record).await
}

fn validate(new: &NewRefund) -> Result<()> {
    let mut rules = Rules::default();
    rules.check(new.amount.is_none_or(|n| n > 0), "/amount", "out_of_range", "must be at least 1");
    rules.optional_text("/reason", new.reason.as_deref(), 500);
    let has_lines = !new.restock || !new.lines.is_empty();
    rules.check(has_lines, "/lines", "required", "are needed to restock");
    rules.done()
}

async fn begin(
    db: &mut PgConnection,
    order: &StoredOrder,
    refund_id: Uuid,
    new: &NewRefund,
) -> Result<()> {
    if order.paid == 0 {
        return Err(Problem::conflict("nothing_to_refund", "nothing was paid for this order"));
    }
    let lines = order_store::lines(&mut *db, &[order.order_id]).await?;
    let chosen = choose_lines(&lines, &new.lines)?;
    let left = order.paid - order.refunded;
    let amount = match new.amount {
        Some(amount) => amount,
        None if chosen.is_empty() => left,
        None => value_of(order, &chosen).min(left),
    };
    if amount == 0 || amount > left {
        let detail = format!("{left} is left to give back, in minor units");
        return Err(Problem::conflict("refund_too_large", detail).with("left", left));
    }
    owe(&mut *db, order, refund_id, amount, new.reason.as_deref()).await?;
    if new.restock {
        let reason = new.reason.as_deref();
        give_back::take_back(db, order, &lines, &chosen, reason, Some(None)).await?;
    }
    Ok(())
}

/// What units of lines cost, discounts and tax included.
fn value_of(order: &StoredOrder, chosen: &[(&StoredOrderLine, i32)]) -> i64 {
    let value = |(line, quantity): &(&StoredOrderLine, i32)| {
        let total = Money::new(line.total, order.currency.clone());
        total.share(i64::from(*quantity), i64::from(line.quantity)).amount
    };
    chosen.iter().map(value).sum()
}

/// Notes what is owed. The order is locked, and of the version that was read.
async fn owe(
    db: &mut PgConnection,
    order: &StoredOrder,
    refund_id: Uuid,
    amount: i64,
    reason: Option<&str>,
) -> Result<()> {
    store::insert(&mut *db, refund_id, order.order_id, amount, reason).await?;
    let refunded = order.refunded + amount;
    order_store::update(&mut *db, order, &Update { refunded, ..Update::of(order) }).await?;
    let why = format!("refund of {amount} begun: {}", reason.unwrap_or("no reason given"));
    order_store::note(&mut *db, order.order_id, Some(order.status), order.status, &why).await?;
    order_store::reschedule(db, order.order_id).await
}

/// Notes that everything not given back yet is owed. Once: where that was refused, people decide.
pub(super) async fn owe_rest(db: &mut PgConnection, order: &StoredOrder, why: &str) -> Result<()> {
    let amount = order.paid - order.refunded;
    if amount <= 0 {
        return Ok(());
    }
    let refund_id = derived_id(order.order_id, &format!("refund rest after {}", order.refunded));
    if store::exists(&mut *db, refund_id).await? {
        return Ok(());
    }
    owe(db, order, refund_id, amount, Some(why)).await
}

/// The payment says that everything asked for has gone back.
pub(super) async fn note_done(
    db: &mut PgConnection,
    order: &StoredOrder,
    payment: &Payment,
) -> Result<()> {
    if order.refunded == 0 || payment.amount_refunded < order.refunded {
        return Ok(());
    }
    for refund in store::pending(&mut *db, order.order_id).await? {
        note_succeeded(&mut *db, order, &refund).await?;
    }
    Ok(())
}

/// A refund is done: once.
pub(super) async fn note_succeeded(
    db: &mut PgConnection,
    order: &StoredOrder,
    refund: &store::StoredRefund,
) -> Result<()> {
    if !store::set_status(&mut *db, refund.refund_id, "succeeded", None).await? {
        return Ok(());
    }
    let why = format!("refund of {} done", refund.amount);
    order_store::note(&mut *db, order.order_id, Some(order.status), order.status, &why).await?;
    let lines = order_store::lines(&mut *db, &[order.order_id]).await?;
    publish(db, Fact::Refunded, order, &lines).await
}

/// A refund was refused: the amount is not on its way any more.
pub(super) async fn note_failed(
    db: &mut PgConnection,
    order: &StoredOrder,
    refund: &store::StoredRefund,
    failure: &str,
) -> Result<()> {
    if !store::set_status(&mut *db, refund.refund_id, "failed", Some(failure)).await? {
        return Ok(());
    }
    let refunded = order.refunded - refund.amount;
    order_store::update(&mut *db, order, &Update { refunded, ..Update::of(order) }).await?;
    let why = format!("refund of {} failed: {failure}", refund.amount);
    order_store::note(db, order.order_id, Some(order.status), order.status, &why).await
}
