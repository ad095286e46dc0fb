//! What happens is told to the systems around: asked for, and sent.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use load::{
    Client, Shop, System, Variable,
    invariants::{self, TOLD},
};
use serde_json::{Value, json};
use testing::Receiver;

use crate::purchase::ready_cart;

/// Lets events be sent to these receivers, and tries again every two seconds.
pub(crate) fn allow(receivers: &[&Receiver]) -> Vec<Variable> {
    let hosts: Vec<&str> = receivers.iter().map(|it| it.host.as_str()).collect();
    let hosts: &'static str = hosts.join(",").leak();
    vec![
        ("events", "VITRINE_EGRESS_ALLOW", hosts),
        ("events", "VITRINE_WEBHOOK_RETRY_SECONDS", "1,2,2,2,2,2,2,2,2,2,2,2,2"),
    ]
}

/// A webhook for a receiver, made by staff: its path and its secret.
pub(crate) async fn hook(staff: &Client, receiver: &Receiver, types: &[&str]) -> (String, String) {
    let new = json!({ "url": receiver.url(), "types": types });
    let created = staff.post("/v1/webhooks", new).await.unwrap().assert_status(201).json();
    let text = |name: &str| created[name].as_str().unwrap().to_owned();
    (format!("/v1/webhooks/{}", text("id")), text("secret"))
}

/// Waits until everything that happened was told to everyone who wants to know.
pub(crate) async fn all_told(system: &System) {
    let began = Instant::now();
    loop {
        let untold = invariants::broken(system, TOLD).await.unwrap();
        if untold.is_empty() {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "never told:\n{}", untold.join("\n"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Somebody buys a kettle; the order.
pub(crate) async fn buy(client: &Client) -> Value {
    let shopper = client.anonymous().await.unwrap();
    let cart = ready_cart(&shopper, &[("KETTLE", 1)]).await;
    let pay = json!({ "payment": { "token": "tok_success" } });
    let path = format!("/v1/carts/{cart}/checkout");
    let order = shopper.key("buy").post(&path, pay).await.unwrap().assert_status(201).json();
    assert_eq!(order["status"], "confirmed");
    order
}

/// Everything of these types in the log, read as a connector does.
async fn pull(client: &Client, types: &str) -> Vec<Value> {
    let (mut after, mut events) = ("0".to_owned(), Vec::new());
    loop {
        let path = format!("/v1/changes?types={types}&after={after}&limit=3");
        let answer = client.get(&path).await.unwrap().assert_status(200);
        let batch = answer.json().as_array().unwrap().clone();
        if batch.is_empty() {
            return events;
        }
        after = answer.headers["next-after"].to_str().unwrap().to_owned();
        events.extend(batch);
    }
}

/// Waits until the log tells of so many events of an order.
async fn events_of(client: &Client, order: &Value, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let mut events = pull(client, "order.*").await;
        events.retain(|event| event["subject"] == order["id"]);
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the log never tells {count} events of {}", order["id"]);
}

/// A connector is told which products were written, and reads them.
async fn check_catalog_is_told(staff: &Client) {
    let product = json!({ "identifier": "TOLD", "enabled": false });
    staff.post("/api/rest/v1/products", product).await.unwrap().assert_status(201);
    for _ in 0..200 {
        let events = pull(staff, "catalog.product.changed").await;
        if let Some(newest) = events.last().map(|event| &event["data"]["changes"][0]) {
            let path = format!("/api/rest/v1/products-uuid/{}", newest["code"].as_str().unwrap());
            let read = staff.get(&path).await.unwrap().assert_status(200).json();
            if read["values"]["sku"][0]["data"] == "TOLD" {
                assert_eq!(newest["action"], "created");
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the log never tells of the product");
}

#[tokio::test]
async fn an_order_is_pulled_by_the_erp_and_sent_to_its_webhook_also_across_a_kill() {
    let receiver = Receiver::open().await;
    let mut system = System::start_with(&allow(&[&receiver])).await.unwrap();
    Shop::open(&system).await.unwrap();
    let staff = system.staff().await.unwrap();
    let (_, secret) = hook(&staff, &receiver, &["order.*"]).await;
    check_catalog_is_told(&staff).await;

    let first = buy(&system.client()).await;
    let events = events_of(&staff, &first, 2).await;
    assert_eq!([&events[0]["type"], &events[1]["type"]], ["order.placed", "order.confirmed"]);
    let told = &events[1]["data"];
    for name in ["number", "status", "payment_status", "fulfilment_status"] {
        assert_eq!(told[name], first[name], "{name}: {told}");
    }
    assert_eq!(told["total"], first["totals"]["total"]);
    assert_eq!(told["lines"][0]["sku"], "KETTLE");
    assert!(told["customer"].is_null());
    let messages = receiver.wait_for(2).await;
    assert!(messages.iter().all(|message| message.is_signed_by(&secret)));
    assert_eq!(messages[1].event(), events[1]);

    // Nobody is there to tell; it is told as soon as somebody is.
    system.kill("events");
    staff.get("/v1/changes").await.unwrap().assert_status(503);
    let second = buy(&system.client()).await;
    let path = format!("/v1/orders/{}/shipments", first["id"].as_str().unwrap());
    staff.key("ship").post(&path, json!({})).await.unwrap().assert_status(201);
    system.revive("events").await.unwrap();
    let shipped = events_of(&staff, &first, 3).await.pop().unwrap();
    assert_eq!(
        (&shipped["type"], &shipped["data"]["status"]),
        (&json!("order.shipped"), &json!("completed"))
    );
    assert_eq!(shipped["data"]["fulfilment_status"], "shipped");
    events_of(&staff, &second, 2).await;

    all_told(&system).await;
    let pulled = pull(&staff, "order.*").await;
    // Some may have come twice: what was sent, and not yet noted, when it was killed.
    let messages = receiver.messages();
    let ids: BTreeSet<&str> = pulled.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), pulled.len(), "each once");
    assert_eq!(messages.iter().map(testing::Message::id).collect::<BTreeSet<_>>(), ids);
}
