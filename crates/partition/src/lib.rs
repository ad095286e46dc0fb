//! Rows that expire lie in partitions by time, which are made ahead of it and dropped whole.
//!
//! Mostly a partitioned table has a UUIDv7 as its key. Such an id begins with its time (RFC 9562 §5.7), so
//! a range of ids is a span of time, and an id alone tells which partition it lies in.

mod store;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;
use uuid::Uuid;

/// So many partitions are there before their time: a service that cannot make one still has long to try.
const AHEAD: i64 = 3;

/// A table whose rows end with their partition.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name; its partitions are `<name>_p<number>`.
    pub name: &'static str,
    /// What tells the time of a row.
    pub key: Key,
    /// Time that one partition spans, in days.
    pub days: i64,
    /// How long the youngest row of a partition is kept.
    pub keep: TimeDelta,
}

/// What a table is partitioned by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A UUIDv7.
    Id,
    /// The time at which something happened, which may be long ago: a partition `<name>_past`, which the
    /// migration makes, takes what is older than all others. It ends with the oldest of these, and begins
    /// anew.
    Time,
}

/// Makes the partitions of this time and the next, and drops those that nobody needs any more.
pub async fn keep_partitions(db: &PgPool, tables: &[Table], now: DateTime<Utc>) -> Result<()> {
    let mut transaction = db.begin().await?;
    store::lock(&mut transaction).await?;
    for table in tables {
        let existing = store::list(&mut *transaction, table.name).await?;
        let numbers = existing.iter().filter_map(|partition| table.span_of(partition));
        // What is older lies in the partition of the past.
        let oldest = numbers.map(|span| span.number).min().filter(|_| table.key == Key::Time);
        // The one before too: another replica's clock may be late.
        for span in (-1..=AHEAD).map(|offset| table.span_at(now).offset(offset)) {
            let is_past = oldest.is_some_and(|oldest| span.number < oldest);
            if !is_past && !existing.contains(&span.partition()) {
                store::create(&mut *transaction, &span).await?;
            }
        }
        let mut last = None;
        for partition in &existing {
            let span = table.span_of(partition).filter(|span| span.end() + table.keep <= now);
            if let Some(span) = span {
                store::drop(&mut *transaction, partition).await?;
                last = last.max(Some(span.end()));
            }
        }
        if let (Key::Time, Some(end)) = (table.key, last) {
            store::drop(&mut *transaction, &table.past()).await?;
            store::create_past(&mut *transaction, table, end).await?;
        }
    }
    Ok(transaction.commit().await?)
}

/// The time of one partition.
struct Span {
    table: Table,
    /// Counted from 1970.
    number: i64,
}

impl Table {
    fn span_at(self, time: DateTime<Utc>) -> Span {
        let days = time.timestamp().div_euclid(TimeDelta::days(1).num_seconds());
        Span { table: self, number: days.div_euclid(self.days) }
    }

    /// The partition of what is older than all others.
    fn past(self) -> String {
        format!("{}_past", self.name)
    }

    /// The span of the partition with this name; `None` if it is not one of ours.
    fn span_of(self, partition: &str) -> Option<Span> {
        let number = partition.strip_prefix(self.name)?.strip_prefix("_p")?.parse().ok()?;
        Some(Span { table: self, number })
    }
}

impl Span {
    fn offset(mut self, spans: i64) -> Self {
        self.number += spans;
        self
    }

    fn partition(&self) -> String {
        format!("{}_p{}", self.table.name, self.number)
    }

    fn start(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(self.table.days * self.number)
    }

    fn end(&self) -> DateTime<Utc> {
        self.start() + TimeDelta::days(self.table.days)
    }

    /// A bound as SQL writes it.
    fn bound(&self, time: DateTime<Utc>) -> String {
        match self.table.key {
            Key::Id => first_id(time).to_string(),
            Key::Time => time.to_rfc3339(),
        }
    }
}

/// The least id of this time.
pub fn first_id(time: DateTime<Utc>) -> Uuid {
    let milliseconds = u128::from(time.timestamp_millis().max(0).unsigned_abs());
    Uuid::from_u128(milliseconds << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_lies_in_the_span_of_its_time() {
        let now = Utc::now();
        let id = Uuid::now_v7();
        for days in [1, 7, 30] {
            let table = Table { name: "entry", key: Key::Id, days, keep: TimeDelta::days(1) };
            let span = table.span_at(now);
            assert!(first_id(span.start()) <= id && id < first_id(span.end()));
            assert_eq!(table.span_of(&span.partition()).unwrap().number, span.number);
        }
    }
}
