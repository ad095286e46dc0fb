//! What is left of an erased customer.

use contracts::{auth::CUSTOMER_ERASED, event::Event};
use serde_json::{Value, json};
use testing::Client;
use uuid::Uuid;

use crate::shop::Shop;

/// What only the customer's orders and carts say.
const PERSONAL: &[&str] = &["ada@example.com", "Lovelace", "Lange Reihe"];

fn erased(customer: Uuid) -> Event {
    let event = json!({
        "specversion": "1.0", "id": Uuid::now_v7(), "source": "/auth", "type": CUSTOMER_ERASED,
        "subject": customer, "time": "2026-11-25T12:00:00Z", "datacontenttype": "application/json",
        "data": { "customer_id": customer }, "sequence": "1"
    });
    serde_json::from_value(event).unwrap()
}

async fn erase(shop: &Shop, customer: Uuid) {
    let mut transaction = shop.db().begin().await.unwrap();
    order::erasure::take_events(&mut transaction, &[erased(customer)]).await.unwrap();
    transaction.commit().await.unwrap();
}

/// Every row that may hold something personal, as text.
async fn dump(shop: &Shop) -> String {
    let rows: Vec<String> = sqlx::query_scalar(
        "select customer_order::text from customer_order union all select cart::text from cart
         union all select coupon_use::text from coupon_use
         union all select outbox::text from outbox
         union all select order_history::text from order_history
         union all select encode(body, 'escape') from idempotency_key",
    )
    .fetch_all(shop.db())
    .await
    .unwrap();
    rows.join("\n")
}

async fn read(client: &Client, order: &Value) -> Value {
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    client.get(&path).await.assert_status(200).json()
}

async fn cancel(shop: &Shop, order: &Value) {
    let path = format!("/v1/orders/{}/cancel", order["id"].as_str().unwrap());
    let staff = shop.staff().key(&Uuid::now_v7().to_string());
    staff.post(&path, json!({})).await.assert_status(200);
}

#[tokio::test]
async fn an_ended_order_keeps_its_sums_and_nothing_personal() {
    let shop = Shop::open().await;
    let id = Uuid::now_v7();
    let customer = shop.client(&shop.tokens.issue(&id.to_string(), &[]));
    let order = shop.order(&customer, &[("mug", 2)], "tok_success").await;
    cancel(&shop, &order).await;
    shop.ready_cart(&customer, &[("lamp", 1)]).await;
    let before = read(&customer, &order).await;
    erase(&shop, id).await;
    let dump = dump(&shop).await;
    assert!(PERSONAL.iter().all(|text| !dump.contains(text)), "{dump}");
    let after = read(&shop.staff(), &order).await;
    for kept in ["number", "totals", "lines", "taxes", "status", "placed_at"] {
        assert_eq!(after[kept], before[kept], "{kept}");
        assert!(!after[kept].is_null(), "{kept}");
    }
    assert!(after["email"].is_null(), "{after}");
    assert_eq!(after["shipping_address"]["country"], before["shipping_address"]["country"]);
    assert_eq!(after["shipping_address"]["last_name"], "");
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_under_way_keeps_its_address_until_it_has_ended() {
    let shop = Shop::open().await;
    let id = Uuid::now_v7();
    let customer = shop.client(&shop.tokens.issue(&id.to_string(), &[]));
    let order = shop.order(&customer, &[("mug", 1)], "tok_success").await;
    assert_eq!(order["status"], "confirmed");
    erase(&shop, id).await;
    let under_way = read(&shop.staff(), &order).await;
    assert_eq!(under_way["shipping_address"], order["shipping_address"]);
    cancel(&shop, &order).await;
    order::erasure::erase_ended(shop.db()).await.unwrap();
    let ended = read(&shop.staff(), &order).await;
    assert_eq!(ended["shipping_address"]["last_name"], "");
    assert_eq!(ended["totals"]["total"], order["totals"]["total"]);
    assert!(ended["totals"]["total"].is_i64());
    let dump = dump(&shop).await;
    let own = dump.lines().filter(|row| row.contains(&id.to_string())).collect::<String>();
    assert!(PERSONAL.iter().all(|text| !own.contains(text)), "{own}");
}

#[tokio::test]
async fn other_customers_keep_what_is_theirs_and_a_repeated_event_changes_nothing() {
    let shop = Shop::open().await;
    let (ada, bob) = (Uuid::now_v7(), Uuid::now_v7());
    let of = |id: Uuid| shop.client(&shop.tokens.issue(&id.to_string(), &[]));
    let of_ada = shop.order(&of(ada), &[("mug", 1)], "tok_success").await;
    let of_bob = shop.order(&of(bob), &[("mug", 1)], "tok_success").await;
    cancel(&shop, &of_ada).await;
    cancel(&shop, &of_bob).await;
    let before = read(&of(bob), &of_bob).await;
    erase(&shop, ada).await;
    let once = read(&shop.staff(), &of_ada).await;
    assert_eq!(read(&of(bob), &of_bob).await, before);
    erase(&shop, Uuid::now_v7()).await;
    assert_eq!(read(&shop.staff(), &of_ada).await, once);
}
