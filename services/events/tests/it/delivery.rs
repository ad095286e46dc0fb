use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testing::{Message, Receiver, Reply};

use crate::shop::Shop;

fn subjects(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|it| it.event()["subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_event_comes_as_the_log_shows_it_and_signed() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({ "types": ["order.*"] })).await;
    shop.payment.tell("payment.changed", "p1", json!({ "id": "p1" })).await;
    shop.order.tell("order.placed", "o1", json!({ "order_id": "o1", "customer": "ada" })).await;
    let messages = receiver.wait_for(1).await;
    let events = shop.events(2).await;
    let placed = events.iter().find(|event| event["type"] == "order.placed").unwrap();
    assert_eq!(&messages[0].event(), placed);
    assert_eq!(messages[0].id(), placed["id"]);
    assert_eq!(messages[0].header("content-type"), "application/cloudevents+json");
    assert!(messages[0].is_signed_by(&hook.secret));
    let delivery = shop.delivery(&hook, "delivered").await;
    assert_eq!(
        (&delivery["id"], &delivery["type"], &delivery["tries"], &delivery["last_status"]),
        (&placed["id"], &json!("order.placed"), &json!(1), &json!(204))
    );
    assert_eq!(receiver.messages().len(), 1, "not of other types, and once");
}

#[tokio::test]
async fn what_fails_is_sent_again_with_the_same_id_and_a_new_signature() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Status(500), Reply::Status(404)]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    let messages = receiver.wait_for(3).await;
    assert!(messages.iter().all(|message| message.id() == messages[0].id()));
    assert!(messages.iter().all(|message| message.is_signed_by(&hook.secret)));
    let timestamps: Vec<&str> = messages.iter().map(|it| it.header("webhook-timestamp")).collect();
    assert_ne!(timestamps[0], timestamps[2], "it is the time of the try");
    assert_eq!(shop.delivery(&hook, "delivered").await["tries"], 3);
}

#[tokio::test]
async fn events_of_a_subject_keep_their_order_and_others_do_not_wait() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Status(500), Reply::Status(500)]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(1).await;
    shop.order.tell("order.confirmed", "o1", json!({})).await;
    shop.order.tell("order.shipped", "o1", json!({})).await;
    receiver.wait_for(2).await;
    shop.order.tell("order.placed", "o2", json!({})).await;
    let messages = receiver.wait_for(6).await;
    let types = |subject: &str| -> Vec<Value> {
        let events = messages.iter().map(Message::event);
        events.filter(|it| it["subject"] == subject).map(|it| it["type"].clone()).collect()
    };
    let failed_first =
        ["order.placed", "order.placed", "order.placed", "order.confirmed", "order.shipped"];
    assert_eq!(types("o1"), failed_first);
    assert_eq!(types("o2"), ["order.placed"]);
    let place = subjects(&messages).iter().position(|subject| subject == "o2").unwrap();
    assert!(place < 5, "o2 came before all of o1 was through");
}

#[tokio::test]
async fn an_address_that_never_answers_keeps_no_other_waiting() {
    let (dead, healthy) = (Receiver::open().await, Receiver::open().await);
    let shop = Shop::open_for(&[&dead, &healthy]).await;
    shop.hook(&dead, json!({})).await;
    shop.hook(&healthy, json!({})).await;
    dead.otherwise(Reply::Silence);
    let began = Instant::now();
    for number in 0..40 {
        shop.order.tell("order.placed", &format!("o{number}"), json!({})).await;
    }
    healthy.wait_for(40).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(dead.messages().len() <= 16, "{} at a time", dead.messages().len());
}

#[tokio::test]
async fn an_address_that_is_gone_gets_nothing_more() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Status(410)]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    let failed = shop.delivery(&hook, "failed").await;
    assert_eq!(failed["last_status"], 410);
    let webhook = shop.staff.get(&hook.path).await.json();
    assert_eq!(
        (&webhook["status"], &webhook["disabled_reason"]),
        (&json!("disabled"), &json!("gone"))
    );
    shop.order.tell("order.placed", "o2", json!({})).await;
    shop.queued(2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(receiver.messages().len(), 1);
}

