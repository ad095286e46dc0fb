//! A purchase, end to end.

use load::{Client, Shop, System};
use serde_json::{Value, json};

pub(crate) fn address() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Beispiel", "street": "Hafenstraße 1",
        "city": "Hamburg", "postal_code": "20095", "country": "DE",
    })
}

/// A cart with these skus that is ready for checkout.
pub(crate) async fn ready_cart(shopper: &Client, lines: &[(&str, i64)]) -> String {
    ready_cart_in(shopper, "DE", lines).await
}

pub(crate) async fn ready_cart_in(
    shopper: &Client,
    country: &str,
    lines: &[(&str, i64)],
) -> String {
    let cart =
        shopper.post("/v1/carts", json!({ "currency": "EUR", "country": country })).await.unwrap();
    let address = || {
        let mut address = address();
        address["country"] = json!(country);
        address
    };
    let id = cart.assert_status(201).json()["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/v1/carts/{id}/{rest}");
    for (sku, quantity) in lines {
        let line = json!({ "sku": sku, "quantity": quantity });
        let answer = shopper.post(&path("lines"), line).await.unwrap();
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    }
    shopper
        .put(&path("email"), json!({ "email": "ada@example.com" }))
        .await
        .unwrap()
        .assert_status(200);
    shopper.put(&path("shipping-address"), address()).await.unwrap().assert_status(200);
    shopper.put(&path("billing-address"), address()).await.unwrap().assert_status(200);
    let methods = shopper.get(&path("shipping-methods")).await.unwrap().assert_status(200).json();
    let code = methods["items"][0]["code"].as_str().unwrap();
    shopper
        .put(&path("shipping-method"), json!({ "code": code }))
        .await
        .unwrap()
        .assert_status(200);
    id
}

pub(crate) async fn available(client: &Client, sku: &str) -> i64 {
    let answer = client.get(&format!("/v1/stock?skus={sku}")).await.unwrap().assert_status(200);
    answer.json()["items"][0]["available"].as_i64().unwrap()
}

