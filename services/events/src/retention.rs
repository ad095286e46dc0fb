//! How long things are kept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;
use web::idempotency;

use crate::change::store;

const PAUSE: Duration = Duration::from_secs(60);
/// Rows deleted at a time; those of events with their deliveries.
const BATCH: i64 = 1000;

/// Deletes events that have been in the log for more than this many days, and answers to retries, for ever.
pub(crate) async fn clean(db: PgPool, days: u16) {
    loop {
        let now = Utc::now();
        let events = forget_events(&db, now - TimeDelta::days(days.into())).await;
        let answers = idempotency::forget_old(&db).await;
        if let Some(problem) = events.err().or(answers.err()) {
            problem.log();
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Deletes the oldest events until one comes that is younger.
async fn forget_events(db: &PgPool, since: DateTime<Utc>) -> Result<()> {
    loop {
        let mut transaction = db.begin().await?;
        let last = store::forget(&mut transaction, since, BATCH).await?;
        transaction.commit().await?;
        if last.is_none() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::event::Event;
    use serde_json::json;

    use super::*;
    use crate::{
        MIGRATOR, SCHEMA,
        change::{After, example, public},
    };

    #[tokio::test]
    async fn the_oldest_events_are_forgotten_and_positions_never_begin_anew() {
        let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
        for age in ["91 days", "90 days 1 minute", "89 days", "91 days"] {
            let event = example("order.placed", json!({}));
            store::insert(&mut db.acquire().await.unwrap(), &[event]).await.unwrap();
            let set = "update outbox set logged_at = now() - $1::interval where position is null";
            sqlx::query(set).bind(age).execute(&db).await.unwrap();
            outbox::assign_positions(&db).await.unwrap();
        }
        let kept = async || {
            let extent = store::extent(&db).await.unwrap();
            let (types, range) = (public::expand::<&str>(&[]), (0, extent.newest));
            let rows = store::list(&db, &types, range, 10).await.unwrap();
            let positions: Vec<i64> =
                rows.into_iter().map(|row| Event::from(row).position()).collect();
            (extent.forgotten, extent.newest, positions)
        };
        let now = Utc::now();
        forget_events(&db, now - TimeDelta::days(90)).await.unwrap();
        assert_eq!(kept().await, (2, 4, vec![3, 4]), "in order: the last is behind a younger one");
        let extent = store::extent(&db).await.unwrap();
        assert_eq!(extent.resolve(After::Position(1)).unwrap_err().code(), "position_gone");
        forget_events(&db, now).await.unwrap();
        assert_eq!(kept().await, (4, 4, vec![]));
    }
}
