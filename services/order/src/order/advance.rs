//! The one writer: the state of a payment moves its order.
//!
//! The checkout call, the payment feed and the background all come here. An older state than the last
//! one changes nothing, the same state changes nothing more, and every move commits whole: status,
//! stock, coupons, history and fact.

use contracts::payment::{Payment, PaymentStatus};
use problem::Result;
use sqlx::{PgConnection, PgPool};
use types::Money;
use uuid::Uuid;

use super::{
    OrderStatus, StoredOrder, StoredOrderLine,
    decide::{Move, Situation, decide, payment_status},
    demand, end,
    facts::{Fact, publish},
    pay, refund,
    store::{self, Beside, Update},
};
use crate::{coupon, stock::reserve};

/// Moves the order that the payment pays, if the state is news.
pub(crate) async fn advance(db: &PgPool, payment: &Payment) -> Result<()> {
    let mut tx = db.begin().await?;
    advance_in(&mut tx, payment).await?;
    tx.commit().await?;
    Ok(())
}

/// The same in the caller's transaction.
pub(super) async fn advance_in(db: &mut PgConnection, payment: &Payment) -> Result<()> {
    let locked = store::lock_with_lines(db, payment.order_id).await?;
    let Some((order, lines)) = locked else { return Ok(()) };
    if order.payment_id != Some(payment.id) || payment.version < order.payment_version {
        return Ok(());
    }
    if !apply(db, &order, &lines, payment).await? {
        store::reschedule(db, order.order_id).await?;
    }
    Ok(())
}

/// Whether nobody need look at the order any more.
async fn apply(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    payment: &Payment,
) -> Result<bool> {
    let total = Money::new(order.total, order.currency.clone());
    let situation = Situation {
        status: order.status,
        total: &total,
        is_expired: order.is_expired(),
        refunded: order.refunded,
    };
    let step = decide(&situation, payment);
    // What was noted or is under way stays so: writing it anew, the background would never pause.
    let is_done = match step {
        Move::Stay | Move::Mismatch => true,
        Move::Void => order.void_payment,
        _ => false,
    };
    if payment.version == order.payment_version && is_done {
        return Ok(false);
    }
    if step == Move::Confirm {
        return confirm(db, order, lines, payment).await;
    }
    let order = record(db, order, lines, payment).await?;
    match step {
        Move::Stay | Move::Confirm => Ok(()),
        Move::ConfirmLate => confirm_late(db, &order, lines).await,
        Move::GiveBack => refund::owe_rest(db, &order, "the order had ended").await,
        Move::Void => end::want_void(db, &order).await,
        Move::End(status) => end::end(db, &order, status, "the payment was cancelled").await,
        Move::Mismatch => mismatch(db, &order, payment).await,
    }
    .map(|()| false)
}

/// Keeps what the payment says, whatever follows from it. Returns the order as it is then.
async fn record(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    payment: &Payment,
) -> Result<StoredOrder> {
    let mut update = news(order, payment);
    // Of an earlier attempt. What becomes of the open one is told by who drives it.
    if update.payment_status == "failed"
        && pay::store::find_open(&mut *db, order.order_id).await?.is_some()
    {
        (update.payment_status, update.last_error) = ("pending", None);
    }
    // While the provider is being asked (`sent`), the ordinary hold is long enough; and what is being
    // cancelled while the customer was to act is waited for no longer.
    let is_open = payment.status == PaymentStatus::Processing
        && matches!(payment.attempt_status.as_deref(), Some("pending" | "unknown"));
    if order.status == OrderStatus::Pending && is_open {
        update.expires_at = order.give_up_at;
        extend_hold(db, order, lines).await?;
    }
    let is_declined = update.payment_status == "failed" && order.payment_status != "failed";
    let why = format!("payment declined: {}", update.last_error.unwrap_or("declined"));
    let beside = Beside { why: is_declined.then_some(&why), ..answers(payment) };
    let changed = store::change(&mut *db, order, &update, &beside).await?;
    refund::note_done(db, order, payment).await?;
    Ok(changed)
}

/// What the payment says, as the order keeps it.
fn news<'a>(order: &'a StoredOrder, payment: &'a Payment) -> Update<'a> {
    let is_over = matches!(payment.status, PaymentStatus::Canceled | PaymentStatus::Succeeded);
    Update {
        payment_status: payment_status(payment),
        payment_version: payment.version,
        paid: payment.amount_captured.max(order.paid),
        refunded: order.refunded.max(payment.amount_refunded),
        next_action: payment.next_action.as_ref(),
        last_error: payment.last_error.as_deref(),
        void_payment: order.void_payment && !is_over,
        ..Update::of(order)
    }
}

