//! What the state of a payment means for an order. Pure.

use contracts::payment::{Payment, PaymentStatus};
use types::Money;

use super::OrderStatus;

/// What is to happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Nothing.
    Stay,
    /// It is paid for: keep its stock for good.
    Confirm,
    /// It is paid for after it expired: confirm it if stock and coupons can still be had, else give the
    /// money back.
    ConfirmLate,
    /// It ended, and money was taken: give it back.
    GiveBack,
    /// It ended, and its payment could still succeed: cancel that.
    Void,
    /// Its payment was cancelled: it ends.
    End(OrderStatus),
    /// Something else was paid than agreed: people must look at it.
    Mismatch,
}

/// What an order brings to the decision.
pub struct Situation<'a> {
    /// Where it stands.
    pub status: OrderStatus,
    /// What was agreed.
    pub total: &'a Money,
    /// Whether its stock is not kept any more.
    pub is_expired: bool,
    /// What was given back or is on its way.
    pub refunded: i64,
}

/// Decides; the same question always has the same answer, and an answer that took effect leads to
/// [`Move::Stay`].
pub fn decide(order: &Situation<'_>, payment: &Payment) -> Move {
    let pays = matches!(payment.status, PaymentStatus::Succeeded | PaymentStatus::RequiresCapture);
    match order.status {
        OrderStatus::Pending if pays => {
            if pays_all(order, payment) {
                Move::Confirm
            } else {
                Move::Mismatch
            }
        }
        OrderStatus::Pending if payment.status == PaymentStatus::Canceled => {
            let expired = OrderStatus::Expired;
            Move::End(if order.is_expired { expired } else { OrderStatus::Cancelled })
        }
        OrderStatus::Pending | OrderStatus::Confirmed | OrderStatus::Completed => Move::Stay,
        OrderStatus::Expired if pays && order.refunded == 0 && pays_all(order, payment) => {
            Move::ConfirmLate
        }
        OrderStatus::Expired | OrderStatus::Cancelled => match payment.status {
            PaymentStatus::Succeeded if payment.amount_captured > order.refunded => Move::GiveBack,
            PaymentStatus::Succeeded | PaymentStatus::Canceled => Move::Stay,
            _ => Move::Void,
        },
    }
}

fn pays_all(order: &Situation<'_>, payment: &Payment) -> bool {
    let taken = match payment.status {
        PaymentStatus::RequiresCapture => payment.amount_capturable,
        _ => payment.amount_captured,
    };
    payment.amount == *order.total && taken >= order.total.amount
}

/// The order's `payment_status`.
pub fn payment_status(payment: &Payment) -> &'static str {
    match payment.status {
        PaymentStatus::RequiresPaymentMethod if payment.last_error.is_some() => "failed",
        PaymentStatus::RequiresPaymentMethod => "pending",
        PaymentStatus::RequiresAction => "requires_action",
        PaymentStatus::Processing => match payment.attempt_status.as_deref() {
            Some("unknown") => "unknown",
            _ => "pending",
        },
        PaymentStatus::RequiresCapture => "authorized",
        PaymentStatus::Canceled => "cancelled",
        PaymentStatus::Succeeded => match payment.amount_refunded {
            0 => "paid",
            refunded if refunded >= payment.amount_captured => "refunded",
            _ => "partially_refunded",
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payment(status: &str, captured: i64) -> Payment {
        serde_json::from_value(json!({
            "id": uuid::Uuid::nil(), "version": 2, "order_id": uuid::Uuid::nil(),
            "amount": {"amount": 100, "currency": "EUR"}, "amount_capturable": 0,
            "amount_captured": captured, "amount_refunded": 0, "status": status,
            "capture_method": "automatic", "attempt_status": null, "next_action": null,
            "last_error": null, "skus": [], "created_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap()
    }

    fn moves(status: OrderStatus, refunded: i64, payment: &Payment) -> Move {
        let total = serde_json::from_value(json!({"amount": 100, "currency": "EUR"})).unwrap();
        decide(&Situation { status, total: &total, is_expired: true, refunded }, payment)
    }

    #[test]
    fn a_paid_order_is_confirmed_once() {
        let paid = payment("succeeded", 100);
        assert_eq!(moves(OrderStatus::Pending, 0, &paid), Move::Confirm);
        assert_eq!(moves(OrderStatus::Confirmed, 0, &paid), Move::Stay);
        assert_eq!(moves(OrderStatus::Completed, 0, &paid), Move::Stay);
    }

    #[test]
    fn another_amount_than_agreed_confirms_nothing() {
        assert_eq!(moves(OrderStatus::Pending, 0, &payment("succeeded", 99)), Move::Mismatch);
        let mut dear = payment("succeeded", 100);
        dear.amount.amount = 200;
        assert_eq!(moves(OrderStatus::Pending, 0, &dear), Move::Mismatch);
    }

    #[test]
    fn money_for_an_order_that_ended_goes_back_once() {
        let paid = payment("succeeded", 100);
        assert_eq!(moves(OrderStatus::Cancelled, 0, &paid), Move::GiveBack);
        assert_eq!(moves(OrderStatus::Cancelled, 100, &paid), Move::Stay);
        assert_eq!(moves(OrderStatus::Expired, 0, &paid), Move::ConfirmLate);
        assert_eq!(moves(OrderStatus::Expired, 100, &paid), Move::Stay);
    }

    #[test]
    fn a_payment_that_could_still_succeed_is_cancelled_with_its_order() {
        for status in ["requires_payment_method", "requires_action", "processing"] {
            assert_eq!(moves(OrderStatus::Cancelled, 0, &payment(status, 0)), Move::Void);
            assert_eq!(moves(OrderStatus::Pending, 0, &payment(status, 0)), Move::Stay);
        }
    }
}
