use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::shop::{Shop, batch};

fn column<'a>(events: &'a [Value], name: &str) -> Vec<&'a str> {
    events.iter().map(|event| event[name].as_str().unwrap()).collect()
}

async fn tell_three(shop: &Shop) -> Vec<Value> {
    shop.order.tell("order.placed", "o1", json!({ "order_id": "o1" })).await;
    shop.events(1).await;
    shop.payment.tell("payment.changed", "p1", json!({ "id": "p1" })).await;
    shop.events(2).await;
    shop.order.tell("order.confirmed", "o1", json!({ "order_id": "o1" })).await;
    shop.events(3).await
}

#[tokio::test]
async fn public_facts_of_all_services_are_one_log_without_what_is_personal_or_internal() {
    let shop = Shop::open().await;
    let order = json!({ "order_id": "o1", "customer": "ada", "status": "pending", "lines": [] });
    shop.order.tell("order.placed", "o1", order).await;
    shop.order.tell("session.opened", "s1", json!({ "place": "x" })).await;
    shop.order.tell("order.expired", "o1", json!({ "order_id": "o1" })).await;
    let events = shop.events(2).await;
    insta::assert_json_snapshot!(events[0], { ".id" => "[id]", ".time" => "[time]" }, @r#"
    {
      "data": {
        "lines": [],
        "order_id": "o1",
        "status": "pending"
      },
      "datacontenttype": "application/json",
      "id": "[id]",
      "sequence": "1",
      "source": "/order",
      "specversion": "1.0",
      "subject": "o1",
      "time": "[time]",
      "type": "order.placed"
    }
    "#);
    let (id, time): (String, String) = sqlx::query_as(
        "select event_id::text, to_json(occurred_at) #>> '{}' from outbox where type = 'order.placed'",
    )
    .fetch_one(&shop.order.db)
    .await
    .unwrap();
    assert_eq!(events[0]["id"], json!(id), "its id is the one that the service gave it");
    let parse = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap();
    assert_eq!(parse(events[0]["time"].as_str().unwrap()), parse(&time));
}

#[tokio::test]
async fn whoever_goes_on_with_next_after_sees_each_event_once() {
    let shop = Shop::open().await;
    let all = tell_three(&shop).await;
    let (mut after, mut seen) = ("0".to_owned(), Vec::new());
    loop {
        let answer = shop.changes(&format!("after={after}&limit=2")).await;
        let events = batch(&answer);
        after = answer.header("next-after").to_owned();
        if events.is_empty() {
            break;
        }
        seen.extend(events);
    }
    assert_eq!(seen, all);
    assert_eq!(after, all[2]["sequence"]);
}

#[tokio::test]
async fn a_client_can_ask_for_some_types_by_name_or_all_below_a_name() {
    let shop = Shop::open().await;
    tell_three(&shop).await;
    for (types, expected) in [
        ("order.*", vec!["order.placed", "order.confirmed"]),
        ("payment.changed,order.placed", vec!["order.placed", "payment.changed"]),
        ("*", vec!["order.placed", "payment.changed", "order.confirmed"]),
        ("customer.erased", vec![]),
    ] {
        let answer = shop.changes(&format!("types={types}")).await;
        assert_eq!(column(&batch(&answer), "type"), expected, "{types}");
        assert_eq!(answer.header("next-after"), "3", "{types} passes over the others");
    }
    let first = shop.changes("types=order.*&limit=1").await;
    assert_eq!(first.header("next-after"), "1", "there is more");
}

#[tokio::test]
async fn a_parameter_that_breaks_a_rule_is_named() {
    let shop = Shop::open().await;
    tell_three(&shop).await;
    for (query, parameter, code) in [
        ("after=x", "after", "invalid_value"),
        ("after=-1", "after", "invalid_value"),
        ("after=4", "after", "out_of_range"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=1001", "limit", "out_of_range"),
        ("limit=x", "limit", "invalid_value"),
        ("timeout=30001", "timeout", "out_of_range"),
        ("timeout=-1", "timeout", "invalid_value"),
        ("types=", "types", "unknown"),
        ("types=order", "types", "unknown"),
        ("types=orde.*", "types", "unknown"),
        ("types=order.placed,order.lost", "types", "unknown"),
        ("types=session.opened", "types", "unknown"),
    ] {
        let problem = shop.changes(query).await.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}: {problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{query}: {problem}");
    }
    shop.changes("type=order.placed").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_client_that_waits_is_answered_as_soon_as_something_happens() {
    let shop = Shop::open().await;
    let waiting = tokio::spawn({
        let erp = shop.erp.clone();
        async move { erp.get("/v1/changes?types=order.confirmed&timeout=25000").await }
    });
    let began = Instant::now();
    let all = tell_three(&shop).await;
    let events = batch(&waiting.await.unwrap());
    assert_eq!(events, all[2..]);
    assert!(began.elapsed() < Duration::from_secs(15));
    let answer = shop.changes("after=3&timeout=20").await;
    assert_eq!((batch(&answer).len(), answer.header("next-after")), (0, "3"));
}

#[tokio::test]
async fn a_client_that_begins_with_the_latest_is_told_only_what_comes() {
    let shop = Shop::open().await;
    assert_eq!(shop.changes("after=latest").await.header("next-after"), "0");
    tell_three(&shop).await;
    let answer = shop.changes("after=latest").await;
    assert_eq!((batch(&answer).len(), answer.header("next-after")), (0, "3"));
}

#[tokio::test]
async fn a_position_from_before_what_is_kept_is_gone_and_the_rest_can_be_read() {
    let shop = Shop::open().await;
    let all = tell_three(&shop).await;
    for statement in ["delete from outbox where position < 3", "update log_start set forgotten = 2"]
    {
        sqlx::query(statement).execute(&shop.db).await.unwrap();
    }
    let gone = shop.changes("after=1").await.assert_problem(410, "position_gone").json();
    assert_eq!(gone["oldest_after"], 2);
    for query in ["", "after=2"] {
        assert_eq!(batch(&shop.changes(query).await), all[2..], "{query}");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_process_that_is_about_to_end() {
    let shop = Shop::open().await;
    let waiting = shop.changes("timeout=25000");
    shop.lifecycle.stop();
    let answer = tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
    assert_eq!(batch(&answer).len(), 0);
}

#[tokio::test]
async fn the_types_are_listed_for_those_who_may_read_events_and_for_nobody_else() {
    let shop = Shop::open().await;
    let types = shop.erp.get("/v1/changes/types").await.assert_status(200).json();
    let items = types["items"].as_array().unwrap();
    let confirmed = items.iter().find(|item| item["type"] == "order.confirmed").unwrap();
    assert_eq!(confirmed["subject"], "id of the order");
    for path in ["/v1/changes", "/v1/changes/types"] {
        shop.anyone.get(path).await.assert_problem(401, "unauthenticated");
        let other = shop.anyone.bearer(&shop.tokens.staff(&["orders:read"]));
        other.get(path).await.assert_problem(403, "insufficient_scope");
    }
}

/// Tells facts in transactions of different lengths; every fourth rolls back. Returns what committed.
async fn write(db: PgPool, writer: String, kind: &'static str) -> Vec<String> {
    let mut committed = Vec::new();
    for number in 0..20_u64 {
        let subject = format!("{writer}-{number:03}");
        let mut transaction = db.begin().await.unwrap();
        outbox::append(&mut transaction, kind, &subject, &json!({})).await.unwrap();
        tokio::time::sleep(Duration::from_millis(number * 7 % 20)).await;
        if number % 4 == 3 {
            transaction.rollback().await.unwrap();
        } else {
            transaction.commit().await.unwrap();
            committed.push(subject);
        }
    }
    committed
}

/// Reads until it has seen this many events, in small batches.
async fn read(erp: testing::Client, count: usize) -> Vec<Value> {
    let (mut after, mut seen) = ("0".to_owned(), Vec::new());
    while seen.len() < count {
        let answer = erp.get(&format!("/v1/changes?after={after}&limit=7&timeout=1000")).await;
        after = answer.header("next-after").to_owned();
        seen.extend(batch(&answer));
    }
    let rest = erp.get(&format!("/v1/changes?after={after}&timeout=300")).await;
    assert_eq!(batch(&rest).len(), 0, "nothing more");
    seen
}

#[tokio::test]
async fn however_many_write_and_follow_at_once_no_event_is_skipped_or_repeated() {
    const WRITERS: usize = 8;
    let mut shop = Shop::open().await;
    shop.follow();
    let mut readers = JoinSet::new();
    for _ in 0..3 {
        readers.spawn(read(shop.erp.clone(), 2 * WRITERS * 15));
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let kind = ["order.placed", "order.shipped"][writer % 2];
        writers.spawn(write(shop.order.db.clone(), format!("o{writer}"), kind));
        writers.spawn(write(shop.payment.db.clone(), format!("p{writer}"), "payment.changed"));
    }
    let committed: Vec<Vec<String>> = writers.join_all().await;
    let wanted: BTreeSet<&str> = committed.iter().flatten().map(String::as_str).collect();
    for seen in readers.join_all().await {
        let subjects = column(&seen, "subject");
        assert_eq!(subjects.len(), wanted.len(), "each event once");
        assert_eq!(subjects.iter().copied().collect::<BTreeSet<_>>(), wanted, "every event");
        let positions: Vec<i64> =
            column(&seen, "sequence").iter().map(|text| text.parse().unwrap()).collect();
        assert!(positions.is_sorted());
        for writer in committed.iter().filter_map(|own| own[0].split('-').next()) {
            let own = subjects.iter().filter(|it| it.starts_with(&format!("{writer}-")));
            assert!(own.is_sorted(), "the events of one writer in their order");
        }
    }
}
