use contracts::{auth::CUSTOMER_ERASED, catalog::PRODUCT_PUBLISHED, order::ORDER_CONFIRMED};
use serde_json::{Value, json};

use crate::shop::{Shop, page, product, skus};

fn order(id: u128, customer: &str, letters: &str) -> Value {
    let lines: Vec<Value> = letters
        .chars()
        .map(|letter| json!({ "sku": letter.to_string(), "product_id": page(letter), "quantity": 1 }))
        .collect();
    json!({ "order_id": uuid::Uuid::from_u128(id), "customer": customer, "lines": lines,
            "placed_at": "2026-11-01T12:00:00Z" })
}

#[tokio::test]
async fn orders_become_recommendations() {
    let shop = Shop::open("ABC").await;
    for id in 1..=3 {
        shop.orders.tell(ORDER_CONFIRMED, order(id, "somebody", "AB"));
    }
    shop.orders.tell("order.placed", order(4, "somebody", "AC"));
    shop.follow_orders().await;
    let training = shop.train().await;
    assert_eq!((&training["baskets"], &training["interactions"]), (&json!(3), &json!(6)));
    assert_eq!(shop.skus("bought-together?product=A&limit=1").await, "B");
}

#[tokio::test]
async fn an_order_that_is_told_twice_counts_once() {
    let shop = Shop::open("AB").await;
    shop.orders.tell(ORDER_CONFIRMED, order(1, "somebody", "AB"));
    shop.follow_orders().await;
    shop.orders.repeat_everything();
    shop.follow_orders().await;
    assert_eq!(shop.train().await["interactions"], 2);
}

