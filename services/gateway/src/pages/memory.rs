//! What pages remember between requests: the last good state of public parts, and which parts do not
//! answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::future::Cache;
use serde_json::value::RawValue;

use crate::circuit::Circuit;

const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;
const LARGEST_PART_BYTES: usize = 256 * 1024;
/// Older than this is worse than nothing.
const STALE_AT_MOST: Duration = Duration::from_secs(15 * 60);
/// Failures in a row after which a part is not asked for a while.
const FAILURES_IN_A_ROW: u32 = 5;

/// What all pages of all workers remember.
pub(crate) struct Memory {
    parts: Cache<String, Arc<RawValue>>,
    circuits: Mutex<HashMap<&'static str, Arc<Circuit>>>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        let parts = Cache::builder()
            .max_capacity(CAPACITY_BYTES)
            .weigher(|key: &String, part: &Arc<RawValue>| {
                u32::try_from(key.len() + part.get().len()).unwrap_or(u32::MAX)
            })
            .time_to_live(STALE_AT_MOST)
            .build();
        Self { parts, circuits: Mutex::default() }
    }

    /// Keeps the state of a part.
    pub(super) async fn remember(&self, key: String, part: Arc<RawValue>) {
        if part.get().len() <= LARGEST_PART_BYTES {
            self.parts.insert(key, part).await;
        }
    }

    /// The last good state of a part.
    pub(super) async fn recall(&self, key: &str) -> Option<Arc<RawValue>> {
        self.parts.get(key).await
    }

    /// The circuit of a part, by the name of page and part.
    pub(super) fn circuit(&self, part: &'static str) -> Arc<Circuit> {
        let mut circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Circuit::new(FAILURES_IN_A_ROW));
        circuits.entry(part).or_insert_with(new).clone()
    }
}
