use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
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

/// All interactions, kept in memory between trainings so that only what is new is read.
#[derive(Default)]
pub(crate) struct History {
    /// Interactions of transactions that are over.
    settled: Vec<Event>,
    /// Interactions of later transactions, some of which may not be visible yet: read again each time.
    recent: Vec<Event>,
    references: Vec<Reference>,
    numbers: HashMap<Reference, u32>,
    /// Everything below this transaction is in `settled`; `None` before the first read.
    horizon: Option<i64>,
}

impl History {
    /// Reads what was committed since the last time. `horizon` was found before.
    pub(crate) async fn read_on(&mut self, db: &PgPool, horizon: i64) -> sqlx::Result<()> {
        let mut place = match self.horizon {
            Some(known) => (known, 0),
            None => store::find_start(db, MOST_EVENTS as i64).await?,
        };
        let (mut settled, mut recent) = (Vec::new(), Vec::new());
        loop {
            let rows = store::list_after(db, place, PAGE).await?;
            let Some(last) = rows.last() else { break };
            place = (last.xact_id, last.interaction_id);
            for row in rows {
                let part = if row.xact_id < horizon { &mut settled } else { &mut recent };
                part.extend(self.compact(row));
            }
        }
        self.settled.append(&mut settled);
        self.recent = recent;
        self.horizon = Some(horizon);
        self.forget_oldest();
        Ok(())
    }

    /// All interactions, in no order.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> + Clone {
        self.settled.iter().chain(&self.recent)
    }

    /// How products were named; an event's `reference` counts into it.
    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The first transaction that may have written more since.
    pub(crate) fn horizon(&self) -> i64 {
        self.horizon.unwrap_or_default()
    }

    fn compact(&mut self, row: store::Row) -> Option<Event> {
        let kind = Kind::parse(&row.kind)?;
        let reference = Reference { sku: row.sku, product_id: row.product_id };
        let number = self.number(reference)?;
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
        if self.references.len() >= MOST_REFERENCES {
            return None;
        }
        let number = self.references.len() as u32;
        self.references.push(reference.clone());
        self.numbers.insert(reference, number);
        Some(number)
    }

    fn forget_oldest(&mut self) {
        let excess = self.settled.len().saturating_sub(MOST_EVENTS);
        self.settled.drain(..excess);
    }

    /// History as if it had been read.
    #[cfg(test)]
    pub(crate) fn of(rows: Vec<store::Row>) -> Self {
        let mut history = Self::default();
        history.settled = rows.into_iter().filter_map(|row| history.compact(row)).collect();
        history
    }
}

fn hash(key: Option<&str>) -> u64 {
    let Some(key) = key else { return 0 };
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish().max(1)
}
