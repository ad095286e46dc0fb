use chrono::{DateTime, TimeDelta, Utc};

use super::store::StoredKey;

/// When keys come and go.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// A key is published so long before it signs: longer than anyone may cache the key set.
    pub(crate) publish: TimeDelta,
    /// A key signs so long before the next one does; `None`: until a command.
    pub(crate) rotation: Option<TimeDelta>,
}

/// A key is kept so long after the next one signs: far longer than any token lives.
const KEEP: TimeDelta = TimeDelta::hours(24);

/// What a key does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyState {
    /// It is known to everyone, and signs later.
    Published,
    /// It signs.
    Signing,
    /// Tokens that it signed before are still good.
    Retiring,
    /// Nobody needs it any more.
    Retired,
}

impl Schedule {
    /// Whether the next key must be published, so that it can sign in time. `newest` is of its algorithm.
    pub(super) fn is_due(&self, newest: &StoredKey, now: DateTime<Utc>) -> bool {
        self.rotation.is_some_and(|rotation| newest.signs_from + rotation - self.publish <= now)
    }
}

/// The state of each of these keys of one algorithm, newest first.
pub(super) fn states(keys: &[&StoredKey], now: DateTime<Utc>) -> Vec<KeyState> {
    let mut next_signs_from = None;
    let mut states = Vec::with_capacity(keys.len());
    for key in keys {
        let state = match next_signs_from {
            _ if key.signs_from > now => KeyState::Published,
            None => KeyState::Signing,
            Some(next) if next > now => KeyState::Signing,
            Some(next) if next + KEEP > now => KeyState::Retiring,
            Some(_) => KeyState::Retired,
        };
        next_signs_from = Some(key.signs_from);
        states.push(state);
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing_key::KeyAlgorithm;

    fn key(signs_from_hours: i64) -> StoredKey {
        let at = DateTime::UNIX_EPOCH + TimeDelta::hours(signs_from_hours);
        StoredKey {
            key_id: String::new(),
            algorithm: KeyAlgorithm::EdDSA,
            public_key: Vec::new(),
            private_key: Vec::new(),
            created_at: at,
            signs_from: at,
        }
    }

    #[test]
    fn a_key_is_published_then_signs_then_is_kept_a_day() {
        use KeyState::{Published, Retired, Retiring, Signing};
        let (next, now, old, older) = (key(101), key(90), key(76), key(10));
        let keys = [&next, &now, &old, &older];
        let at = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert_eq!(states(&keys, at(100)), [Published, Signing, Retiring, Retired]);
        assert_eq!(states(&keys, at(101)), [Signing, Retiring, Retiring, Retired]);
        assert_eq!(states(&keys, at(125)), [Signing, Retired, Retired, Retired]);
    }

    #[test]
    fn the_next_key_is_published_before_its_time() {
        let schedule =
            Schedule { publish: TimeDelta::hours(1), rotation: Some(TimeDelta::hours(10)) };
        let at = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert!(!schedule.is_due(&key(0), at(8)));
        assert!(schedule.is_due(&key(0), at(9)));
        let never = Schedule { rotation: None, ..schedule };
        assert!(!never.is_due(&key(0), at(1_000_000)));
    }
}
