//! What may be tried a few times in a row, and then once in a while. Failed logins leak away slowly: per
//! account and address together, per address, and per account from addresses it has never signed in from,
//! so that nobody can lock the owner out. Mails and second factors have
//! buckets of their own.

pub(crate) mod attempt;
pub(crate) mod store;

/// How many attempts there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Attempts in a row.
    pub(crate) capacity: f64,
    /// One more after so many seconds.
    pub(crate) leak_seconds: f64,
}

/// One account from one address.
pub(crate) const PAIR: Rule = Rule { capacity: 10.0, leak_seconds: 60.0 };
/// One address, whatever the account.
pub(crate) const ADDRESS: Rule = Rule { capacity: 100.0, leak_seconds: 6.0 };
/// One account from all addresses unknown to it.
pub(crate) const ACCOUNT: Rule = Rule { capacity: 100.0, leak_seconds: 36.0 };

/// Mails to one address, from everywhere.
pub(crate) const MAIL_TO: Rule = Rule { capacity: 5.0, leak_seconds: 600.0 };
/// Mails asked for from one place, to whomever.
pub(crate) const MAIL_FROM: Rule = Rule { capacity: 30.0, leak_seconds: 60.0 };
/// Codes of one account's second factor, from everywhere: three in a million are right at a time.
pub(crate) const SECOND_FACTOR: Rule = Rule { capacity: 5.0, leak_seconds: 300.0 };
