use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use sqlx::PgPool;
use uuid::Uuid;

use crate::interaction::{Kind, store};

/// Interactions that are learned from: the newest. 40 bytes each.
const MOST_EVENTS: usize = 5_000_000;
/// Names of products, known or not: whoever makes up names cannot fill the memory with them.
const MOST_REFERENCES: usize = 2_000_000;
/// Interactions read at once.
const PAGE: i64 = 50_000;

/// How an interaction names its product.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    pub(crate) sku: Option<String>,
    pub(crate) product_id: Option<Uuid>,
}

/// An interaction in a compact form: of names only a hash is kept, 0 where there is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    /// Seconds since 1970.
    pub(crate) at: i64,
    pub(crate) customer: u64,
    pub(crate) session: u64,
    pub(crate) order: u64,
    /// Number of the [`Reference`].
    pub(crate) reference: u32,
    pub(crate) kind: Kind,
}

/// All interactions, in memory: what is new is read once. Copying it copies two pointers.
#[derive(Clone, Default)]
pub(crate) struct History {
    /// In the order in which they were read.
    events: Arc<Vec<Event>>,
    references: Arc<Vec<Reference>>,
}

/// Reads interactions as they are committed, each once.
#[derive(Default)]
pub(crate) struct Reader {
    history: History,
    numbers: HashMap<Reference, u32>,
    /// Hashes nobody can foretell.
    hasher: RandomState,
    /// Everything below this transaction was read; `None` before the first read.
    horizon: Option<i64>,
    /// What was read of this transaction and later ones, some of which may not be visible yet.
    beyond: HashSet<i64>,
}

impl History {
    /// All interactions, in the order in which they became known.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// How products were named; an event's `reference` counts into it.
    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }
}

impl Reader {
    /// Reads what was committed since the last time.
    pub(crate) async fn read_on(&mut self, db: &PgPool) -> sqlx::Result<()> {
        let horizon = store::find_horizon(db).await?;
        let mut place = match self.horizon {
            Some(known) => (known, 0),
            None => store::find_start(db, MOST_EVENTS as i64).await?,
        };
        let mut beyond = HashSet::new();
        loop {
            let rows = store::list_after(db, place, PAGE).await?;
            let Some(last) = rows.last() else { break };
            place = (last.xact_id, last.interaction_id);
            for row in rows {
                let is_new = !self.beyond.contains(&row.interaction_id);
                if row.xact_id >= horizon {
                    beyond.insert(row.interaction_id);
                }
                if is_new && let Some(event) = self.compact(row) {
                    Arc::make_mut(&mut self.history.events).push(event);
                }
            }
        }
        self.beyond = beyond;
        self.horizon = Some(horizon);
        Ok(())
    }

    /// What was read so far.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Forgets the oldest where there are too many; how many that are.
    pub(crate) fn forget_oldest(&mut self) -> usize {
        let excess = self.history.events.len().saturating_sub(MOST_EVENTS);
        if excess > 0 {
            Arc::make_mut(&mut self.history.events).drain(..excess);
        }
        excess
    }

    fn compact(&mut self, row: store::Row) -> Option<Event> {
        let kind = Kind::parse(&row.kind)?;
        let reference = Reference { sku: row.sku, product_id: row.product_id };
        let number = self.number(reference)?;
        let hash = |key: Option<&str>| key.map_or(0, |key| self.hasher.hash_one(key).max(1));
        Some(Event {
            at: row.at.timestamp(),
            customer: hash(row.customer.as_deref()),
            session: hash(row.session.as_deref()),
            order: hash(row.order_ref.as_deref()),
            reference: number,
            kind,
        })
    }

    fn number(&mut self, reference: Reference) -> Option<u32> {
        if let Some(&number) = self.numbers.get(&reference) {
            return Some(number);
        }
        if self.numbers.len() >= MOST_REFERENCES {
            return None;
        }
        let number = self.numbers.len() as u32;
        Arc::make_mut(&mut self.history.references).push(reference.clone());
        self.numbers.insert(reference, number);
        Some(number)
    }

    /// As if these had been read.
    #[cfg(test)]
    pub(crate) fn of(rows: Vec<store::Row>) -> Self {
        let mut reader = Self::default();
        let events: Vec<Event> = rows.into_iter().filter_map(|row| reader.compact(row)).collect();
        reader.history.events = Arc::new(events);
        reader
    }
}
