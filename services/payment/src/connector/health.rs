use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// So many calls without an answer, one after the other, and the connector is avoided.
const LIMIT: u32 = 5;
/// After this time it is tried again.
const REST: Duration = Duration::from_secs(30);

/// Whether a connector answers, as this process sees it.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
}

impl Health {
    /// Whether it is worth asking.
    pub(super) fn is_good(&self) -> bool {
        self.0.lock().rests_until.is_none_or(|until| until <= Instant::now())
    }

    /// Counts a call that was or was not answered.
    pub(super) fn record(&self, connector: &str, is_answered: bool) {
        let mut state = self.0.lock();
        let was_good = state.failures < LIMIT;
        if is_answered {
            *state = State::default();
        } else {
            state.failures = state.failures.saturating_add(1);
            if state.failures >= LIMIT {
                state.rests_until = Some(Instant::now() + REST);
            }
        }
        let is_good = state.failures < LIMIT;
        drop(state);
        if was_good != is_good {
            tracing::warn!(connector, is_good, "the health of a connector changed");
            let value = if is_good { 1.0 } else { 0.0 };
            metrics::gauge!("payment_connector_healthy", "connector" => connector.to_owned())
                .set(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_five_times_in_a_row_is_bad_and_one_answer_is_good() {
        let health = Health::default();
        for _ in 1..LIMIT {
            health.record("x", false);
        }
        health.record("x", true);
        for _ in 1..LIMIT {
            health.record("x", false);
        }
        assert!(health.is_good(), "never five in a row");
        health.record("x", false);
        assert!(!health.is_good());
        health.record("x", true);
        assert!(health.is_good());
    }
}
