//! How long interactions are kept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use partition::{Key, Table, keep_partitions};
use problem::Result;
use sqlx::PgPool;

const PAUSE: Duration = Duration::from_secs(3600);

/// Makes partitions ahead of time and drops those of which nothing is kept any more, for ever. `days`:
/// how long an interaction is kept after the partition ended in which it lies.
pub(crate) async fn keep_interactions(db: PgPool, days: u16) {
    loop {
        if let Err(problem) = make_and_drop(&db, days, Utc::now()).await {
            problem.log();
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn make_and_drop(db: &PgPool, days: u16, now: DateTime<Utc>) -> Result<()> {
    let keep = TimeDelta::days(days.into());
    let table = Table { name: "interaction", key: Key::Time, days: 90, keep };
    keep_partitions(db, &[table], now).await
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::{
        MIGRATOR, SCHEMA,
        interaction::{Interaction, Kind, store},
    };

    async fn partitions(db: &PgPool) -> Vec<String> {
        let query = "select relid::text from pg_partition_tree('interaction') where isleaf
                     order by 1";
        sqlx::query_scalar(query).fetch_all(db).await.unwrap()
    }

    fn view(at: DateTime<Utc>) -> Interaction {
        Interaction {
            kind: Kind::View,
            at,
            sku: types::Sku::parse("A").ok(),
            product_id: None,
            customer: None,
            session: Some("s".to_owned()),
            order: None,
            quantity: 1,
        }
    }

    #[tokio::test]
    async fn what_is_old_is_dropped_whole_and_what_is_older_still_can_come_in() {
        let database = testing::database(SCHEMA, &MIGRATOR).await;
        let (db, now) = (&database.pool, Utc::now());
        let past = DateTime::from_timestamp(1_300_000_000, 0).unwrap();
        let made = partitions(db).await;
        assert_eq!((made.len(), made[4].as_str()), (5, "interaction_past"));
        let views = [view(past), view(now), view(now - TimeDelta::days(200))];
        assert_eq!(store::insert(db, &views).await.unwrap(), 3);
        assert_eq!(store::insert(db, &views).await.unwrap(), 0, "known from before");
        make_and_drop(db, 1096, now).await.unwrap();
        assert_eq!(partitions(db).await, made, "all there already");

        let later = now + TimeDelta::days(1096 + 181);
        make_and_drop(db, 1096, later).await.unwrap();
        let left = partitions(db).await;
        assert!(left.contains(&"interaction_past".to_owned()) && !left.contains(&made[0]));
        let count = "select count(*) from interaction";
        let count: i64 = sqlx::query_scalar(count).fetch_one(db).await.unwrap();
        assert_eq!(count, 0);
        assert_eq!(store::insert(db, &[view(past), view(now), view(later)]).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn what_was_written_before_there_were_partitions_stays_where_it_is() {
        let database = testing::database(SCHEMA, &MIGRATOR).await;
        let mut db = database.pool.acquire().await.unwrap();
        // In a schema of its own, as it was.
        let before: Vec<_> =
            MIGRATOR.iter().filter(|one| one.version < 20_261_127_000_101).collect();
        let after = MIGRATOR
            .iter()
            .filter(|one| (20_261_127_000_101..=20_261_127_000_102).contains(&one.version));
        let run = async |db: &mut sqlx::PgConnection, sql: &str| {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(db).await.unwrap();
        };
        run(&mut db, "create schema earlier; set search_path to earlier").await;
        for migration in before {
            run(&mut db, migration.sql.as_str()).await;
        }
        // As the version before writes, and goes on writing.
        let write = "insert into interaction (natural_key, at, kind, sku, session, quantity)
             values ('00000000-0000-0000-0000-000000000001', '2026-11-01', 'view', 'A', 's', 1),
                    (gen_random_uuid(), now(), 'view', 'A', 's', 1)
             on conflict on constraint interaction_pkey do nothing";
        run(&mut db, write).await;
        for migration in after {
            run(&mut db, migration.sql.as_str()).await;
        }
        run(&mut db, write).await;
        let rows: (i64, i64) =
            sqlx::query_as("select count(*), count(distinct interaction_id) from interaction_past")
                .fetch_one(&mut *db)
                .await
                .unwrap();
        assert_eq!(rows, (3, 3), "one of them is known");
    }
}
