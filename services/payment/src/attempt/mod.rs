//! An attempt to make a payment at a provider: its states and the way they go.
//!
//! An attempt is written, as `sent`, before the provider is called, and its id is the idempotency key
//! there. What happened is learnt in four ways, the provider's answer, its webhook, the customer's
//! return and our own asking, in any order and more than once. All four end in [`settle`], where a
//! state only ever moves forward.

pub(crate) mod api;
mod make;
mod refresh;
mod settle;
pub(crate) mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::payment::PaymentStatus;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

pub(crate) use make::{Wish, make_attempt};
pub(crate) use refresh::{refresh, resolve};
pub(crate) use settle::{Outcome, settle};

use crate::{
    connector::{ChargeRef, ChargeStatus},
    payment::Intent,
    routing::Route,
};

/// How long a customer has to act.
const ACTION_TIME: Duration = Duration::from_secs(10 * 60);

/// State of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AttemptStatus {
    /// The provider is being called.
    Sent,
    /// The provider's answer is missing; whether it charged is not known.
    Unknown,
    /// The customer must act.
    RequiresAction,
    /// The provider will tell later.
    Pending,
    /// The money is set aside.
    Authorized,
    /// The money is taken.
    Captured,
    /// The provider or the customer refused.
    Declined,
    /// It is certain that nothing was charged, and why is not the customer's fault.
    Failed,
    /// Given up before any money was taken.
    Canceled,
}

impl AttemptStatus {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::RequiresAction => "requires_action",
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// The state after the provider said this, or `None` where that is no news: final states stay,
    /// open ones move forward only, so answers may come twice and in any order.
    pub fn after(self, charge: ChargeStatus) -> Option<Self> {
        let next = match charge {
            ChargeStatus::RequiresAction => Self::RequiresAction,
            ChargeStatus::Pending => Self::Pending,
            ChargeStatus::Authorized => Self::Authorized,
            ChargeStatus::Captured => Self::Captured,
            ChargeStatus::Declined => Self::Declined,
            ChargeStatus::Canceled if matches!(self, Self::Sent | Self::Unknown) => Self::Failed,
            ChargeStatus::Canceled => Self::Canceled,
        };
        (next.rank() > self.rank()).then_some(next)
    }

    /// How long until an open attempt is next compared with the provider, after `checks` times.
    pub(crate) fn check_after(self, checks: i32) -> Duration {
        match (self, checks) {
            (Self::RequiresAction, 0) => ACTION_TIME,
            (_, 0) => Duration::from_secs(1),
            (_, 1) => Duration::from_secs(5),
            (_, 2) => Duration::from_secs(30),
            (_, 3) => Duration::from_secs(2 * 60),
            _ => Duration::from_secs(10 * 60),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::Unknown => 1,
            Self::RequiresAction => 2,
            Self::Pending => 3,
            Self::Authorized | Self::Captured | Self::Declined | Self::Failed | Self::Canceled => {
                FINAL_RANK
            }
        }
    }
}

const FINAL_RANK: u8 = 4;

/// One try to authorize or take a payment.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Attempt {
    pub(crate) attempt_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) connector: String,
    pub(crate) method: String,
    pub(crate) status: AttemptStatus,
    pub(crate) error: Option<String>,
    pub(crate) provider_reference: Option<String>,
    pub(crate) ordinal: i16,
    pub(crate) route: Route,
    pub(crate) routing_version: Option<i64>,
    pub(crate) routing_rule: Option<String>,
    pub(crate) checks: i32,
    pub(crate) created_at: DateTime<Utc>,
}

impl Attempt {
    /// What the provider knows it by.
    pub(crate) fn charge_ref(&self) -> ChargeRef {
        ChargeRef { id: self.attempt_id, reference: self.provider_reference.clone() }
    }
}

/// 409 unless a new attempt may begin.
pub fn check_confirmable(intent: &Intent) -> Result<()> {
    match intent.status() {
        PaymentStatus::RequiresPaymentMethod => Ok(()),
        PaymentStatus::Processing | PaymentStatus::RequiresAction => Err(attempt_in_progress()),
        PaymentStatus::RequiresCapture | PaymentStatus::Succeeded => {
            Err(Problem::conflict("payment_not_confirmable", "the payment is made already"))
        }
        PaymentStatus::Canceled => {
            Err(Problem::conflict("payment_not_confirmable", "the payment is canceled"))
        }
    }
}

/// 409: another attempt has no outcome yet.
pub(crate) fn attempt_in_progress() -> Problem {
    Problem::conflict("attempt_in_progress", "an attempt of this payment has no outcome yet")
        .retry_after(1)
}

/// 402: the provider refused.
pub(crate) fn payment_declined(attempt: &Attempt) -> Problem {
    let code = attempt.error.as_deref().unwrap_or("declined");
    Problem::new(problem::Kind::PaymentRequired, "payment_declined", "the payment was declined")
        .with("decline_code", code)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    const CHARGES: &[ChargeStatus] = &[
        ChargeStatus::RequiresAction,
        ChargeStatus::Pending,
        ChargeStatus::Authorized,
        ChargeStatus::Captured,
        ChargeStatus::Declined,
        ChargeStatus::Canceled,
    ];

    fn apply(status: AttemptStatus, charge: ChargeStatus) -> AttemptStatus {
        status.after(charge).unwrap_or(status)
    }

    #[test]
    fn a_charge_that_was_refused_before_it_was_made_is_a_failure_of_ours() {
        let canceled = ChargeStatus::Canceled;
        assert_eq!(AttemptStatus::Unknown.after(canceled), Some(AttemptStatus::Failed));
        assert_eq!(AttemptStatus::RequiresAction.after(canceled), Some(AttemptStatus::Canceled));
    }

    proptest! {
        #[test]
        fn what_is_final_stays_whatever_comes_late(
            story in proptest::collection::vec(select(CHARGES), 1..12),
        ) {
            let mut status = AttemptStatus::Sent;
            for charge in story {
                let next = apply(status, charge);
                prop_assert!(status.rank() < FINAL_RANK || next == status);
                prop_assert!(next.rank() >= status.rank());
                status = next;
            }
        }

        #[test]
        fn the_final_state_does_not_depend_on_when_or_how_often_the_others_come(
            before in proptest::collection::vec(select(&CHARGES[..2]), 0..6),
            after in proptest::collection::vec(select(&CHARGES[..2]), 0..6),
            last in select(&CHARGES[2..5]),
        ) {
            let story = before.into_iter().chain([last, last]).chain(after);
            let told = story.fold(AttemptStatus::Sent, apply);
            prop_assert_eq!(told, apply(AttemptStatus::Sent, last));
        }
    }
}
