//! Telling the payment service a customer's wish to pay, and what it answers.
//!
//! The wish is written first. Whoever drives it, the request that made it or the background after a
//! crash, uses the same ids and keys, so that the payment service sees one wish.

pub(crate) mod store;

use axum::response::Response;
use contracts::{
    PeerError,
    payment::{
        CaptureMethod, ConfirmPayment, METHOD_RULE, NewPayment, Payment, PaymentStatus, is_method,
    },
};
use problem::{ProblemBody, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tracing::Instrument;
use types::{Money, Sku};
use uuid::Uuid;
use web::idempotency::Record;

use super::{
    StoredOrder, StoredOrderLine,
    advance::{advance, advance_in},
    derived_id, reply, store as order_store,
};
use crate::{App, answer::Rules};

/// A request waits this long for the payment service; the background goes on after it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the customer pays.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentMethod {
    /// Which connector; the configured default if absent.
    #[schema(max_length = 100, example = "sandbox")]
    pub(crate) connector: Option<String>,
    /// What the connector's own client library gave for the means of payment; never a card number.
    #[schema(max_length = 255, example = "tok_success")]
    pub(crate) token: String,
    /// Sort of means of payment as Stripe names them; a card if absent. Routing rules may ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_]{1,50}$", example = "card")]
    pub(crate) method: Option<String>,
    /// Where the customer comes back to after an action.
    #[schema(max_length = 2000, example = "https://shop.example/thanks")]
    pub(crate) return_url: Option<String>,
}

impl PaymentMethod {
    /// Notes every broken rule.
    pub(crate) fn check(&self, rules: &mut Rules, pointer: &str) {
        rules.optional_text(&format!("{pointer}/connector"), self.connector.as_deref(), 100);
        rules.text(&format!("{pointer}/token"), &self.token, 255);
        let is_fine = self.method.as_deref().is_none_or(is_method);
        rules.check(is_fine, &format!("{pointer}/method"), "invalid_value", METHOD_RULE);
        rules.optional_text(&format!("{pointer}/return_url"), self.return_url.as_deref(), 2000);
    }
}

/// A wish to pay with what it is for.
pub(crate) struct Wish {
    pub(crate) order: StoredOrder,
    pub(crate) lines: Vec<StoredOrderLine>,
    pub(crate) attempt: store::Attempt,
}

/// Drives the open wish of an order, as far as patience goes. Never fails: what is left open is taken up
/// by the background. Goes on even if the client hangs up.
pub(crate) async fn drive_patiently(app: &App, order_id: Uuid) {
    let app = app.clone();
    patiently(order_id, async move { drive(&app, order_id).await.map(|()| None) }).await;
}

/// The same for a wish that was written a moment ago. The answer to the request that made it, if it was
/// recorded together with the outcome.
pub(crate) async fn fulfil_patiently(app: &App, wish: Wish, record: Record) -> Option<Response> {
    let app = app.clone();
    let order_id = wish.order.order_id;
    patiently(order_id, async move { fulfil(&app, &wish, Some(record)).await }).await
}

async fn patiently(
    order_id: Uuid,
    work: impl Future<Output = Result<Option<Response>>> + Send + 'static,
) -> Option<Response> {
    let work = async move {
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(error)) => {
                tracing::warn!(order.id = %order_id, ?error, "the payment stays open")
            }
            Err(_) => tracing::warn!(order.id = %order_id, "the payment service takes too long"),
        }
        None
    };
    let trace = web::trace::current().unwrap_or_else(web::trace::TraceContext::start);
    let task = tokio::spawn(web::trace::within(trace, work).in_current_span());
    task.await.unwrap_or_else(|error| {
        tracing::error!(order.id = %order_id, %error, "driving a payment failed");
        None
    })
}

/// Reads the open wish of an order, if there is one, and fulfils it.
pub(crate) async fn drive(app: &App, order_id: Uuid) -> Result<()> {
    let Some(order) = order_store::find(&app.db, order_id).await? else { return Ok(()) };
    let Some(attempt) = store::find_open(&app.db, order_id).await? else { return Ok(()) };
    let lines = order_store::lines(&app.db, &[order_id]).await?;
    fulfil(app, &Wish { order, lines, attempt }, None).await.map(drop)
}

