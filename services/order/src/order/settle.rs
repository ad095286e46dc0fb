//! Making good what ended: payments are cancelled and money is given back, until that is done.

use std::time::Duration;

use contracts::{
    PeerError,
    payment::{NewRefund, PaymentStatus},
};
use problem::Result;
use uuid::Uuid;

use super::{
    StoredOrder,
    advance::{advance, advance_by_id},
    derived_id,
    refund::{self, store::StoredRefund},
    store::{self, Update},
};
use crate::App;

/// A request waits this long; the background goes on after it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Settles as far as patience goes. Never fails: what is left open is taken up by the background.
pub(crate) async fn settle_patiently(app: &App, order_id: Uuid) {
    match tokio::time::timeout(PATIENCE, settle(app, order_id)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(order.id = %order_id, ?error, "settling stays open"),
        Err(_) => tracing::warn!(order.id = %order_id, "the payment service takes too long"),
    }
}

/// Asks the payment service for every refund that is owed, and to cancel a payment that must not
/// succeed any more.
pub(crate) async fn settle(app: &App, order_id: Uuid) -> Result<()> {
    let Some(order) = store::find(&app.db, order_id).await? else { return Ok(()) };
    let Some(payment_id) = order.payment_id else { return Ok(()) };
    if order.void_payment {
        void(app, &order, payment_id).await?;
    }
    let refunds = refund::store::pending(&app.db, order_id).await?;
    for refund in &refunds {
        give_back(app, &order, payment_id, refund).await?;
    }
    if !refunds.is_empty() {
        advance_by_id(app, payment_id).await?;
    }
    let mut db = app.db.acquire().await?;
    store::reschedule(&mut *db, order_id).await
}

async fn void(app: &App, order: &StoredOrder, payment_id: Uuid) -> Result<()> {
    let key = derived_id(order.order_id, "cancel").to_string();
    match app.payment.cancel(payment_id, &key).await {
        Ok(payment) if payment.status == PaymentStatus::Canceled => {
            advance(&app.db, &payment).await?;
            forget_void(app, order.order_id).await
        }
        Err(PeerError::Refused(problem)) if problem.status == 404 => {
            forget_void(app, order.order_id).await
        }
        // An older answer repeated, or refused because money was taken or is being: what counts is how
        // the payment stands now.
        Ok(_) | Err(PeerError::Refused(_)) => advance_by_id(app, payment_id).await.map(drop),
        Err(error) => Err(error.into()),
    }
}

async fn forget_void(app: &App, order_id: Uuid) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if let Some(order) = store::lock(&mut tx, order_id).await?.filter(|order| order.void_payment) {
        let update = Update { void_payment: false, ..Update::of(&order) };
        store::update(&mut *tx, &order, &update).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn give_back(
    app: &App,
    order: &StoredOrder,
    payment_id: Uuid,
    refund: &StoredRefund,
) -> Result<()> {
    let ask = NewRefund {
        id: Some(refund.refund_id),
        amount: Some(refund.amount),
        reason: refund.reason.clone(),
    };
    // The id makes it one refund; another key per try asks how it stands now instead of replaying the
    // first answer.
    let key = format!("{} {}", refund.refund_id, order.tries);
    let failure = match app.payment.refund(payment_id, &key, &ask).await {
        Ok(answer) if answer.status == "succeeded" => None,
        Ok(answer) if answer.status == "failed" => Some("the provider refused it".to_owned()),
        Ok(_) => return Ok(()),
        Err(PeerError::Refused(problem)) if is_busy(&problem.code) => return Ok(()),
        Err(PeerError::Refused(problem)) => Some(problem.code),
        Err(error) => return Err(error.into()),
    };
    let mut tx = app.db.begin().await?;
    let Some(order) = store::lock(&mut tx, order.order_id).await? else { return Ok(()) };
    match failure {
        None => refund::note_succeeded(&mut tx, &order, refund).await?,
        Some(failure) => {
            tracing::error!(order.id = %order.order_id, failure, "a refund was refused");
            refund::note_failed(&mut tx, &order, refund, &failure).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn is_busy(code: &str) -> bool {
    matches!(code, "request_in_flight" | "operation_in_progress" | "attempt_in_progress")
}
