use std::sync::Arc;

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use sqlx::PgPool;
use tokio::sync::mpsc;

use super::{Assigned, store};

/// Exposures that wait to be written; more are lost, and counted.
const WAITING: usize = 10_000;
/// Written at once.
const BATCH: usize = 1_000;
/// Visitors of whom it is known that they were noted.
const KNOWN: u64 = 100_000;

/// One visitor was shown lists of an arm for the first time.
#[derive(Debug)]
pub(super) struct Exposure {
    pub(super) experiment: String,
    pub(super) visitor: String,
    pub(super) arm: String,
    pub(super) at: DateTime<Utc>,
}

/// Notes who was shown what, without keeping an answer waiting.
#[derive(Clone)]
pub(crate) struct Exposures {
    waiting: mpsc::Sender<Exposure>,
    known: Cache<(Arc<str>, String), ()>,
}

/// What was noted and is still to be written.
pub(crate) struct Waiting(mpsc::Receiver<Exposure>);

impl Exposures {
    /// An empty list, and its other end for [`keep_exposures`].
    pub(crate) fn new() -> (Self, Waiting) {
        let (waiting, written) = mpsc::channel(WAITING);
        (Self { waiting, known: Cache::new(KNOWN) }, Waiting(written))
    }

    /// Notes that a visitor is shown lists of this arm.
    pub(crate) fn note(&self, assigned: &Assigned, visitor: &str) {
        let key = (Arc::from(assigned.experiment.code.as_str()), visitor.to_owned());
        if self.known.contains_key(&key) {
            return;
        }
        let exposure = Exposure {
            experiment: assigned.experiment.code.to_string(),
            visitor: visitor.to_owned(),
            arm: assigned.arm().code.to_string(),
            at: Utc::now(),
        };
        match self.waiting.try_send(exposure) {
            Ok(()) => self.known.insert(key, ()),
            Err(_) => metrics::counter!("recommendation_exposures_lost_total").increment(1),
        }
    }
}

/// Writes down who was shown what, for ever.
pub(crate) async fn keep_exposures(mut waiting: Waiting, db: PgPool) {
    let mut batch = Vec::new();
    while waiting.0.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(error) = store::insert_exposures(&db, &batch).await {
            metrics::counter!("recommendation_exposures_lost_total").increment(batch.len() as u64);
            tracing::warn!(%error, "cannot write who took part in experiments");
        }
        batch.clear();
    }
}
