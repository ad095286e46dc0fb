//! F18: receivers of webhooks that are slow, gone, elsewhere, or not for us to call.

use std::time::{Duration, Instant};

use load::{Shop, System};
use serde_json::json;
use testing::{Message, Receiver, Reply};

use crate::events::{all_told, allow, buy, hook};

#[tokio::test]
async fn f18_a_bad_receiver_is_backed_off_disabled_or_refused_and_keeps_no_other_waiting() {
    let (healthy, slow) = (Receiver::open().await, Receiver::open().await);
    let (gone, moved, elsewhere) =
        (Receiver::open().await, Receiver::open().await, Receiver::open().await);
    let all = [&healthy, &slow, &gone, &moved, &elsewhere];
    let mut system = System::start_with(&allow(&all)).await.unwrap();
    Shop::open(&system).await.unwrap();
    let staff = system.staff().await.unwrap();

    // Refused: what is inside, however it is written.
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:169.254.169.254]/",
        "https://10.0.0.1/",
        "https://localhost/",
        "http://erp.example/",
    ] {
        let refused = staff.post("/v1/webhooks", json!({ "url": url })).await.unwrap();
        let problem = refused.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["pointer"], "/url", "{url}");
    }

    let types = ["order.*"];
    let (_, secret) = hook(&staff, &healthy, &types).await;
    let (slow_hook, _) = hook(&staff, &slow, &types).await;
    let (gone_hook, _) = hook(&staff, &gone, &types).await;
    let (moved_hook, _) = hook(&staff, &moved, &types).await;
    slow.otherwise(Reply::Silence);
    gone.otherwise(Reply::Status(410));
    moved.otherwise(Reply::With(308, "location", elsewhere.url()));

    // No other waits.
    let mut last = Instant::now();
    for _ in 0..3 {
        buy(&system.client()).await;
        last = Instant::now();
    }
    let messages = healthy.wait_for(6).await;
    assert!(last.elapsed() < Duration::from_secs(5), "{:?}", last.elapsed());
    assert!(messages.iter().all(|message| message.is_signed_by(&secret)));

    // Disabled.
    let is_off = |answer: &load::Answer| answer.json()["disabled_reason"] == "gone";
    staff.eventually(&gone_hook, is_off).await.unwrap();
    // Backed off, and not followed.
    let pending = format!("{moved_hook}/deliveries?status=pending");
    let backs_off = |answer: &load::Answer| {
        let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
        items.iter().any(|it| it["tries"].as_i64() > Some(1) && it["last_status"] == 308)
    };
    staff.eventually(&pending, backs_off).await.unwrap();
    assert_eq!(elsewhere.messages().len(), 0);

    // Killed while the slow one keeps it waiting: whoever comes next takes over within 15 seconds.
    let held = slow.wait_for(3).await;
    system.kill("events");
    slow.otherwise(Reply::Status(200));
    moved.otherwise(Reply::Status(200));
    system.revive("events").await.unwrap();
    let revived = Instant::now();
    let again = slow.wait_for(held.len() + 6).await;
    assert!(revived.elapsed() < Duration::from_secs(15), "{:?}", revived.elapsed());
    let id_of = |message: &Message| message.id().to_owned();
    let ids: Vec<String> = again[held.len()..].iter().map(id_of).collect();
    assert!(held.iter().map(id_of).all(|id| ids.contains(&id)), "with the same id");

    // Everyone but the gone one has everything, and each order's events in their order.
    for hook in [&slow_hook, &moved_hook] {
        let path = format!("{hook}/deliveries?status=delivered");
        let has_all = |answer: &load::Answer| {
            answer.json()["items"].as_array().is_some_and(|items| items.len() == 6)
        };
        staff.eventually(&path, has_all).await.unwrap();
    }
    let order_of = |messages: &[Message]| {
        let events = messages.iter().map(Message::event);
        let mut events: Vec<_> =
            events.map(|it| (it["subject"].to_string(), it["sequence"].to_string())).collect();
        events.sort_by(|one, other| one.0.cmp(&other.0));
        events.dedup();
        events
    };
    let expected = order_of(&messages);
    assert_eq!(order_of(&again[held.len()..]), expected);
    all_told(&system).await;
}