#[tokio::test]
async fn after_all_tries_the_webhook_is_disabled_and_what_was_lost_can_be_sent_by_hand() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.otherwise(Reply::Status(500));
    shop.order.tell("order.placed", "o1", json!({})).await;
    let failed = shop.delivery(&hook, "failed").await;
    assert_eq!((&failed["tries"], failed["next_try_at"].is_null()), (&json!(4), true));
    let webhook = shop.staff.get(&hook.path).await.json();
    assert_eq!(webhook["disabled_reason"], "failing");
    let retry = format!("{}/deliveries/{}/retry", hook.path, failed["id"].as_str().unwrap());
    shop.staff.post(&retry, json!(null)).await.assert_problem(409, "webhook_disabled");
    let position = failed["sequence"].as_i64().unwrap();
    shop.order.tell("order.shipped", "o2", json!({})).await;
    shop.queued(2).await;

    receiver.otherwise(Reply::Status(200));
    shop.staff.patch(&hook.path, json!({ "status": "enabled" })).await.assert_status(200);
    let keyed = shop.staff.key("once");
    let first = keyed.post(&retry, json!(null)).await.assert_status(202);
    let second = keyed.post(&retry, json!(null)).await.assert_status(202);
    assert_eq!((first.body, second.header("idempotent-replayed")), (second.body.clone(), "true"));
    let again = receiver.wait_for(5).await;
    assert_eq!(again[4].id(), failed["id"]);
    shop.delivery(&hook, "delivered").await;

    // What happened while it was disabled is not queued, and can be.
    let replay = format!("{}/replay", hook.path);
    let missed = json!({ "after": position });
    let replayed = shop.staff.post(&replay, missed).await.assert_status(202).json();
    assert_eq!(replayed, json!({ "queued": 1 }));
    let messages = receiver.wait_for(6).await;
    assert_eq!(messages[5].event()["subject"], "o2");
    let all = json!({ "after": 0, "until": position });
    shop.staff.post(&replay, all).await.assert_status(202);
    assert_eq!(receiver.wait_for(7).await[6].id(), failed["id"], "also what was delivered");
    let bad = json!({ "after": -1 });
    shop.staff.post(&replay, bad).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn what_waited_for_a_webhook_that_was_disabled_goes_out_once_it_is_enabled() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Status(500)]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(1).await;
    shop.staff.patch(&hook.path, json!({ "status": "disabled" })).await.assert_status(200);
    // As late in the schedule as it may be.
    let set =
        "update delivery set due_at = now() + interval '1 day', tries = 3 where due_at is not null";
    sqlx::query(set).execute(&shop.db).await.unwrap();
    shop.staff.patch(&hook.path, json!({ "status": "enabled" })).await.assert_status(200);
    receiver.wait_for(2).await;
    assert_eq!(shop.delivery(&hook, "delivered").await["tries"], 1);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let (receiver, other) = (Receiver::open().await, Receiver::open().await);
    let shop = Shop::open_for(&[&receiver, &other]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply((0..2).map(|_| Reply::With(307, "location", other.url())));
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(3).await;
    assert_eq!(shop.delivery(&hook, "delivered").await["tries"], 3);
    assert_eq!(other.messages().len(), 0);
}

#[tokio::test]
async fn an_address_that_asks_for_a_pause_gets_one() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::With(429, "retry-after", "3".to_owned())]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(shop.staff.get(&hook.path).await.json()["paused_until"].is_string());
    shop.order.tell("order.placed", "o2", json!({})).await;
    let messages = receiver.wait_for(3).await;
    let pause = messages[1].at - messages[0].at;
    assert!(pause > Duration::from_millis(2700), "{pause:?}: also events of other subjects wait");
}

#[tokio::test]
async fn what_an_address_has_become_is_checked_again_when_it_is_called() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    let port = receiver.host.rsplit(':').next().unwrap();
    for url in [
        format!("https://localhost:{port}/hook"),
        format!("http://localhost:{port}/hook"),
        format!("https://[::ffff:127.0.0.1]:{port}/hook"),
    ] {
        // As if the name had stood for another host when the webhook was created.
        let set = "update webhook set url = $1, status = 'enabled', disabled_at = null,
                   disabled_reason = null";
        sqlx::query(set).bind(&url).execute(&shop.db).await.unwrap();
        shop.order.tell("order.placed", &url, json!({})).await;
        shop.delivery(&hook, "pending").await;
        let failed = shop.delivery(&hook, "failed").await;
        assert_eq!((&failed["subject"], &failed["last_status"]), (&json!(url), &Value::Null));
        let error = failed["last_error"].as_str().unwrap();
        assert!(error.contains("public internet") || error.contains("https"), "{error}");
    }
    assert_eq!(receiver.messages().len(), 0);
}

#[tokio::test]
async fn nobody_at_the_address_is_a_failure_like_others() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = closed.local_addr().unwrap().to_string();
    drop(closed);
    let test = format!("{}/test", hook.path);
    let tested = shop.staff.post(&test, json!(null)).await.assert_status(200).json();
    assert_eq!(tested, json!({ "delivered": true, "status": 204 }));
    assert_eq!(receiver.messages()[0].event()["type"], "webhook.test");
    assert!(receiver.messages()[0].is_signed_by(&hook.secret));

    let other = Shop::open_for_hosts(std::slice::from_ref(&host)).await;
    let url = format!("http://{host}/");
    let created = other.staff.post("/v1/webhooks", json!({ "url": url })).await.assert_status(201);
    let test = format!("{}/test", created.header("location"));
    let tested = other.staff.post(&test, json!(null)).await.assert_status(200).json();
    assert_eq!(tested["delivered"], false);
    assert_eq!(tested["error"], "there was no connection, or it broke");
}

