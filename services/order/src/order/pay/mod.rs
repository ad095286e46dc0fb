//! Telling the payment service a customer's wish to pay, and what it answers.
//!
//! The wish is written first. Whoever drives it, the request that made it or the background after a
//! crash, uses the same ids and keys, so that the payment service sees one wish.

pub(crate) mod store;

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

use super::{StoredOrder, StoredOrderLine, advance::advance, derived_id, store as order_store};
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
    patiently(order_id, async move { drive(&app, order_id).await }).await;
}

/// The same for a wish that was written a moment ago.
pub(crate) async fn fulfil_patiently(app: &App, wish: Wish) {
    let app = app.clone();
    patiently(wish.order.order_id, async move { fulfil(&app, &wish).await }).await;
}

async fn patiently(order_id: Uuid, work: impl Future<Output = Result<()>> + Send + 'static) {
    let work = async move {
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(order.id = %order_id, ?error, "the payment stays open")
            }
            Err(_) => tracing::warn!(order.id = %order_id, "the payment service takes too long"),
        }
    };
    let trace = web::trace::current().unwrap_or_else(web::trace::TraceContext::start);
    let task = tokio::spawn(web::trace::within(trace, work).in_current_span());
    if let Err(error) = task.await {
        tracing::error!(order.id = %order_id, %error, "driving a payment failed");
    }
}

/// Reads the open wish of an order, if there is one, and fulfils it.
pub(crate) async fn drive(app: &App, order_id: Uuid) -> Result<()> {
    let Some(order) = order_store::find(&app.db, order_id).await? else { return Ok(()) };
    let Some(attempt) = store::find_open(&app.db, order_id).await? else { return Ok(()) };
    let lines = order_store::lines(&app.db, &[order_id]).await?;
    fulfil(app, &Wish { order, lines, attempt }).await
}

/// Makes sure the payment exists, starts the attempt, and moves the order by the answer.
async fn fulfil(app: &App, wish: &Wish) -> Result<()> {
    let Wish { order, lines, attempt } = wish;
    let Some(payment_id) = order.payment_id else { return Ok(()) };
    // That it exists is no news for the order: what counts is what becomes of the attempt.
    if order.payment_version == 0
        && let Err(error) =
            app.payment.create(&payment_id.to_string(), &new_payment(order, lines)).await
    {
        return refuse(app, order, attempt, error).await;
    }
    let key = derived_id(order.order_id, &format!("attempt {}", attempt.number)).to_string();
    let confirm = ConfirmPayment {
        connector: attempt.connector.clone(),
        token: attempt.token.clone().unwrap_or_default(),
        method: attempt.method.clone().unwrap_or_else(|| "card".to_owned()),
        return_url: attempt.return_url.clone(),
    };
    match app.payment.confirm(payment_id, &key, &confirm).await {
        Ok(payment) => settle_attempt(app, order, payment).await,
        Err(error) => refuse(app, order, attempt, error).await,
    }
}

fn new_payment(order: &StoredOrder, lines: &[StoredOrderLine]) -> NewPayment {
    NewPayment {
        id: order.payment_id,
        order_id: order.order_id,
        amount: Money::new(order.total, order.currency.clone()),
        capture_method: CaptureMethod::Automatic,
        skus: lines.iter().filter_map(|line| Sku::parse(&line.sku).ok()).collect(),
        country: Some(order.shipping_address.country.clone()),
    }
}

/// An answer may be the replay of an older one, so what counts is the payment as it is now.
async fn settle_attempt(app: &App, order: &StoredOrder, payment: Payment) -> Result<()> {
    let is_final = payment.status != PaymentStatus::RequiresPaymentMethod;
    advance(&app.db, &payment).await?;
    if !is_final {
        return close(app, order, payment.last_error.as_deref().unwrap_or("declined")).await;
    }
    Ok(())
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
