//! How long rows that expire are kept.

use chrono::{DateTime, TimeDelta, Utc};
use partition::{Key, Table};
use problem::Result;
use sqlx::PgPool;

use crate::audit;

/// Every partitioned table.
const TABLES: &[Table] = &[
    // The longest session lives 180 days; 30 more, so that its owner's addresses are known.
    Table { name: "session", key: Key::Id, days: 30, keep: TimeDelta::days(210) },
    // A token that is not used lives 30 days at most; a week more, to notice one that comes back.
    Table { name: "refresh_token", key: Key::Id, days: 7, keep: TimeDelta::days(37) },
    Table { name: "browser_session", key: Key::Id, days: 7, keep: TimeDelta::days(1) },
    Table { name: "authorization_code", key: Key::Id, days: 1, keep: TimeDelta::days(1) },
    Table { name: "audit_entry", key: Key::Id, days: 30, keep: audit::KEEP },
    // The longest link is good for a day.
    Table { name: "one_time_token", key: Key::Id, days: 1, keep: TimeDelta::days(1) },
];

/// Makes the partitions of this time and the next, and drops those that nobody needs any more.
pub(crate) async fn keep_partitions(db: &PgPool, now: DateTime<Utc>) -> Result<()> {
    partition::keep_partitions(db, TABLES, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

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
