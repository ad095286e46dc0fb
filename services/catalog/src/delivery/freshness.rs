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

use super::reply::{MAX_AGE_SECONDS, STALE_SECONDS};

/// The oldest that an answer may be.
const LIMIT: Duration = Duration::from_secs((MAX_AGE_SECONDS + STALE_SECONDS) as u64);

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

#[cfg(test)]
mod tests {
    use super::*;

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