#[tokio::test]
async fn both_secrets_sign_until_the_receiver_knows_the_new_one() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    let path = format!("{}/secret", hook.path);
    shop.staff.post(&path, json!({})).await.assert_problem(428, "if_match_required");
    let staff = shop.staff.header("if-match", "\"1\"");
    let rotated = staff.post(&path, json!({})).await.assert_status(200);
    assert_eq!((rotated.header("etag"), rotated.header("cache-control")), ("\"2\"", "no-store"));
    assert!(rotated.json()["old_secret_until"].is_string());
    staff.post(&path, json!({})).await.assert_problem(412, "version_mismatch");
    let new = rotated.json()["secret"].as_str().unwrap().to_owned();
    shop.order.tell("order.placed", "o1", json!({})).await;
    let message = receiver.wait_for(1).await[0].clone();
    assert!(message.is_signed_by(&hook.secret) && message.is_signed_by(&new));
    assert_eq!(message.header("webhook-signature").split(' ').count(), 2);

    let staff = shop.staff.header("if-match", "\"2\"");
    let at_once = json!({ "overlap_seconds": 0 });
    let rotated = staff.post(&path, at_once).await.assert_status(200).json();
    shop.order.tell("order.placed", "o2", json!({})).await;
    let message = receiver.wait_for(2).await[1].clone();
    assert!(message.is_signed_by(rotated["secret"].as_str().unwrap()));
    assert!(!message.is_signed_by(&new) && !message.is_signed_by(&hook.secret));
}

#[tokio::test]
async fn several_processes_share_the_work_and_send_each_event_once() {
    let receiver = Receiver::open().await;
    let mut shop = Shop::open_for(&[&receiver]).await;
    shop.hook(&receiver, json!({})).await;
    shop.add_sender();
    shop.add_sender();
    for number in 0..60 {
        shop.order.tell("order.placed", &format!("o{}", number % 20), json!({})).await;
    }
    let messages = receiver.wait_for(60).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(receiver.messages().len(), 60);
    let mut ids: Vec<&str> = messages.iter().map(Message::id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 60);
    let of = |subject: &str| -> Vec<i64> {
        let events = messages.iter().map(Message::event).filter(|it| it["subject"] == subject);
        events.map(|it| it["sequence"].as_str().unwrap().parse().unwrap()).collect()
    };
    assert!((0..20).all(|number| of(&format!("o{number}")).is_sorted()));
}

#[tokio::test]
async fn a_process_that_is_told_to_end_finishes_what_it_is_sending() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Late(200, Duration::from_secs(1))]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(1).await;
    shop.lifecycle.stop();
    assert_eq!(shop.delivery(&hook, "delivered").await["tries"], 1);
    shop.order.tell("order.placed", "o2", json!({})).await;
    shop.queued(2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(receiver.messages().len(), 1, "it begins nothing new");
}

#[tokio::test]
async fn what_a_process_was_sending_when_it_was_killed_another_one_sends_again() {
    let receiver = Receiver::open().await;
    let mut shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    receiver.reply([Reply::Silence]);
    shop.order.tell("order.placed", "o1", json!({})).await;
    receiver.wait_for(1).await;
    let killed = Instant::now();
    shop.kill_senders();
    shop.add_sender();
    let messages = receiver.wait_for(2).await;
    assert!(killed.elapsed() < Duration::from_secs(15), "{:?}", killed.elapsed());
    assert_eq!(messages[1].id(), messages[0].id());
    shop.delivery(&hook, "delivered").await;
}

#[tokio::test]
async fn deliveries_are_listed_by_how_they_stand() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    for number in 0..3 {
        shop.order.tell("order.placed", &format!("o{number}"), json!({})).await;
    }
    receiver.wait_for(3).await;
    receiver.otherwise(Reply::Silence);
    shop.order.tell("order.placed", "o3", json!({})).await;
    receiver.wait_for(4).await;
    let list = async |query: &str| {
        let path = format!("{}/deliveries{query}", hook.path);
        shop.staff.get(&path).await.assert_status(200).json()
    };
    let pending = list("?status=pending").await;
    assert_eq!(pending["items"][0]["subject"], "o3");
    let retry = pending["items"][0]["id"].as_str().unwrap();
    let retry = format!("{}/deliveries/{retry}/retry", hook.path);
    shop.staff.post(&retry, json!(null)).await.assert_problem(409, "delivery_busy");
    let first = list("?limit=3").await;
    let rest = list(&format!("?cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let bad = format!("{}/deliveries?status=lost", hook.path);
    shop.staff.get(&bad).await.assert_problem(422, "invalid");
    let missing = format!("{}/deliveries/{}/retry", hook.path, uuid::Uuid::now_v7());
    shop.staff.post(&missing, json!(null)).await.assert_problem(404, "not_found");
}
