use serde_json::{Value, json};

use crate::shop::{Shop, path_of};

#[tokio::test]
async fn a_paid_order_is_confirmed_and_its_stock_is_its_own() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 2), ("lamp", 1)], "tok_success").await;
    assert_eq!(order["status"], "confirmed");
    assert_eq!(order["payment_status"], "paid");
    assert_eq!(order["fulfilment_status"], "unfulfilled");
    assert_eq!(order["payment"]["paid"], 7490);
    let number = order["number"].as_str().unwrap();
    assert!(number.starts_with("V-20") && number.len() == 15, "{number}");
    let moves: Vec<_> = order["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["from"].as_str(), entry["to"].as_str().unwrap()))
        .collect();
    assert_eq!(moves, [(None, "pending"), (Some("pending"), "confirmed")]);
    assert_eq!(shop.level("mug").await, (10, 0, 2));
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
    let read = client.get(&path_of(&order)).await.assert_status(200);
    assert_eq!(read.json(), order);
}

#[tokio::test]
async fn the_order_says_what_was_bought_to_others() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 2)], "tok_success").await;
    let service = shop.client(&shop.tokens.service("recommendation"));
    let events = service.get("/internal/feed?after=1").await.assert_status(200).json();
    let fact = &events[0]["data"];
    assert_eq!(events[0]["type"], "order.confirmed");
    assert_eq!((&fact["order_id"], &fact["customer"]), (&order["id"], &order["customer"]));
    assert_eq!(
        (&fact["lines"][0]["sku"], &fact["lines"][0]["quantity"]),
        (&json!("mug"), &json!(2))
    );
    shop.staff().get("/internal/feed").await.assert_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn checkout_needs_a_key() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let body = json!({"payment": {"token": "tok_success"}});
    let answer = client.post(&format!("{cart}/checkout"), body).await;
    answer.assert_problem(400, "idempotency_key_required");
}

#[tokio::test]
async fn bad_checkouts_are_refused_and_the_field_is_named() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    for (body, pointer) in [
        (json!({"payment": {"token": ""}}), "/payment/token"),
        (json!({"payment": {}}), "/payment"),
        (json!({}), "/payment"),
        (json!({"payment": {"token": "t"}, "expected_total": "free"}), "/expected_total"),
    ] {
        let answer = client.key("k").post(&format!("{cart}/checkout"), body).await;
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_retry_gets_the_same_answer() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let keyed = client.key("once");
    let body = json!({"payment": {"token": "tok_success"}, "expected_total": 1490});
    let path = format!("{cart}/checkout");
    let first = keyed.post(&path, body.clone()).await.assert_status(201);
    let again = keyed.post(&path, body).await.assert_status(201);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = json!({"payment": {"token": "tok_other"}});
    keyed.post(&path, other.clone()).await.assert_problem(422, "idempotency_key_reused");
    let answer = client.key("twice").post(&path, other).await.assert_problem(409, "cart_closed");
    assert_eq!(answer.json()["order_id"], first.json()["id"]);
    let line = json!({"sku": "mug", "quantity": 1});
    client.post(&format!("{cart}/lines"), line).await.assert_problem(409, "cart_closed");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test]
async fn a_cart_that_lacks_something_becomes_no_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = client.post("/v1/carts", json!({})).await.json();
    let cart = format!("/v1/carts/{}", cart["id"].as_str().unwrap());
    let answer = shop.checkout(&client, &cart, "tok_success").await;
    let answer = answer.assert_problem(409, "cart_not_ready");
    assert_eq!(answer.json()["problems"][0]["code"], "empty");
    assert_eq!(client.get("/v1/orders").await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_is_not_there_is_not_sold() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1), ("lamp", 11)]).await;
    let answer = shop.checkout(&client, &cart, "tok_success").await;
    let answer = answer.assert_problem(409, "out_of_stock");
    assert_eq!(answer.json()["lines"], json!([{"sku": "lamp", "wanted": 11, "available": 10}]));
    assert_eq!(shop.level("mug").await, (10, 0, 0));
    assert_eq!(shop.payment.balance(), 0);
}

#[tokio::test]
async fn another_price_than_the_customer_saw_changes_nothing() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.catalog.sell("mug", 1200);
    let answer = shop.checkout(&client, &cart, "tok_success").await;
    let answer = answer.assert_problem(409, "price_changed").json();
    assert_eq!(
        answer["lines"],
        json!([{"sku": "mug", "old_unit_price": 1000, "new_unit_price": 1200}])
    );
    assert_eq!(answer["total"], 1690);
    assert_eq!(shop.level("mug").await, (10, 0, 0));

    let body = json!({"payment": {"token": "tok_success"}, "expected_total": 1490});
    let answer = client.key("a").post(&format!("{cart}/checkout"), body).await;
    assert_eq!(answer.assert_problem(409, "price_changed").json()["total"], 1690);
    let body = json!({"payment": {"token": "tok_success"}, "expected_total": 1690});
    let answer = client.key("b").post(&format!("{cart}/checkout"), body).await;
    assert_eq!(answer.assert_status(201).json()["status"], "confirmed");
}

