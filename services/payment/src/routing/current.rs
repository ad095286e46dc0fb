use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use problem::Result;
use sqlx::PgPool;

use super::{RuleSet, store};

/// A change holds on every replica after this time.
const MAX_AGE: Duration = Duration::from_secs(1);

/// The rules that hold, read again when they are a second old.
#[derive(Clone, Default)]
pub struct Routing(Arc<Mutex<Option<Known>>>);

#[derive(Clone)]
struct Known {
    read_at: Instant,
    rules: Arc<RuleSet>,
}

impl Routing {
    /// The rules of this moment, within a second.
    pub(crate) async fn rules(&self, db: &PgPool) -> Result<Arc<RuleSet>> {
        let known = self.0.lock().clone();
        if let Some(known) = known.filter(|known| known.read_at.elapsed() < MAX_AGE) {
            return Ok(known.rules);
        }
        let read_at = Instant::now();
        let rules = Arc::new(store::current(db).await?);
        *self.0.lock() = Some(Known { read_at, rules: rules.clone() });
        Ok(rules)
    }

    /// Reads them anew when they are next asked for: this replica just changed them.
    pub(crate) fn forget(&self) {
        *self.0.lock() = None;
    }
}
