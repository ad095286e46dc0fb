//! The ledger: double entry, append-only. Every entry takes from one account what it gives to another,
//! so it sums to zero in each currency; the database refuses any other at commit.

pub(crate) mod api;
pub(crate) mod store;

use types::Money;
use uuid::Uuid;

/// What we sold for, or gave back.
const SALES: &str = "sales";

/// Money that moved, seen from both sides.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The attempt or operation that moved it: it is booked once.
    pub(crate) entry_id: Uuid,
    pub(crate) payment_id: Uuid,
    pub(crate) kind: &'static str,
    /// The account that gains.
    pub(crate) debit: String,
    /// The account that gives.
    pub(crate) credit: String,
    pub(crate) amount: Money,
}

impl Entry {
    /// The provider took money for us.
    pub(crate) fn capture(
        entry_id: Uuid,
        payment_id: Uuid,
        connector: &str,
        amount: Money,
    ) -> Self {
        let (debit, credit) = (owed_by(connector), SALES.to_owned());
        Self { entry_id, payment_id, kind: "capture", debit, credit, amount }
    }

    /// The provider gave money back for us.
    pub(crate) fn refund(entry_id: Uuid, payment_id: Uuid, connector: &str, amount: Money) -> Self {
        let (debit, credit) = (SALES.to_owned(), owed_by(connector));
        Self { entry_id, payment_id, kind: "refund", debit, credit, amount }
    }
}

/// What a provider owes us.
fn owed_by(connector: &str) -> String {
    format!("connector:{connector}")
}
