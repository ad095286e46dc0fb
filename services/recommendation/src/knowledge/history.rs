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
/// Interactions that lie together.
const CHUNK: usize = 65_536;

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

/// All interactions, in memory: what is new is read once. Copying it copies a few pointers; what comes to
/// one of the copies then copies the last chunk, and no more.
#[derive(Clone, Default)]
pub(crate) struct History {
    /// In the order in which they were read; all but the last are full.
    chunks: Vec<Arc<Vec<Event>>>,
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
    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// All but so many of the first.
    pub(crate) fn events_after(&self, count: usize) -> impl Iterator<Item = &Event> {
        let chunks = self.chunks.iter().skip(count / CHUNK);
        chunks.flat_map(|chunk| chunk.iter()).skip(count % CHUNK)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        full + self.chunks.last().map_or(0, |last| last.len())
    }

    /// How products were named; an event's `reference` counts into it.
    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    fn push(&mut self, event: Event) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(event),
            _ => self.chunks.push(Arc::new(vec![event])),
        }
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
                    self.history.push(event);
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

    /// Forgets the oldest where there are too many, in whole chunks; how many that are.
    pub(crate) fn forget_oldest(&mut self) -> usize {
        let excess = self.history.len().saturating_sub(MOST_EVENTS).div_ceil(CHUNK);
        self.history.chunks.drain(..excess);
        excess * CHUNK
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
        for row in rows {
            let event = reader.compact(row);
            event.into_iter().for_each(|event| reader.history.push(event));
        }
        reader
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_stays_as_it_is_and_reading_goes_on_where_it_ended() {
        let event =
            |at| Event { at, customer: 0, session: 0, order: 0, reference: 0, kind: Kind::View };
        let mut history = History::default();
        let size = CHUNK as i64 + 10;
        (0..size).for_each(|at| history.push(event(at)));
        let copy = history.clone();
        history.push(event(size));
        assert_eq!((copy.len(), history.len()), (CHUNK + 10, CHUNK + 11));
        assert!(copy.events().map(|event| event.at).eq(0..size));
        for read in [0, CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + 11] {
            let rest = history.events_after(read).map(|event| event.at);
            assert!(rest.eq(read as i64..=size), "after {read}");
        }
    }
}
