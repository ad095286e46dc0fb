//! What is done to the money of an attempt: captures, voids and refunds.
//!
//! Each is written as `sent`, with its amount set aside, before the provider is called, and its id is
//! the idempotency key there. One without an answer is simply sent again: the provider does it once.

pub(crate) mod api;
mod begin;
mod execute;
mod settle;
pub(crate) mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::payment::Refund;
use sqlx::FromRow;
use types::Money;
use uuid::Uuid;

pub(crate) use execute::resolve;

/// Sort of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum OperationKind {
    /// Takes authorized money.
    Capture,
    /// Releases what is authorized and not taken.
    Void,
    /// Gives taken money back.
    Refund,
}

/// State of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum OperationStatus {
    /// The provider is being called.
    Sent,
    /// The provider's answer is missing; it will be sent again.
    Unknown,
    /// Done.
    Succeeded,
    /// The provider refused; nothing moved.
    Failed,
}

impl OperationStatus {
    /// Whether the outcome is still to come.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Unknown)
    }
}

/// A capture, void or refund. The amount is in minor units of the payment's currency.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Operation {
    pub(crate) operation_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) attempt_id: Uuid,
    pub(crate) kind: OperationKind,
    pub(crate) amount: i64,
    pub(crate) status: OperationStatus,
    pub(crate) reason: Option<String>,
    pub(crate) checks: i32,
    pub(crate) created_at: DateTime<Utc>,
}

impl Operation {
    /// A refund as others see it; `amount` is its own, with the payment's currency.
    pub(crate) fn to_refund(&self, amount: Money) -> Refund {
        let status = match self.status {
            OperationStatus::Sent | OperationStatus::Unknown => "pending",
            OperationStatus::Succeeded => "succeeded",
            OperationStatus::Failed => "failed",
        };
        Refund {
            id: self.operation_id,
            payment_id: self.payment_id,
            amount,
            status: status.to_owned(),
            reason: self.reason.clone(),
            created_at: self.created_at,
        }
    }
}

/// How long until an open operation is sent again, after `checks` times.
pub(crate) fn retry_after(checks: i32) -> Duration {
    Duration::from_secs(match checks {
        0 => 1,
        1 => 5,
        2 => 30,
        3 => 2 * 60,
        _ => 10 * 60,
    })
}