fn answers(payment: &Payment) -> Beside<'static> {
    let closes_attempt = payment.status != PaymentStatus::RequiresPaymentMethod;
    Beside { closes_attempt, ..Beside::default() }
}

/// While the outcome of a payment is open, its goods are kept, up to the cap. What was lost already may
/// be short; that is found out when it is paid.
async fn extend_hold(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
) -> Result<()> {
    if order.expires_at < order.give_up_at {
        let demand = demand(lines);
        let _ = reserve::hold_again(db, order.order_id, &demand, order.give_up_at).await?;
    }
    Ok(())
}

/// Whether nobody need look at the order any more.
async fn confirm(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    payment: &Payment,
) -> Result<bool> {
    match reserve::allocate(&mut *db, order.order_id, &demand(lines), order.now).await? {
        Ok(()) => {
            let update = Update {
                status: OrderStatus::Confirmed,
                void_payment: false,
                ..news(order, payment)
            };
            let beside = Beside { why: Some("paid"), is_settled: true, ..answers(payment) };
            let confirmed = store::change(&mut *db, order, &update, &beside).await?;
            refund::note_done(&mut *db, order, payment).await?;
            publish(db, Fact::Confirmed, &confirmed, lines).await?;
            Ok(true)
        }
        Err(_) => {
            let order = &record(&mut *db, order, lines, payment).await?;
            let why = "paid too late: what it needs was sold meanwhile";
            end::end(&mut *db, order, OrderStatus::Cancelled, why).await?;
            let order = reload(&mut *db, order).await?;
            refund::owe_rest(db, &order, why).await.map(|()| false)
        }
    }
}

/// The coupons come first, as everywhere: locks have one order.
async fn confirm_late(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
) -> Result<()> {
    let why = "paid after it had expired, and it cannot be kept any more";
    if !take_coupons(&mut *db, order).await? {
        coupon::store::release(&mut *db, order.order_id).await?;
        return refund::owe_rest(db, order, why).await;
    }
    match reserve::allocate(&mut *db, order.order_id, &demand(lines), order.now).await? {
        Ok(()) => set_confirmed(db, order, lines, "paid after it had expired").await,
        Err(_) => {
            coupon::store::release(&mut *db, order.order_id).await?;
            refund::owe_rest(db, order, why).await
        }
    }
}

async fn take_coupons(db: &mut PgConnection, order: &StoredOrder) -> Result<bool> {
    for code in order.used_coupons() {
        if coupon::store::take(&mut *db, &code).await?.is_none() {
            return Ok(false);
        }
        let email = order.email.as_deref();
        let (order_id, customer) = (order.order_id, &order.customer);
        coupon::store::insert_use(&mut *db, &code, order_id, customer, email).await?;
    }
    Ok(true)
}

async fn reload(db: &mut PgConnection, order: &StoredOrder) -> Result<StoredOrder> {
    let order = store::find(db, order.order_id).await?;
    order.ok_or_else(|| problem::Problem::not_found("order"))
}

/// The order is paid for and its stock is its own.
pub(super) async fn set_confirmed(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    why: &str,
) -> Result<()> {
    let update =
        Update { status: OrderStatus::Confirmed, void_payment: false, ..Update::of(order) };
    store::update(&mut *db, order, &update).await?;
    let (from, to) = (Some(order.status), OrderStatus::Confirmed);
    store::note(&mut *db, order.order_id, from, to, why).await?;
    publish(db, Fact::Confirmed, order, lines).await
}

async fn mismatch(db: &mut PgConnection, order: &StoredOrder, payment: &Payment) -> Result<()> {
    tracing::error!(
        order.id = %order.order_id,
        order.total = order.total,
        payment.amount = payment.amount.amount,
        payment.captured = payment.amount_captured,
        "a payment is not what was agreed; the order waits for people"
    );
    let why = "the payment is not what was agreed; somebody must look at it";
    store::note(db, order.order_id, Some(order.status), order.status, why).await
}

/// For tests and the background: the state of the payment as the payment service has it.
pub(crate) async fn advance_by_id(app: &crate::App, payment_id: Uuid) -> Result<bool> {
    match app.payment.find(payment_id).await {
        Ok(payment) => advance(&app.db, &payment).await.map(|()| true),
        Err(contracts::PeerError::Refused(problem)) if problem.status == 404 => Ok(false),
        Err(error) => Err(error.into()),
    }
}
