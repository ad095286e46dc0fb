//! What may be tried a few times in a row, and then once in a while. Failed logins leak away slowly: per
//! account and address together, per address, and per account from addresses it has never signed in from,
//! so that nobody can lock the owner out. Mails and second factors have
//! buckets of their own.

pub(crate) mod attempt;
pub(crate) mod store;

use chrono::{DateTime, Utc};

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

impl Rule {
    /// The level after one more attempt, or the whole seconds to wait for it.
    pub(crate) fn add_one(
        self,
        level: f64,
        updated_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<f64, u64> {
        let elapsed = (now - updated_at).num_milliseconds().max(0) as f64 / 1000.0;
        let filled = (level - elapsed / self.leak_seconds).max(0.0) + 1.0;
        if filled <= self.capacity {
            return Ok(filled);
        }
        Err(((filled - self.capacity) * self.leak_seconds).ceil().max(1.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const RULE: Rule = Rule { capacity: 3.0, leak_seconds: 60.0 };

    #[test]
    fn after_the_capacity_one_attempt_leaks_away_at_a_time() {
        let start = DateTime::UNIX_EPOCH;
        let mut level = 0.0;
        for _ in 0..3 {
            level = RULE.add_one(level, start, start).unwrap();
        }
        assert_eq!(RULE.add_one(level, start, start), Err(60));
        assert_eq!(RULE.add_one(level, start, start + TimeDelta::seconds(59)), Err(1));
        let later = start + TimeDelta::seconds(60);
        let level = RULE.add_one(level, start, later).unwrap();
        assert_eq!(RULE.add_one(level, later, later), Err(60));
    }

    #[test]
    fn a_long_rest_empties_the_bucket() {
        let start = DateTime::UNIX_EPOCH;
        assert_eq!(RULE.add_one(3.0, start, start + TimeDelta::days(1)), Ok(1.0));
    }
}