#[tokio::test]
async fn what_is_not_sold_any_more_becomes_no_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.catalog.withdraw("mug");
    let answer = shop.checkout(&client, &cart, "tok_success").await;
    let answer = answer.assert_problem(409, "cart_not_ready");
    assert_eq!(answer.json()["problems"][0]["code"], "line_unavailable");
}

#[tokio::test]
async fn with_the_catalog_down_recent_prices_will_do() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.catalog.set_down(true);
    shop.checkout(&client, &cart, "tok_success").await.assert_status(201);
}

#[tokio::test]
async fn with_the_catalog_down_old_prices_will_not() {
    let settings =
        order::Settings { price_grace: std::time::Duration::ZERO, ..order::Settings::default() };
    let shop = Shop::open_with(settings).await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.catalog.set_down(true);
    shop.checkout(&client, &cart, "tok_success").await.assert_problem(503, "unavailable");
    shop.catalog.set_down(false);
    shop.checkout(&client, &cart, "tok_success").await.assert_status(201);
}

#[tokio::test]
async fn when_there_is_nothing_to_pay_nothing_is_charged() {
    let shop = Shop::open().await;
    let gift = json!({"code": "gift", "name": "Gift", "kind": "percent", "basis_points": 10_000});
    shop.staff().post("/v1/promotions", gift).await.assert_status(201);
    let free = json!({"code": "free", "name": "Free shipping", "kind": "free_shipping"});
    shop.staff().post("/v1/promotions", free).await.assert_status(201);
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let order = client.key("k").post(&format!("{cart}/checkout"), json!({})).await;
    let order = order.assert_status(201).json();
    assert_eq!((&order["status"], &order["payment"]), (&json!("confirmed"), &Value::Null));
    assert_eq!(order["payment_status"], "none");
    assert_eq!(shop.level("mug").await, (10, 0, 1));
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
    let order = client.post(&format!("{}/cancel", path_of(&order)), json!({})).await;
    assert_eq!(order.assert_status(200).json()["status"], "cancelled");
    assert_eq!(shop.level("mug").await, (10, 0, 0));
}

#[tokio::test]
async fn a_coupon_counts_when_the_order_is_placed_and_comes_back_when_it_ends() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    let promotion = json!({
        "code": "ten", "name": "10 % off", "kind": "percent", "basis_points": 1000,
        "requires_coupon": true
    });
    staff.post("/v1/promotions", promotion).await.assert_status(201);
    let coupon = json!({"code": "TEN", "promotion": "ten", "per_customer_limit": 1});
    staff.post("/v1/coupons", coupon).await.assert_status(201);
    let client = shop.customer();
    let first = shop.ready_cart(&client, &[("mug", 1)]).await;
    let second = shop.ready_cart(&client, &[("mug", 1)]).await;
    for cart in [&first, &second] {
        let code = json!({"code": "TEN"});
        client.post(&format!("{cart}/coupons"), code).await.assert_status(200);
    }
    let order = shop.checkout(&client, &first, "tok_success").await.assert_status(201).json();
    assert_eq!(order["totals"]["discount"], 100);
    assert_eq!(staff.get("/v1/coupons/TEN").await.json()["used"], 1);
    let answer = shop.checkout(&client, &second, "tok_success").await;
    answer.assert_problem(409, "coupon_not_usable");
    client.post(&format!("{}/cancel", path_of(&order)), json!({})).await.assert_status(200);
    assert_eq!(staff.get("/v1/coupons/TEN").await.json()["used"], 0);
    shop.checkout(&client, &second, "tok_success").await.assert_status(201);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn totals_that_do_not_add_up_cannot_be_written() {
    let shop = Shop::open().await;
    shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    for (statement, constraint) in [
        ("update customer_order set total = total + 1", "customer_order_total_check"),
        (
            "update customer_order set items = items + 1, total = total + 1",
            "customer_order_sums_check",
        ),
        ("update order_line set discount = 1", "order_line_total_check"),
        ("update stock set allocated = on_hand + 1", "stock_committed_check"),
        ("update customer_order set refunded = paid + 1", "customer_order_refunded_check"),
    ] {
        let error = sqlx::query(statement).execute(shop.db()).await.unwrap_err();
        let broken = error.as_database_error().and_then(|e| e.constraint()).map(str::to_owned);
        assert_eq!(broken.as_deref(), Some(constraint), "{statement}");
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_caller() {
    let shop = Shop::open().await;
    let mut orders = Vec::new();
    for client in [shop.shopper(), shop.shopper()] {
        let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
        let body = json!({"payment": {"token": "tok_success"}});
        let answer = client.key("the same").post(&format!("{cart}/checkout"), body).await;
        orders.push(answer.assert_status(201).json()["id"].clone());
    }
    assert_ne!(orders[0], orders[1]);
    assert_eq!(shop.level("mug").await, (10, 0, 2));
}

#[tokio::test]
async fn what_was_added_twice_is_one_demand_on_the_stock() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 6), ("mug", 6)]).await;
    let answer = shop.checkout(&client, &cart, "tok_success").await;
    let answer = answer.assert_problem(409, "out_of_stock");
    assert_eq!(answer.json()["lines"], json!([{"sku": "mug", "wanted": 12, "available": 10}]));
    assert_eq!(shop.level("mug").await, (10, 0, 0));
}
