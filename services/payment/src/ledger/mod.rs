//! The ledger: double entry, append-only. Every entry takes from one account what it gives to another,
//! so it sums to zero in each currency; the database refuses any other at commit.

pub(crate) mod api;
pub(crate) mod store;

use types::Money;
use uuid::Uuid;

/// What we sold for, or gave back.
const SALES: &str = "sales";
/// What the provider owes us.
const PROVIDER: &str = "connector:sandbox";

/// Money that moved, seen from both sides.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The attempt or operation that moved it: it is booked once.
    pub(crate) entry_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) kind: &'static str,
    /// The account that gains.
    pub(crate) debit: &'static str,
    /// The account that gives.
    pub(crate) credit: &'static str,
    pub(crate) amount: Money,
}

impl Entry {
    /// The provider took money for us.
    pub(crate) fn capture(entry_id: Uuid, payment_id: Uuid, amount: Money) -> Self {
        Self { entry_id, payment_id, kind: "capture", debit: PROVIDER, credit: SALES, amount }
    }

    /// The provider gave money back for us.
    pub(crate) fn refund(entry_id: Uuid, payment_id: Uuid, amount: Money) -> Self {
        Self { entry_id, payment_id, kind: "refund", debit: SALES, credit: PROVIDER, amount }
    }
}
