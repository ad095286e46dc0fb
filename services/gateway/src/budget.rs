//! How many requests may be tried a second time: a share of all, so that retries never make an outage
//! worse.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A retry may follow every fifth request …
const SHARE: f64 = 0.2;
/// … and a few a second in any case.
const PER_SECOND: f64 = 5.0;
/// Unused retries are kept up to this number.
const MOST: f64 = 50.0;

/// The retries that are left.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<Balance>);

#[derive(Debug)]
struct Balance {
    retries: f64,
    at: Instant,
}

impl RetryBudget {
    /// A full budget.
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Balance { retries: MOST, at: now }))
    }

    /// A request came.
    pub(crate) fn deposit(&self) {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balance.retries = (balance.retries + SHARE).min(MOST);
    }

    /// Takes one retry, if one is left.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = now.saturating_duration_since(balance.at).as_secs_f64();
        balance.at = now;
        balance.retries = (balance.retries + seconds * PER_SECOND).min(MOST);
        let enough = balance.retries >= 1.0;
        if enough {
            balance.retries -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn drain(budget: &RetryBudget, now: Instant) -> usize {
        std::iter::repeat_with(|| budget.withdraw(now)).take_while(|&granted| granted).count()
    }

    #[test]
    fn retries_are_a_share_of_requests_and_a_few_a_second() {
        let start = Instant::now();
        let budget = RetryBudget::new(start);
        assert_eq!(drain(&budget, start), 50);
        for _ in 0..101 {
            budget.deposit();
        }
        assert_eq!(drain(&budget, start), 20);
        assert_eq!(drain(&budget, start + Duration::from_secs(2)), 10);
    }
}
