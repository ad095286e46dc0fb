//! Comparing a provider's books with ours.
//!
//! Once a day, and on demand, every charge that a connector made in a time is compared with the ledger.
//! What is still open here is not judged but looked after; what is settled and different is a
//! difference that people must look at. A comparison goes on where it was cut off.

pub(crate) mod api;
mod compare;
pub(crate) mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use types::{CurrencyCode, Money};
use uuid::Uuid;

pub(crate) use compare::run;
pub use compare::{reconcile_due, schedule};

/// How often each connector is compared.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// A comparison begins so long before the end of the one before.
const OVERLAP: Duration = Duration::from_secs(60 * 60);
/// What is younger is still being worked on.
const SETTLING: Duration = Duration::from_secs(15 * 60);

/// A comparison of a connector's charges with ours.
#[derive(Debug, Clone, FromRow, Serialize, utoipa::ToSchema)]
pub(crate) struct Reconciliation {
    /// Its id.
    #[sqlx(rename = "reconciliation_id")]
    pub(crate) id: Uuid,
    /// The connector.
    #[schema(example = "stripe")]
    pub(crate) connector: String,
    /// Charges that were made since.
    #[sqlx(rename = "from_at")]
    pub(crate) from: DateTime<Utc>,
    /// Charges that were made before.
    #[sqlx(rename = "until_at")]
    pub(crate) until: DateTime<Utc>,
    /// `running`, `finished` or `failed`: the provider did not answer for a day.
    #[schema(example = "finished")]
    pub(crate) status: String,
    /// The provider's last charge that was compared.
    #[serde(skip)]
    pub(crate) after: Option<String>,
    /// Charges that were compared so far.
    pub(crate) compared: i64,
    /// Differences that were found so far.
    pub(crate) differences: i64,
    /// Why it does not go on for now.
    pub(crate) error: Option<String>,
    /// When it was begun.
    pub(crate) created_at: DateTime<Utc>,
    /// When it ended.
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum DifferenceKind {
    /// The provider took money and it is no attempt of ours.
    UnknownCharge,
    /// We booked money that the provider knows nothing of.
    MissingCharge,
    /// More or less was taken than we booked.
    CapturedDiffers,
    /// More or less was given back than we booked.
    RefundedDiffers,
}

impl DifferenceKind {
    /// The word on the wire and in the table.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::UnknownCharge => "unknown_charge",
            Self::MissingCharge => "missing_charge",
            Self::CapturedDiffers => "captured_differs",
            Self::RefundedDiffers => "refunded_differs",
        }
    }
}

/// What a provider and we say about the same charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) kind: DifferenceKind,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) attempt_id: Option<Uuid>,
    pub(crate) reference: Option<String>,
    pub(crate) currency: CurrencyCode,
    /// Minor units that we booked.
    pub(crate) ours: Option<i64>,
    /// Minor units that the provider says.
    pub(crate) theirs: Option<i64>,
}

/// What we booked of an attempt.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Booked {
    pub(crate) attempt_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) provider_reference: Option<String>,
    #[sqlx(try_from = "String")]
    pub(crate) currency: CurrencyCode,
    pub(crate) captured: i64,
    pub(crate) refunded: i64,
    /// The attempt or something that is done to its money has no outcome yet.
    pub(crate) is_open: bool,
}

/// What is different between a charge and what we booked of it; nothing if it is still open here.
pub(crate) fn differences(
    captured: &Money,
    refunded: i64,
    reference: Option<&str>,
    ours: Option<&Booked>,
) -> Vec<Difference> {
    let difference = |kind, ours: Option<i64>, theirs| Difference {
        kind,
        payment_id: None,
        attempt_id: None,
        reference: reference.map(ToOwned::to_owned),
        currency: captured.currency.clone(),
        ours,
        theirs: Some(theirs),
    };
    let Some(booked) = ours else {
        let unknown = difference(DifferenceKind::UnknownCharge, None, captured.amount);
        return if captured.amount == 0 { Vec::new() } else { vec![unknown] };
    };
    if booked.is_open {
        return Vec::new();
    }
    let is_same = captured.amount == booked.captured
        && (captured.amount == 0 || captured.currency == booked.currency);
    let mut found = Vec::new();
    if !is_same {
        let kind = DifferenceKind::CapturedDiffers;
        found.push(difference(kind, Some(booked.captured), captured.amount));
    }
    if refunded != booked.refunded {
        let kind = DifferenceKind::RefundedDiffers;
        found.push(difference(kind, Some(booked.refunded), refunded));
    }
    for difference in &mut found {
        difference.payment_id = Some(booked.payment_id);
        difference.attempt_id = Some(booked.attempt_id);
    }
    found
}
