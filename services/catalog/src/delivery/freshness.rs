//! How old answers may be.
//!
//! What a replica answers is as of the moment when it last had every change of the catalog. As long as
//! that lies behind, answers tell it (`Age`), so that caches count from there; a replica that is cut off
//! from the changes for as long as the oldest answer may be kept anywhere does not answer at all.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use problem::{Problem, Result};
use web::Lifecycle;

use super::reply::{MAX_AGE_SECONDS, STALE_SECONDS};

/// The oldest that an answer may be.
const LIMIT: Duration = Duration::from_secs((MAX_AGE_SECONDS + STALE_SECONDS) as u64);

/// How often it is looked whether there are answers.
const INTERVAL: Duration = Duration::from_millis(500);

/// When this replica last had every change.
pub(super) struct Freshness(ArcSwap<Instant>);

impl Default for Freshness {
    fn default() -> Self {
        Self(ArcSwap::from_pointee(Instant::now()))
    }
}

impl Freshness {
    /// At this moment it had every change.
    pub(super) fn confirm(&self, moment: Instant) {
        self.0.store(Arc::new(moment));
    }

    /// How old an answer of this moment is, in seconds; 503 if it would be too old.
    pub(super) fn age_seconds(&self, now: Instant) -> Result<u64> {
        let age = now.saturating_duration_since(**self.0.load());
        if age > LIMIT {
            return Err(Problem::unavailable("the log of the catalog's changes"));
        }
        Ok(age.as_secs())
    }
}

/// Tells whoever sends requests when there begin to be answers, or to be none.
pub(super) async fn tell_readiness(lifecycle: Lifecycle, is_fresh: impl Fn() -> bool + Send) {
    let mut ticks = tokio::time::interval(INTERVAL);
    let mut was_fresh = true;
    loop {
        ticks.tick().await;
        match (was_fresh, is_fresh()) {
            (true, false) => lifecycle.set_unready(),
            (false, true) => lifecycle.set_ready(),
            _ => continue,
        }
        was_fresh = !was_fresh;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_replica_is_ready_while_it_has_answers() {
        let (lifecycle, is_fresh) = (Lifecycle::new(), Arc::new(AtomicBool::new(true)));
        lifecycle.set_ready();
        let (life, fresh) = (lifecycle.clone(), is_fresh.clone());
        lifecycle.spawn(tell_readiness(life, move || fresh.load(Ordering::SeqCst)));
        for expected in [false, true, false] {
            is_fresh.store(expected, Ordering::SeqCst);
            let mut ticks = tokio::time::interval(INTERVAL);
            while lifecycle.is_ready() != expected {
                ticks.tick().await;
            }
        }
        lifecycle.stop();
    }

    #[test]
    fn answers_tell_their_age_and_end_when_they_would_be_older_than_stated() {
        let (freshness, moment) = (Freshness::default(), Instant::now());
        freshness.confirm(moment);
        let age = |seconds| freshness.age_seconds(moment + Duration::from_secs(seconds));
        assert_eq!(age(0).unwrap(), 0);
        assert_eq!(age(90).unwrap(), 90);
        assert_eq!(age(91).unwrap_err().code(), "unavailable");
        freshness.confirm(moment + Duration::from_secs(91));
        assert_eq!(age(92).unwrap(), 1);
    }
}
