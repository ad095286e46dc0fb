//! Stops asking what does not answer, and finds out when it answers again.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// The first pause; each failed probe doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause is the first one doubled this often: 4 s.
const MAX_DOUBLINGS: u32 = 4;

/// Opens after some failures in a row; while open it lets one probe through after each pause.
#[derive(Debug)]
pub(crate) struct Circuit {
    threshold: u32,
    failures: AtomicU32,
    open: Mutex<Option<Open>>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    probe_at: Instant,
    probing: bool,
    probes_failed: u32,
}

impl Circuit {
    /// Opens after `threshold` failures in a row.
    pub(crate) fn new(threshold: u32) -> Self {
        Self { threshold, failures: AtomicU32::new(0), open: Mutex::new(None) }
    }

    /// Whether one more request may try.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        if self.failures.load(Ordering::Relaxed) < self.threshold {
            return true;
        }
        let mut open = self.lock();
        let Some(open) = open.as_mut() else { return true };
        if now < open.probe_at {
            return false;
        }
        // This request is the probe. If it is never heard of again, another one may go.
        open.probe_at = now + open.pause();
        open.probing = true;
        true
    }

    /// It answered. Says whether that closes the circuit.
    pub(crate) fn succeeded(&self) -> bool {
        // The plain load keeps the common case free of writes to shared memory.
        if self.failures.load(Ordering::Relaxed) == 0 {
            return false;
        }
        self.failures.store(0, Ordering::Relaxed);
        self.lock().take().is_some()
    }

    /// It did not answer. Says whether that opens the circuit.
    pub(crate) fn failed(&self, now: Instant) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        failures >= self.threshold && self.open_or_wait_longer(now)
    }

    /// There is nobody at all. Says whether that opens the circuit.
    pub(crate) fn broke(&self, now: Instant) -> bool {
        self.failures.fetch_max(self.threshold, Ordering::Relaxed);
        self.open_or_wait_longer(now)
    }

    fn open_or_wait_longer(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let Some(open) = state.as_mut() else {
            *state = Some(Open { probe_at: now + FIRST_PAUSE, probing: false, probes_failed: 0 });
            return true;
        };
        // Requests sent before it opened fail late and say nothing new.
        if open.probing {
            open.probing = false;
            open.probes_failed = (open.probes_failed + 1).min(MAX_DOUBLINGS);
            open.probe_at = now + open.pause();
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn pause(self) -> Duration {
        FIRST_PAUSE * 2_u32.pow(self.probes_failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (circuit, now) = (Circuit::new(3), Instant::now());
        assert!(!circuit.failed(now));
        assert!(!circuit.failed(now));
        circuit.succeeded();
        assert!(!circuit.failed(now));
        assert!(!circuit.failed(now));
        assert!(circuit.admits(now));
        assert!(circuit.failed(now));
        assert!(!circuit.admits(now));
    }

    #[test]
    fn while_open_one_probe_goes_after_each_pause_and_pauses_grow() {
        let (circuit, start) = (Circuit::new(1), Instant::now());
        assert!(circuit.broke(start));
        assert!(!circuit.admits(start + 249 * MS));
        let probe = start + 250 * MS;
        assert!(circuit.admits(probe));
        assert!(!circuit.admits(probe));
        circuit.failed(probe);
        assert!(!circuit.admits(probe + 499 * MS));
        assert!(circuit.admits(probe + 500 * MS));
    }

    #[test]
    fn late_failures_do_not_prolong_the_pause() {
        let (circuit, start) = (Circuit::new(2), Instant::now());
        for _ in 0..100 {
            circuit.failed(start + 100 * MS);
        }
        assert!(circuit.admits(start + 350 * MS));
    }

    #[test]
    fn a_probe_that_is_answered_closes_it() {
        let (circuit, start) = (Circuit::new(1), Instant::now());
        circuit.broke(start);
        assert!(circuit.admits(start + 250 * MS));
        assert!(circuit.succeeded());
        assert!(circuit.admits(start + 250 * MS));
    }
}