#[tokio::test]
async fn an_order_is_part_of_its_customers_history() {
    let shop = Shop::open("ABC").await;
    let id = uuid::Uuid::now_v7().to_string();
    shop.orders.tell(ORDER_CONFIRMED, order(1, &id, "B"));
    shop.follow_orders().await;
    let me = shop.anyone.bearer(&shop.tokens.issue(&id, &[]));
    let answer = me.get("/v1/recommendations/for-you?limit=1").await;
    assert_eq!(skus(&answer), "B");
    assert_eq!(answer.json()["items"][0]["reason"]["code"], "bought_before");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_does_not_stop_the_feed() {
    let shop = Shop::open("A").await;
    shop.catalog.tell(PRODUCT_PUBLISHED, json!({ "product_id": "?" }));
    shop.publish([product('B')]).await;
    shop.orders.tell(ORDER_CONFIRMED, json!({ "order_id": 1 }));
    shop.orders.tell(ORDER_CONFIRMED, order(1, "somebody", "AB"));
    shop.follow_orders().await;
    let training = shop.train().await;
    assert_eq!((&training["products"], &training["baskets"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_product_keeps_the_history_of_an_sku_that_moved_to_it() {
    let shop = Shop::open("AB").await;
    for id in 1..=3 {
        shop.orders.tell(ORDER_CONFIRMED, order(id, "somebody", "AB"));
    }
    shop.follow_orders().await;
    let mut merged = product('M');
    merged["skus"] = json!(["B", "M"]);
    shop.unpublish('B').await;
    shop.publish([merged]).await;
    shop.train().await;
    let body = shop.anyone.get("/v1/recommendations/bought-together?product=A").await.json();
    assert_eq!(body["items"][0]["product_id"], json!(page('M')));
    assert_eq!(body["items"][0]["reason"]["evidence"]["count"], 3);
}

/// Everything that the service's tables hold, a row a line.
async fn dump(shop: &Shop) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = current_schema() and table_name not like 'interaction\\_%' order by 1",
    )
    .fetch_all(&shop.db)
    .await
    .unwrap();
    let mut dump = Vec::new();
    for table in tables {
        let query = format!("select to_jsonb(\"{table}\")::text from \"{table}\" order by 1");
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&shop.db).await.unwrap();
        dump.extend(rows.into_iter().map(|row| format!("{table} {row}")));
    }
    dump.join("\n")
}

#[tokio::test]
async fn what_an_erased_customer_did_stays_and_leads_to_nobody() {
    let shop = Shop::open("ABC").await;
    let id = uuid::Uuid::now_v7().to_string();
    shop.orders.tell(ORDER_CONFIRMED, order(1, &id, "AB"));
    shop.orders.tell(ORDER_CONFIRMED, order(2, "somebody", "AB"));
    shop.follow_orders().await;
    let me = shop.anyone.bearer(&shop.tokens.issue(&id, &[]));
    let viewed = json!({ "items": [{ "type": "view", "sku": "C", "session": "my-browser" }] });
    shop.anyone.post("/v1/interactions", viewed.clone()).await.assert_status(202);
    me.key("once").post("/v1/interactions", viewed).await.assert_status(202);
    assert!(dump(&shop).await.contains(&id));
    shop.accounts.tell("customer.registered", json!({ "customer_id": id }));
    shop.accounts.tell(CUSTOMER_ERASED, json!({ "customer_id": "?" }));
    shop.accounts.tell(CUSTOMER_ERASED, json!({ "customer_id": id }));
    shop.follow_auth().await;
    assert_eq!(shop.train().await["baskets"], 2);
    let dump = dump(&shop).await;
    let kept = dump.lines().filter(|line| line.starts_with("interaction ")).count();
    assert!(kept == 6 && dump.contains("somebody"), "{dump}");
    // What is written as bytes is dumped in hexadecimal digits.
    for trace in [&id, "my-browser"] {
        let bytes: String = trace.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!dump.contains(trace) && !dump.contains(&bytes), "{trace} in {dump}");
    }
    for replica in [&shop, &shop.replica().await] {
        let me = replica.anyone.bearer(&shop.tokens.issue(&id, &[]));
        let mine = me.get("/v1/recommendations/for-you").await;
        assert_eq!(skus(&mine), replica.skus("trending").await, "as for a stranger");
        let history = me.get("/v1/recommendations/recently-viewed").await;
        assert_eq!(skus(&history), "");
    }
}

#[tokio::test]
async fn feeds_that_are_told_again_change_nothing() {
    let shop = Shop::open("ABC").await;
    shop.keep_learning();
    let id = uuid::Uuid::now_v7().to_string();
    for (number, customer) in (1..=3).zip([&id, "somebody", "somebody"]) {
        shop.orders.tell(ORDER_CONFIRMED, order(number, customer, "AB"));
    }
    shop.orders.tell(ORDER_CONFIRMED, order(4, "somebody", "AC"));
    shop.follow_orders().await;
    shop.unpublish('C').await;
    shop.accounts.tell(CUSTOMER_ERASED, json!({ "customer_id": id }));
    shop.follow_auth().await;
    let paths = ["trending", "bought-together?product=A", "cart?products=B", "similar?product=B"];
    shop.eventually(paths[1], "B").await;
    shop.train().await;
    // Where a feed was read to changes, and which transaction wrote a product.
    let state = async || {
        let dump = dump(&shop).await;
        let lines = dump.lines().filter(|line| !line.starts_with("feed_cursor "));
        let lines = lines.map(|line| line.split("\"xact_id\"").next().unwrap().to_owned());
        lines.collect::<Vec<_>>()
    };
    let mut answers = Vec::new();
    for path in paths {
        answers.push(shop.anyone.get(&format!("/v1/recommendations/{path}")).await.json());
    }
    let before = state().await;
    for feed in [&shop.orders, &shop.catalog, &shop.accounts] {
        feed.repeat_everything();
    }
    shop.follow_orders().await;
    shop.follow_catalog().await;
    shop.follow_auth().await;
    assert_eq!(state().await, before);
    let restarted = shop.replica().await;
    for (path, answer) in paths.iter().zip(&answers) {
        let again = restarted.anyone.get(&format!("/v1/recommendations/{path}")).await;
        assert_eq!(again.json(), *answer, "{path}");
    }
}
