//! What others may ask the payment service. Words and statuses as Stripe uses them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{CountryCode, Money, Sku};
use uuid::Uuid;

use crate::{Peer, PeerError};

/// `type` of the event that a payment changed; data: [`Payment`].
pub const PAYMENT_CHANGED: &str = "payment.changed";

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    /// With the authorization.
    Automatic,
    /// Later, by `capture`.
    Manual,
}

/// Status of a payment intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// No attempt yet, or the last one was declined.
    RequiresPaymentMethod,
    /// The customer must act, see `next_action`.
    RequiresAction,
    /// An attempt is under way, or its outcome is not known yet.
    Processing,
    /// Authorized, waiting for `capture`.
    RequiresCapture,
    /// The money is taken.
    Succeeded,
    /// Cancelled before it succeeded.
    Canceled,
}

/// Body of `POST /v1/payments`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// Id chosen by the client, so that a retry finds the first one; made here if absent.
    pub id: Option<Uuid>,
    /// The order it pays.
    pub order_id: Uuid,
    /// What is to be paid.
    pub amount: Money,
    /// When the money is taken.
    #[serde(default = "automatic")]
    pub capture_method: CaptureMethod,
    /// What is paid for, for search.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub skus: Vec<Sku>,
    /// The order's country, for routing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

fn automatic() -> CaptureMethod {
    CaptureMethod::Automatic
}

/// Body of `POST /v1/payments/{id}/confirm`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPayment {
    /// Which connector; the routing rules choose if absent.
    pub connector: Option<String>,
    /// What the connector's own client library gave for the means of payment; never a card number.
    #[schema(example = "tok_success", max_length = 255)]
    pub token: String,
    /// Sort of means of payment as Stripe names them, for routing.
    #[serde(default = "card", skip_serializing_if = "is_card")]
    #[schema(default = "card", pattern = "^[a-z0-9_]{1,50}$")]
    pub method: String,
    /// Where the customer comes back to after an action.
    pub return_url: Option<String>,
}

fn card() -> String {
    "card".to_owned()
}

/// Left out, so that services of the version before understand it.
fn is_card(method: &str) -> bool {
    method == "card"
}

/// What [`is_method`] asks for.
pub const METHOD_RULE: &str = "must be 1 to 50 of a-z, 0-9 and _";

/// Whether a text may name a sort of means of payment.
pub fn is_method(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=50).contains(&text.len()) && text.chars().all(is_allowed)
}

/// Body of `POST /v1/payments/{id}/refunds`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Id chosen by the client, so that a retry finds the first one; made here if absent.
    pub id: Option<Uuid>,
    /// Minor units of the payment's currency; all that is left if absent.
    #[schema(minimum = 1)]
    pub amount: Option<i64>,
    /// Why, for the records.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A refund of a payment.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refund {
    /// Its id.
    pub id: Uuid,
    /// The payment it belongs to.
    pub payment_id: Uuid,
    /// What goes back.
    pub amount: Money,
    /// `pending`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A payment intent.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: Uuid,
    /// Counts its changes; a later state has a higher one.
    pub version: i64,
    /// The order it pays.
    pub order_id: Uuid,
    /// What is to be paid.
    pub amount: Money,
    /// Minor units that are authorized and neither captured nor released.
    pub amount_capturable: i64,
    /// Minor units taken so far.
    pub amount_captured: i64,
    /// Minor units given back so far.
    pub amount_refunded: i64,
    /// Where it stands.
    pub status: PaymentStatus,
    /// When the money is taken.
    pub capture_method: CaptureMethod,
    /// Status of the last attempt; `unknown` while the provider's answer is missing.
    pub attempt_status: Option<String>,
    /// What the customer must do, e.g. `{"type": "redirect", "url": …}`.
    #[schema(value_type = Option<Object>)]
    pub next_action: Option<Value>,
    /// Code of the last decline, e.g. `insufficient_funds`.
    pub last_error: Option<String>,
    /// What is paid for.
    pub skus: Vec<Sku>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// Asks the payment service.
#[derive(Clone)]
pub struct PaymentClient(Peer);

impl PaymentClient {
    /// A client of this peer.
    pub fn new(peer: Peer) -> Self {
        Self(peer)
    }

    /// Creates the intent; with the same id again it returns the first.
    pub async fn create(&self, key: &str, payment: &NewPayment) -> Result<Payment, PeerError> {
        self.0.post("/v1/payments", key, payment).await
    }

    /// Reads the intent.
    pub async fn find(&self, id: Uuid) -> Result<Payment, PeerError> {
        self.0.get(&format!("/v1/payments/{id}"), &()).await
    }

    /// Starts an attempt. A decline is a [`PeerError::Refused`] with code `payment_declined`.
    pub async fn confirm(
        &self,
        id: Uuid,
        key: &str,
        confirm: &ConfirmPayment,
    ) -> Result<Payment, PeerError> {
        self.0.post(&format!("/v1/payments/{id}/confirm"), key, confirm).await
    }

    /// Takes authorized money; all of it if `amount` is absent.
    pub async fn capture(
        &self,
        id: Uuid,
        key: &str,
        amount: Option<i64>,
    ) -> Result<Payment, PeerError> {
        let body = serde_json::json!({ "amount": amount });
        self.0.post(&format!("/v1/payments/{id}/capture"), key, &body).await
    }

    /// Cancels, releasing what is authorized.
    pub async fn cancel(&self, id: Uuid, key: &str) -> Result<Payment, PeerError> {
        self.0.post(&format!("/v1/payments/{id}/cancel"), key, &serde_json::json!({})).await
    }

    /// Gives money back.
    pub async fn refund(
        &self,
        id: Uuid,
        key: &str,
        refund: &NewRefund,
    ) -> Result<Refund, PeerError> {
        self.0.post(&format!("/v1/payments/{id}/refunds"), key, refund).await
    }
}
