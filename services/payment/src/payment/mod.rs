//! A payment intent: what is to be paid, how much of it has moved, and the status that follows.

pub(crate) mod api;
mod publish;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use contracts::payment::{CaptureMethod, NewPayment, Payment, PaymentStatus};
use problem::{Problem, Result, Violation};
use serde_json::json;
use sqlx::FromRow;
use types::{CurrencyCode, Money, Region, Sku};
use uuid::Uuid;

pub(crate) use publish::publish_change;

use crate::attempt::AttemptStatus;

const MAX_SKUS: usize = 500;

/// A payment with its last attempt. Amounts are minor units of `currency`.
#[derive(Debug, Clone, FromRow)]
pub struct Intent {
    pub payment_id: Uuid,
    pub version: i64,
    pub order_id: Uuid,
    pub amount: i64,
    #[sqlx(try_from = "String")]
    pub currency: CurrencyCode,
    pub captures_later: bool,
    #[sqlx(json)]
    pub skus: Vec<Sku>,
    pub amount_authorized: i64,
    pub amount_capturing: i64,
    pub amount_captured: i64,
    pub amount_released: i64,
    pub amount_refunding: i64,
    pub amount_refunded: i64,
    pub is_canceled: bool,
    pub is_voiding: bool,
    pub attempt_id: Option<Uuid>,
    pub attempt_status: Option<AttemptStatus>,
    pub last_error: Option<String>,
    pub action_url: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The order's country.
    pub country: Option<String>,
}

impl Intent {
    /// Minor units that may still be captured.
    pub(crate) fn capturable(&self) -> i64 {
        self.amount_authorized - self.amount_captured - self.amount_capturing - self.amount_released
    }

    /// Minor units that may still be refunded.
    pub(crate) fn refundable(&self) -> i64 {
        self.amount_captured - self.amount_refunded - self.amount_refunding
    }

    /// Where it stands. Derived, so that it cannot contradict the amounts and the attempt.
    pub fn status(&self) -> PaymentStatus {
        use AttemptStatus::{
            Authorized, Canceled, Captured, Declined, Failed, Pending, RequiresAction, Sent,
            Unknown,
        };
        let is_moving = self.is_voiding || self.amount_capturing > 0;
        match self.attempt_status {
            _ if self.is_canceled => PaymentStatus::Canceled,
            None | Some(Declined | Failed | Canceled) => PaymentStatus::RequiresPaymentMethod,
            Some(Sent | Unknown | Pending) => PaymentStatus::Processing,
            Some(RequiresAction | Authorized | Captured) if is_moving => PaymentStatus::Processing,
            Some(RequiresAction) => PaymentStatus::RequiresAction,
            Some(Authorized | Captured) if self.capturable() > 0 => PaymentStatus::RequiresCapture,
            Some(Authorized | Captured) => PaymentStatus::Succeeded,
        }
    }

    /// An amount in the payment's currency.
    pub(crate) fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency.clone())
    }

    /// What others see of it.
    pub fn to_payment(&self) -> Payment {
        let status = self.status();
        let action_url =
            self.action_url.as_ref().filter(|_| status == PaymentStatus::RequiresAction);
        Payment {
            id: self.payment_id,
            version: self.version,
            order_id: self.order_id,
            amount: self.money(self.amount),
            amount_capturable: self.capturable(),
            amount_captured: self.amount_captured,
            amount_refunded: self.amount_refunded,
            status,
            capture_method: self.capture_method(),
            attempt_status: self.attempt_status.map(|status| status.as_str().to_owned()),
            next_action: action_url.map(|url| json!({ "type": "redirect", "url": url })),
            last_error: self.last_error.clone(),
            skus: self.skus.clone(),
            created_at: self.created_at,
        }
    }

    fn is_the_same_as(&self, new: &NewPayment) -> bool {
        self.order_id == new.order_id
            && self.money(self.amount) == new.amount
            && self.capture_method() == new.capture_method
            && self.skus == new.skus
    }

    fn capture_method(&self) -> CaptureMethod {
        if self.captures_later { CaptureMethod::Manual } else { CaptureMethod::Automatic }
    }
}

/// 409 unless this is what the request asks for: then a second creation with the id is a retry.
pub(crate) fn check_same(intent: &Intent, new: &NewPayment) -> Result<()> {
    if intent.is_the_same_as(new) {
        return Ok(());
    }
    Err(Problem::conflict("payment_id_taken", "another payment has this id"))
}

/// 422 with every rule that a new payment breaks.
pub(crate) fn check_new(payment: &NewPayment, region: Option<Region>) -> Result<()> {
    let mut violations = Vec::new();
    if let (Some(id), Some(_)) = (payment.id, region)
        && Region::of(id) != region
    {
        let rule = "must be a UUID of version 8 whose last four bytes name this region";
        violations.push(Violation::at("/id", "wrong_region", rule));
    }
    if payment.confirm.is_some() && payment.id.is_none() {
        // So that a retry after a crash finds the payment that was charged, whatever was recorded.
        violations.push(Violation::at("/id", "required", "is needed with confirm"));
    }
    if payment.amount.amount <= 0 {
        violations.push(Violation::at("/amount/amount", "out_of_range", "must be at least 1"));
    }
    if payment.skus.len() > MAX_SKUS {
        let rule = format!("must have at most {MAX_SKUS} items");
        violations.push(Violation::at("/skus", "too_many", rule));
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(attempt_status: Option<AttemptStatus>) -> Intent {
        Intent {
            payment_id: Uuid::now_v7(),
            version: 1,
            order_id: Uuid::now_v7(),
            amount: 100,
            currency: CurrencyCode::parse("EUR").unwrap(),
            captures_later: true,
            skus: Vec::new(),
            amount_authorized: 0,
            amount_capturing: 0,
            amount_captured: 0,
            amount_released: 0,
            amount_refunding: 0,
            amount_refunded: 0,
            is_canceled: false,
            is_voiding: false,
            attempt_id: None,
            attempt_status,
            last_error: None,
            action_url: Some("http://shop.test/act".into()),
            created_at: DateTime::UNIX_EPOCH,
            country: None,
        }
    }

    #[test]
    fn a_declined_attempt_asks_for_another_means_of_payment() {
        for status in [None, Some(AttemptStatus::Declined), Some(AttemptStatus::Failed)] {
            assert_eq!(intent(status).status(), PaymentStatus::RequiresPaymentMethod);
        }
    }

    #[test]
    fn what_is_authorized_waits_for_capture_until_all_is_taken_or_released() {
        let mut intent = intent(Some(AttemptStatus::Authorized));
        intent.amount_authorized = 100;
        assert_eq!(intent.status(), PaymentStatus::RequiresCapture);
        intent.amount_captured = 40;
        assert_eq!(intent.status(), PaymentStatus::RequiresCapture);
        intent.amount_released = 60;
        assert_eq!(intent.status(), PaymentStatus::Succeeded);
    }

    #[test]
    fn money_on_the_move_is_processing() {
        let mut intent = intent(Some(AttemptStatus::Authorized));
        intent.amount_authorized = 100;
        intent.amount_capturing = 10;
        assert_eq!(intent.status(), PaymentStatus::Processing);
    }

    #[test]
    fn an_action_is_shown_only_while_it_is_required() {
        let mut intent = intent(Some(AttemptStatus::RequiresAction));
        assert!(intent.to_payment().next_action.is_some());
        intent.is_canceled = true;
        assert!(intent.to_payment().next_action.is_none());
    }
}
