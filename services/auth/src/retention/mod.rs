//! How long rows that expire are kept: in partitions by time that are made ahead of it and dropped whole.
//!
//! A partitioned table has a UUIDv7 as its key. Such an id begins with its time (RFC 9562 §5.7), so a
//! range of ids is a span of time, and an id alone tells which partition it lies in.

mod store;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;
use uuid::Uuid;

use crate::audit;

/// So many partitions are there before their time: a service that cannot make one still has long to try.
const AHEAD: i64 = 3;

/// A table whose rows end with their partition.
#[derive(Debug, Clone, Copy)]
struct Table {
    name: &'static str,
    /// Time that one partition spans.
    days: i64,
    /// How long the youngest row of a partition is kept.
    keep: TimeDelta,
}

/// Every partitioned table.
const TABLES: &[Table] = &[
    // The longest session lives 180 days; 30 more, so that its owner's addresses are known.
    Table { name: "session", days: 30, keep: TimeDelta::days(210) },
    // A token that is not used lives 30 days at most; a week more, to notice one that comes back.
    Table { name: "refresh_token", days: 7, keep: TimeDelta::days(37) },
    Table { name: "browser_session", days: 7, keep: TimeDelta::days(1) },
    Table { name: "authorization_code", days: 1, keep: TimeDelta::days(1) },
    Table { name: "audit_entry", days: 30, keep: audit::KEEP },
    // The longest link is good for a day.
    Table { name: "one_time_token", days: 1, keep: TimeDelta::days(1) },
];

/// Makes the partitions of this time and the next, and drops those that nobody needs any more.
pub(crate) async fn keep_partitions(db: &PgPool, now: DateTime<Utc>) -> Result<()> {
    let mut transaction = db.begin().await?;
    store::lock(&mut transaction).await?;
    for table in TABLES {
        let existing = store::list(&mut *transaction, table.name).await?;
        // The one before too: another replica's clock may be late.
        for span in (-1..=AHEAD).map(|offset| table.span_at(now).offset(offset)) {
            if !existing.contains(&span.partition()) {
                store::create(&mut *transaction, &span).await?;
            }
        }
        for partition in &existing {
            if table.span_of(partition).is_some_and(|span| span.end() + table.keep <= now) {
                store::drop(&mut *transaction, partition).await?;
            }
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
}

/// The least id of this time.
pub(crate) fn first_id(time: DateTime<Utc>) -> Uuid {
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
        for table in TABLES {
            let span = table.span_at(now);
            assert!(first_id(span.start()) <= id && id < first_id(span.end()));
            assert_eq!(table.span_of(&span.partition()).unwrap().number, span.number);
        }
    }

    async fn partitions(db: &PgPool) -> Vec<String> {
        sqlx::query_scalar(
            "select relid::text from pg_partition_tree('refresh_token') where isleaf order by 1",
        )
        .fetch_all(db)
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn partitions_are_made_ahead_and_dropped_when_their_last_row_has_expired() {
        let database = testing::database(crate::SCHEMA, &crate::MIGRATOR).await;
        let db = &database.pool;
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(7 * 3000);
        keep_partitions(db, now).await.unwrap();
        let names = |numbers: std::ops::RangeInclusive<i64>| -> Vec<String> {
            numbers.map(|number| format!("refresh_token_p{number}")).collect()
        };
        assert_eq!(partitions(db).await, names(2999..=3003));
        keep_partitions(db, now).await.unwrap();
        assert_eq!(partitions(db).await, names(2999..=3003));
        // The span 2999 ended when 3000 began, 37 days before its rows are of no use.
        keep_partitions(db, now + TimeDelta::days(36)).await.unwrap();
        assert_eq!(partitions(db).await, names(2999..=3008));
        keep_partitions(db, now + TimeDelta::days(37)).await.unwrap();
        assert_eq!(partitions(db).await, names(3000..=3008));
    }

    #[tokio::test]
    async fn replicas_that_make_partitions_at_once_agree() {
        let database = testing::database(crate::SCHEMA, &crate::MIGRATOR).await;
        let now = Utc::now();
        let at_once = (0..4).map(|_| keep_partitions(&database.pool, now));
        for done in futures::future::join_all(at_once).await {
            done.unwrap();
        }
    }
}
