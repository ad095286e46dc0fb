//! What goes on without a request: the payment feed is followed, and orders that are due are looked at.

use std::time::Duration;

use contracts::{
    PeerError,
    event::Event,
    payment::{PAYMENT_CHANGED, Payment, PaymentStatus},
};
use outbox::Follower;
use problem::Result;
use sqlx::PgConnection;
use types::Region;
use uuid::Uuid;

use crate::{
    App,
    order::{
        OrderStatus, StoredOrder,
        advance::{advance, advance_by_id},
        cancel::expire,
        derived_id, pay, settle, store,
    },
};

/// How often due orders are looked for.
const INTERVAL: Duration = Duration::from_millis(500);
/// Orders taken at a time.
const BATCH: i64 = 10;

/// Moves orders by what the payment feed tells, for ever.
pub async fn follow_payments(app: App, follower: Follower) {
    let handle = async move |_: &mut PgConnection, events: &[Event]| {
        let (app, events) = (app.clone(), events.to_vec());
        take_events(app, events).await
    };
    follower.run(handle).await;
}

/// Each order moves in a transaction of its own, before the cursor does: moving is idempotent, and no
/// two orders are ever locked together.
pub async fn take_events(app: App, events: Vec<Event>) -> Result<()> {
    let news: Vec<Payment> = events.into_iter().filter_map(read).collect();
    let known = store::known(&app.db, &news).await?;
    for (payment, _) in news.iter().zip(known).filter(|(_, is_known)| !is_known) {
        advance(&app.db, payment).await?;
    }
    Ok(())
}

/// The state of a payment, if the event tells one that may move an order.
fn read(event: Event) -> Option<Payment> {
    if event.kind != PAYMENT_CHANGED {
        return None;
    }
    match serde_json::from_value::<Payment>(event.data) {
        // While the provider is being asked, whatever comes of it is told next.
        Ok(payment) => (payment.attempt_status.as_deref() != Some("sent")).then_some(payment),
        Err(error) => {
            tracing::error!(event.id = %event.id, %error, "an event cannot be read, passed over");
            None
        }
    }
}

/// Works on due orders whose payment is in this region, for ever: one that does not answer keeps up only
/// its own. The first region also has the orders that name none.
pub async fn work_for_ever(app: App, region: Option<Region>) {
    loop {
        match work_once(&app, region).await {
            Ok(0) => tokio::time::sleep(INTERVAL).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(?error, "looking for due orders failed, will try again");
                tokio::time::sleep(INTERVAL * 4).await;
            }
        }
    }
}

/// Takes a batch of due orders and works on each; says how many they were.
pub async fn work_once(app: &App, region: Option<Region>) -> Result<usize> {
    let regions = app.cells.0.iter().map(|cell| cell.region);
    let has_rest = region == regions.clone().next();
    let named: Vec<String> = regions
        .filter(|it| (Some(*it) == region) != has_rest)
        .map(|region| region.digits())
        .collect();
    let due = store::claim_due(&app.db, BATCH, &named, has_rest).await?;
    let work = due.iter().map(|order_id| work_on(app, *order_id));
    for (order_id, done) in due.iter().zip(futures::future::join_all(work).await) {
        if let Err(error) = done {
            tracing::warn!(order.id = %order_id, ?error, "the order stays due");
        }
    }
    Ok(due.len())
}

async fn work_on(app: &App, order_id: Uuid) -> Result<()> {
    let Some(order) = store::find(&app.db, order_id).await? else { return Ok(()) };
    let done = work(app, &order).await;
    store::reschedule(&app.db, order_id).await?;
    done
}

async fn work(app: &App, order: &StoredOrder) -> Result<()> {
    let is_pending = order.status == OrderStatus::Pending;
    if is_pending && order.give_up_at <= order.now {
        return end_late(app, order.order_id).await;
    }
    if is_pending && pay::store::find_open(&app.db, order.order_id).await?.is_some() {
        return pay::drive(app, order.order_id).await;
    }
    if is_pending && order.is_expired() {
        return cancel_payment(app, order).await;
    }
    match order.payment_id {
        Some(payment_id) if is_pending => advance_by_id(app, payment_id).await.map(drop),
        _ => settle::settle(app, order.order_id).await,
    }
}

/// The order's time is over: its payment is cancelled, and with it the order. If it turns out to be
/// paid, the order is confirmed; if its outcome is open, it is waited for.
async fn cancel_payment(app: &App, order: &StoredOrder) -> Result<()> {
    let Some(payment_id) = order.payment_id else { return end_late(app, order.order_id).await };
    let key = derived_id(order.order_id, "cancel").to_string();
    match app.payment.cancel(payment_id, &key).await {
        Ok(payment) if payment.status == PaymentStatus::Canceled => {
            advance(&app.db, &payment).await
        }
        Err(PeerError::Refused(problem)) if problem.status == 404 => {
            end_late(app, order.order_id).await
        }
        Ok(_) | Err(PeerError::Refused(_)) => advance_by_id(app, payment_id).await.map(drop),
        Err(error) => Err(error.into()),
    }
}

/// Ends a pending order whatever its payment does: what is taken later goes back.
async fn end_late(app: &App, order_id: Uuid) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let order = store::lock(&mut tx, order_id).await?;
    let order = order.filter(|it| it.status == OrderStatus::Pending && it.is_expired());
    if let Some(order) = order {
        expire(&mut tx, &order).await?;
        tx.commit().await?;
    }
    Ok(())
}
