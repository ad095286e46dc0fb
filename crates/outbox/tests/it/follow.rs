use outbox::{FeedSource, Follower};
use problem::Problem;
use serde_json::json;
use sqlx::PgPool;

use crate::database;

async fn add(pool: &PgPool, subject: &str) {
    let mut transaction = pool.begin().await.unwrap();
    outbox::append(&mut transaction, "test", subject, &json!({})).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn an_effect_that_fails_comes_again_and_leaves_nothing_behind() {
    let db = database().await;
    add(&db.pool, "one").await;
    let follower = Follower::new("test", FeedSource::Own, db.pool.clone());
    let failing = follower
        .step(&mut async |transaction, _| {
            outbox::append(transaction, "effect", "of one", &json!({})).await?;
            Err(Problem::conflict("no", "it fails"))
        })
        .await;
    assert!(failing.is_err());
    assert_eq!(follower.position().await.unwrap(), 0);

    let mut seen = Vec::new();
    follower
        .step(&mut async |_, events| {
            seen.extend(events.iter().map(|event| event.subject.clone()));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(seen, ["one"], "no trace of the effect that failed");
    assert_eq!(follower.position().await.unwrap(), 1);
}

#[tokio::test]
async fn two_replicas_that_follow_handle_each_fact_once() {
    let db = database().await;
    for number in 0..50 {
        add(&db.pool, &number.to_string()).await;
    }
    let follow = async |pool: PgPool| {
        let follower = Follower::new("test", FeedSource::Own, pool);
        let mut handled = 0;
        while follower.position().await.unwrap() < 50 {
            follower
                .step(&mut async |_, events| {
                    handled += events.len();
                    tokio::task::yield_now().await;
                    Ok(())
                })
                .await
                .unwrap();
        }
        handled
    };
    let (first, second) = tokio::join!(follow(db.pool.clone()), follow(db.pool.clone()));
    assert_eq!(first + second, 50);
}