/// Makes sure the payment exists, starts the attempt, and moves the order by the answer; if that is more
/// than a decline, it is recorded as the answer to the request.
async fn fulfil(app: &App, wish: &Wish, record: Option<Record>) -> Result<Option<Response>> {
    let Wish { order, lines, attempt } = wish;
    let Some(payment_id) = order.payment_id else { return Ok(None) };
    let key = derived_id(order.order_id, &format!("attempt {}", attempt.number)).to_string();
    let confirm = ConfirmPayment {
        connector: attempt.connector.clone(),
        token: attempt.token.clone().unwrap_or_default(),
        method: attempt.method.clone().unwrap_or_else(|| "card".to_owned()),
        return_url: attempt.return_url.clone(),
    };
    // Both in one call the first time; whether it took effect, a retry with the key finds out.
    let answer = if order.payment_version == 0 {
        app.payment.create(&key, &new_payment(order, lines, confirm)).await
    } else {
        app.payment.confirm(payment_id, &key, &confirm).await
    };
    match answer {
        Ok(payment) => settle_attempt(app, order, payment, record).await,
        Err(error) => refuse(app, order, attempt, error).await.map(|()| None),
    }
}

fn new_payment(
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    confirm: ConfirmPayment,
) -> NewPayment {
    NewPayment {
        id: order.payment_id,
        order_id: order.order_id,
        amount: Money::new(order.total, order.currency.clone()),
        capture_method: CaptureMethod::Automatic,
        skus: lines.iter().filter_map(|line| Sku::parse(&line.sku).ok()).collect(),
        country: Some(order.shipping_address.country.clone()),
        confirm: Some(confirm),
    }
}

/// An answer may be the replay of an older one, so what counts is the payment as it is now.
async fn settle_attempt(
    app: &App,
    order: &StoredOrder,
    payment: Payment,
    record: Option<Record>,
) -> Result<Option<Response>> {
    let mut tx = app.db.begin().await?;
    advance_in(&mut tx, &payment).await?;
    if payment.status == PaymentStatus::RequiresPaymentMethod {
        tx.commit().await?;
        let reason = payment.last_error.as_deref().unwrap_or("declined");
        return close(app, order, reason).await.map(|()| None);
    }
    if let Some(record) = record {
        return reply::finish_created(tx, order.order_id, record).await.map(Some);
    }
    tx.commit().await?;
    Ok(None)
}

/// The payment service refused, or did not answer. A refusal ends the attempt unless the payment says
/// otherwise.
async fn refuse(
    app: &App,
    order: &StoredOrder,
    attempt: &store::Attempt,
    error: PeerError,
) -> Result<()> {
    let PeerError::Refused(body) = error else { return Err(error.into()) };
    tracing::info!(
        order.id = %order.order_id, attempt = attempt.number, code = body.code, "payment refused"
    );
    if body.code == "request_in_flight" {
        return Ok(()); // somebody else drives this very attempt
    }
    match app.payment.find(order.payment_id.unwrap_or_default()).await {
        Ok(payment) => {
            advance(&app.db, &payment).await?;
            if payment.status != PaymentStatus::RequiresPaymentMethod {
                return Ok(());
            }
        }
        // There is no payment that could say otherwise.
        Err(PeerError::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    close(app, order, &reason(&body)).await
}

fn reason(body: &ProblemBody) -> String {
    let decline_code = body.extensions.get("decline_code").and_then(|code| code.as_str());
    decline_code.unwrap_or(&body.code).to_owned()
}

/// The attempt came to nothing; the order waits for another.
async fn close(app: &App, order: &StoredOrder, reason: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let Some(order) = order_store::lock(&mut tx, order.order_id).await? else { return Ok(()) };
    if store::close(&mut *tx, order.order_id).await? && order.payment_status != "failed" {
        let update = order_store::Update {
            payment_status: "failed",
            last_error: Some(reason),
            next_action: None,
            ..order_store::Update::of(&order)
        };
        order_store::update(&mut *tx, &order, &update).await?;
        let why = format!("payment declined: {reason}");
        order_store::note(&mut *tx, order.order_id, Some(order.status), order.status, &why).await?;
    }
    order_store::reschedule(&mut *tx, order.order_id).await?;
    tx.commit().await?;
    Ok(())
}
