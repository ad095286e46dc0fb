use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::database;

const WRITERS: usize = 24;
const WRITES: usize = 20;
const READERS: usize = 3;

/// Writes facts in transactions of different lengths; every fourth rolls back. Returns what committed.
async fn write(pool: PgPool, writer: usize) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(writer as u64);
    let mut committed = Vec::new();
    for number in 0..WRITES {
        let subject = format!("{writer}-{number:03}");
        let mut transaction = pool.begin().await.unwrap();
        outbox::append(&mut transaction, "test", &subject, &json!({})).await.unwrap();
        tokio::time::sleep(Duration::from_millis(random.u64(0..20))).await;
        if random.u8(0..4) == 0 {
            transaction.rollback().await.unwrap();
        } else {
            transaction.commit().await.unwrap();
            committed.push(subject);
        }
    }
    committed
}

/// Reads on until it has seen this many facts.
async fn read_on(
    pool: PgPool,
    expected: tokio::sync::watch::Receiver<Option<usize>>,
) -> Vec<String> {
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let expected = *expected.borrow();
        let events = outbox::read(&pool, "/test", after, 7).await.unwrap();
        let at_end = events.is_empty();
        for event in events {
            assert!(event.position() > after, "positions rise");
            after = event.position();
            seen.push(event.subject);
        }
        if at_end && expected.is_some() {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

#[tokio::test]
async fn no_reader_ever_skips_or_repeats_a_committed_fact() {
    let db = database().await;
    let (done, expected) = tokio::sync::watch::channel(None);
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        readers.spawn(read_on(db.pool.clone(), expected.clone()));
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(db.pool.clone(), writer));
    }
    let committed: Vec<String> = writers.join_all().await.into_iter().flatten().collect();
    done.send(Some(committed.len())).unwrap();
    let wanted: BTreeSet<&String> = committed.iter().collect();
    for seen in readers.join_all().await {
        assert_eq!(seen.len(), committed.len(), "each fact once");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>(), wanted, "every fact");
        for writer in 0..WRITERS {
            let own = |subject: &&String| subject.starts_with(&format!("{writer}-"));
            assert!(seen.iter().filter(own).is_sorted(), "the facts of one writer in their order");
        }
    }
}

#[tokio::test]
async fn a_waiting_reader_is_answered_as_soon_as_there_is_a_fact() {
    let db = database().await;
    let query = contracts::event::FeedQuery { after: None, timeout: Some(20_000), limit: None };
    let pool = db.pool.clone();
    let reader = tokio::spawn(async move { outbox::serve_feed(&pool, "/test", &query).await });
    let mut transaction = db.pool.begin().await.unwrap();
    outbox::append(&mut transaction, "test", "one", &json!({ "n": 1 })).await.unwrap();
    transaction.commit().await.unwrap();
    let answer =
        tokio::time::timeout(Duration::from_secs(5), reader).await.unwrap().unwrap().unwrap();
    assert_eq!(answer.headers()["content-type"], "application/cloudevents-batch+json");
}
