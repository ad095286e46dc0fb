//! How long events are kept.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use problem::Result;
use sqlx::PgPool;

use super::store;

const PAUSE: Duration = Duration::from_secs(60);
/// Events deleted at a time, with their deliveries.
const BATCH: i64 = 1000;

/// Deletes what has been in the log for more than this many days, for ever.
pub(crate) async fn keep_events(db: PgPool, days: u16) {
    loop {
        match forget_some(&db, TimeDelta::days(days.into())).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(problem) => problem.log(),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether anything was deleted.
async fn forget_some(db: &PgPool, keep: TimeDelta) -> Result<bool> {
    let mut transaction = db.begin().await?;
    let last = store::forget(&mut transaction, Utc::now() - keep, BATCH).await?;
    transaction.commit().await?;
    Ok(last.is_some())
}

#[cfg(test)]
mod tests {
    use contracts::event::Event;
    use serde_json::json;
    use testing::{Client, Tokens};
    use uuid::Uuid;
    use web::Lifecycle;

    use super::*;
    use crate::{App, MIGRATOR, SCHEMA, router};

    fn event() -> Event {
        Event {
            specversion: "1.0".to_owned(),
            id: Uuid::now_v7(),
            source: "/order".to_owned(),
            kind: "order.placed".to_owned(),
            subject: "o1".to_owned(),
            time: Utc::now(),
            datacontenttype: "application/json".to_owned(),
            data: json!({}),
            sequence: String::new(),
            traceparent: None,
        }
    }

    #[tokio::test]
    async fn a_position_from_before_what_is_kept_is_refused_and_the_rest_can_be_read() {
        let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
        for age in ["91 days", "90 days 1 minute", "89 days", "91 days"] {
            store::insert(&mut db.acquire().await.unwrap(), &[event()]).await.unwrap();
            let set = "update outbox set logged_at = now() - $1::interval where position is null";
            sqlx::query(set).bind(age).execute(&db).await.unwrap();
            outbox::assign_positions(&db).await.unwrap();
        }
        assert!(forget_some(&db, TimeDelta::days(90)).await.unwrap());
        assert!(!forget_some(&db, TimeDelta::days(90)).await.unwrap(), "in order: not the last");

        let tokens = Tokens::new();
        let app = App::start(db.clone(), tokens.verifier(), Lifecycle::new());
        let erp = Client::new(router(app)).bearer(&tokens.staff(&["events:read"]));
        let gone = erp.get("/v1/changes?after=1").await.assert_problem(410, "position_gone");
        assert_eq!(gone.json()["oldest_after"], 2);
        for query in ["?after=2", ""] {
            let kept = erp.get(&format!("/v1/changes{query}")).await.assert_status(200).json();
            assert_eq!((kept[0]["sequence"].as_str(), &kept[2]), (Some("3"), &json!(null)));
        }
        sqlx::query("update outbox set logged_at = logged_at - interval '2 days'")
            .execute(&db)
            .await
            .unwrap();
        assert!(forget_some(&db, TimeDelta::days(90)).await.unwrap());
        let end = erp.get("/v1/changes?after=latest").await.assert_status(200);
        assert_eq!(end.header("next-after"), "4", "positions never begin anew");
    }
}
