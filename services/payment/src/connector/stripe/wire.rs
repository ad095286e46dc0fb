//! What we read of Stripe's answers; all else is ignored.

use std::collections::BTreeMap;

use serde::Deserialize;
use types::CurrencyCode;

use super::{amount::from_stripe, provider::ATTEMPT};
use crate::connector::{Charge, ChargeStatus, Listed, NoAnswer};

#[derive(Debug, Deserialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    pub(super) amount: i64,
    currency: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) amount_received: i64,
    last_payment_error: Option<StripeError>,
    next_action: Option<NextAction>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    latest_charge: Option<LatestCharge>,
}

/// Only its id, unless the request asks for more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum LatestCharge {
    Expanded { amount_refunded: i64 },
    Id(#[expect(dead_code, reason = "tells the two forms apart")] String),
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<Redirect>,
}

#[derive(Debug, Deserialize)]
struct Redirect {
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: StripeError,
}

#[derive(Debug, Deserialize)]
pub(super) struct StripeError {
    #[serde(rename = "type")]
    kind: Option<String>,
    pub(super) code: Option<String>,
    decline_code: Option<String>,
}

impl StripeError {
    /// Why, in one word: the issuer's, else Stripe's.
    pub(super) fn word(self) -> String {
        let word = self.decline_code.or(self.code).or(self.kind);
        word.unwrap_or_else(|| "declined".to_owned())
    }

    /// The thing is in another state than the request needs.
    pub(super) fn is_of_state(&self) -> bool {
        let code = self.code.as_deref();
        matches!(code, Some("payment_intent_unexpected_state" | "charge_already_captured"))
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

impl PaymentIntent {
    /// The charge that it stands for; `None` if it was never confirmed.
    pub(super) fn into_charge(self) -> Result<Option<Charge>, NoAnswer> {
        let status = match self.status.as_str() {
            "requires_confirmation" => return Ok(None),
            "requires_payment_method" if self.last_payment_error.is_none() => return Ok(None),
            "requires_payment_method" => ChargeStatus::Declined,
            "requires_action" => ChargeStatus::RequiresAction,
            "processing" => ChargeStatus::Pending,
            "requires_capture" => ChargeStatus::Authorized,
            "succeeded" => ChargeStatus::Captured,
            "canceled" => ChargeStatus::Canceled,
            other => return Err(NoAnswer::because(format!("a payment intent is {other:?}"))),
        };
        let action = self.next_action.and_then(|action| action.redirect_to_url);
        Ok(Some(Charge {
            status,
            amount: from_stripe(self.amount, currency_of(&self.currency)?),
            amount_released: 0,
            decline_code: self.last_payment_error.map(StripeError::word),
            action_url: action.and_then(|redirect| redirect.url),
        }))
    }
}

impl PaymentIntent {
    /// The charge as a list shows it; it must have been asked for with its last charge.
    pub(super) fn into_listed(self) -> Result<Listed, NoAnswer> {
        let currency = currency_of(&self.currency)?;
        let refunded = match self.latest_charge {
            Some(LatestCharge::Expanded { amount_refunded }) => amount_refunded,
            _ => 0,
        };
        Ok(Listed {
            position: self.id.clone(),
            attempt_id: self.metadata.get(ATTEMPT).and_then(|id| id.parse().ok()),
            reference: Some(self.id),
            captured: from_stripe(self.amount_received, currency.clone()),
            refunded: from_stripe(if self.amount_received > 0 { refunded } else { 0 }, currency)
                .amount,
        })
    }
}

/// Stripe writes currencies in lower case.
fn currency_of(text: &str) -> Result<CurrencyCode, NoAnswer> {
    CurrencyCode::parse(&text.to_ascii_uppercase()).map_err(NoAnswer::because)
}