#[tokio::test]
async fn a_shopper_finds_buys_and_comes_back_and_staff_ship_and_refund() {
    let system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let staff = system.staff().await.unwrap();
    let shopper = system.client().anonymous().await.unwrap();

    // List, search, facet, product page.
    let found =
        shopper.get("/v1/products?q=mug&facets=color").await.unwrap().assert_status(200).json();
    assert_eq!(found["items"][0]["name"], "Harbour mug");
    assert_eq!(found["facets"][0]["values"].as_array().unwrap().len(), 2);
    let slug = found["items"][0]["slug"].as_str().unwrap();
    let page =
        shopper.get(&format!("/v1/pages/product/{slug}")).await.unwrap().assert_status(200).json();
    assert_eq!(page["product"]["variants"].as_array().unwrap().len(), 4);
    assert_eq!(page["parts"]["availability"]["status"], "ok");

    // Cart, checkout, stock.
    let cart = ready_cart(&shopper, &[("MUG-red-small", 2), ("KETTLE", 1)]).await;
    let totals = shopper.get(&format!("/v1/carts/{cart}")).await.unwrap().json()["totals"].clone();
    assert_eq!(totals["total"], 2 * 950 + 4900 + 490, "{totals}");
    let pay = json!({ "payment": { "connector": "sandbox", "token": "tok_success" } });
    let checkout = format!("/v1/carts/{cart}/checkout");
    let order = shopper.key("buy").post(&checkout, pay.clone()).await.unwrap().assert_status(201);
    assert_eq!(order.json()["status"], "confirmed", "{}", order.text);
    let again = shopper.key("buy").post(&checkout, pay).await.unwrap().assert_status(201);
    assert_eq!(again.text, order.text, "a retry gets the same answer");
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(available(&shopper, "MUG-red-small").await, 8);

    // Register, log in, merge the next cart, see the order.
    ready_cart(&shopper, &[("KETTLE", 1)]).await;
    let account = json!({ "email": "ada@example.com", "password": "correct horse battery" });
    system.client().post("/v1/customers", account).await.unwrap().assert_status(201);
    let customer =
        system.client().log_in("ada@example.com", "correct horse battery").await.unwrap();
    let merge = json!({ "anonymous_token": shopper.token() });
    customer.key("merge").post("/v1/carts/merge", merge).await.unwrap().assert_status(200);
    let mine = customer.get("/v1/me/cart").await.unwrap().assert_status(200).json();
    assert_eq!(mine["lines"][0]["sku"], "KETTLE", "{mine}");
    let own = format!("/v1/orders/{}", order.json()["id"].as_str().unwrap());
    customer.get(&own).await.unwrap().assert_status(200);
    let stranger = system.client().anonymous().await.unwrap();
    stranger.get(&own).await.unwrap().assert_problem(404, "not_found");

    // Staff see, ship and refund the order.
    let id = order.json()["id"].as_str().unwrap().to_owned();
    let seen = staff.get(&format!("/v1/orders/{id}")).await.unwrap().assert_status(200).json();
    let lines: Vec<Value> = seen["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| json!({ "line": line["id"], "quantity": line["quantity"] }))
        .collect();
    let shipment = json!({ "lines": lines, "tracking_number": "T1" });
    staff
        .key("ship")
        .post(&format!("/v1/orders/{id}/shipments"), shipment)
        .await
        .unwrap()
        .assert_status(201);
    let refund = json!({ "amount": 950, "reason": "a cup was chipped" });
    staff
        .key("refund")
        .post(&format!("/v1/orders/{id}/refunds"), refund)
        .await
        .unwrap()
        .assert_status(201);
    let shipped = staff.get(&format!("/v1/orders/{id}")).await.unwrap().json();
    assert_eq!(shipped["status"], "completed", "{shipped}");
    assert_eq!(shipped["payment_status"], "partially_refunded", "{shipped}");
}

#[tokio::test]
async fn recommendations_follow_from_orders() {
    let system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    for n in 0..4 {
        let shopper = system.client().anonymous().await.unwrap();
        let cart = ready_cart(&shopper, &[("MUG-red-small", 1), ("KETTLE", 1)]).await;
        let pay = json!({ "payment": { "token": "tok_success" } });
        let answer = shopper
            .key(&format!("buy-{n}"))
            .post(&format!("/v1/carts/{cart}/checkout"), pay)
            .await
            .unwrap();
        answer.assert_status(201);
    }
    let path = "/v1/recommendations/bought-together?product=KETTLE&limit=5";
    let answer = system
        .client()
        .eventually(path, |answer| answer.json()["items"].as_array().is_some_and(|i| !i.is_empty()))
        .await
        .unwrap();
    let mug = system.client().get("/v1/products/by-sku/MUG-red-small").await.unwrap().json();
    assert_eq!(answer.json()["items"][0]["product_id"], mug["id"]);
}

#[tokio::test]
async fn a_product_page_survives_each_optional_part_being_down() {
    let mut system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let page = "/v1/pages/product/by-sku-is-not-a-slug";
    system.client().get(page).await.unwrap().assert_problem(404, "not_found");
    let slug =
        system.client().get("/v1/products/by-sku/KETTLE").await.unwrap().json()["slug"].clone();
    let page = format!("/v1/pages/product/{}", slug.as_str().unwrap());
    for (service, part) in
        [("recommendation", "recommendations.similar"), ("order", "availability")]
    {
        system.kill(service);
        let answer = system.client().get(&page).await.unwrap().assert_status(200).json();
        assert_eq!(answer["product"]["slug"], slug);
        assert_ne!(answer["parts"][part]["status"], "ok", "{answer}");
    }
}

#[tokio::test]
async fn a_confirmed_order_and_its_stock_survive_the_death_of_every_service() {
    let mut system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let shopper = system.client().anonymous().await.unwrap();
    let cart = ready_cart(&shopper, &[("KETTLE", 3)]).await;
    let pay = json!({ "payment": { "token": "tok_success" } });
    let checkout = format!("/v1/carts/{cart}/checkout");
    let order = shopper.key("buy").post(&checkout, pay).await.unwrap().assert_status(201).json();
    for service in ["order", "payment", "catalog", "auth", "gateway"] {
        system.kill(service);
        system.revive(service).await.unwrap();
    }
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    let found = shopper.get(&path).await.unwrap().assert_status(200).json();
    assert_eq!(found["status"], "confirmed");
    assert_eq!(available(&shopper, "KETTLE").await, 7);
}

#[tokio::test]
async fn who_is_signed_in_buys_on_while_nobody_can_sign_in() {
    let mut system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let client = system.client();
    let account = json!({ "email": "ada@example.com", "password": "a long enough passphrase" });
    client.post("/v1/customers", account.clone()).await.unwrap().assert_status(201);
    let tokens = client.post("/v1/login", account.clone()).await.unwrap().assert_status(200).json();
    let token = tokens["access_token"].as_str().unwrap();
    let ada = client.bearer(token);
    let pay = json!({ "payment": { "token": "tok_success" } });
    for round in ["before", "while auth is down"] {
        let cart = ready_cart(&ada, &[("KETTLE", 1)]).await;
        let checkout = format!("/v1/carts/{cart}/checkout");
        let order = ada.key(&cart).post(&checkout, pay.clone()).await.unwrap();
        assert_eq!(order.assert_status(201).json()["status"], "confirmed", "{round}");
        system.kill("auth");
    }
    let refused = client.bearer(&format!("{token}x")).get("/v1/orders").await.unwrap();
    refused.assert_problem(401, "unauthenticated");
    let answer = client.post("/v1/login", account.clone()).await.unwrap();
    assert!(matches!(answer.status, 502 | 503), "{}", answer.text);
    system.revive("auth").await.unwrap();
    client.post("/v1/login", account).await.unwrap().assert_status(200);
}
