use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::{Shop, address};

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_cart_is_priced_taxed_and_complete() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 2), ("lamp", 1)]).await;
    let cart = client.get(&path).await.assert_status(200).json();
    assert_eq!(cart["problems"], json!([]));
    assert_eq!(
        cart["totals"],
        json!({
            "items": 7000, "discount": 0, "shipping": 490, "shipping_tax": 78,
            "tax": 1195, "tax_included": 1195, "total": 7490
        })
    );
    let line = &cart["lines"][0];
    assert_eq!(line["name"], "The mug");
    assert_eq!((line["unit_price"].as_i64(), line["total"].as_i64()), (Some(1000), Some(2000)));
    assert_eq!(line["available"], 10);
}

#[tokio::test]
async fn a_cart_needs_a_token() {
    let shop = Shop::open().await;
    let nobody = shop.nobody();
    nobody.post("/v1/carts", json!({})).await.assert_problem(401, "unauthenticated");
    nobody.get("/v1/me/cart").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_foreign_cart_does_not_exist() {
    let shop = Shop::open().await;
    let path = shop.ready_cart(&shop.shopper(), &[("mug", 1)]).await;
    let other = shop.shopper();
    other.get(&path).await.assert_problem(404, "not_found");
    let line = json!({"sku": "mug", "quantity": 1});
    other.post(&format!("{path}/lines"), line).await.assert_problem(404, "not_found");
    other
        .put(&format!("{path}/shipping-address"), address())
        .await
        .assert_problem(404, "not_found");
    shop.checkout(&other, &path, "tok_success").await.assert_problem(404, "not_found");
    other.get("/v1/carts/nonsense").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn the_current_cart_is_found_without_its_id() {
    let shop = Shop::open().await;
    let client = shop.customer();
    client.get("/v1/me/cart").await.assert_problem(404, "not_found");
    let cart = client.post("/v1/carts", json!({"country": "FR"})).await.assert_status(201).json();
    let mine = client.get("/v1/me/cart").await.assert_status(200).json();
    assert_eq!((&mine["id"], &mine["country"]), (&cart["id"], &json!("FR")));
}

#[tokio::test]
async fn adding_a_sku_again_adds_up() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 2), ("mug", 3)]).await;
    let cart = client.get(&path).await.json();
    assert_eq!(cart["lines"].as_array().unwrap().len(), 1);
    assert_eq!(cart["lines"][0]["quantity"], 5);
}

#[tokio::test]
async fn a_keyed_addition_happens_once() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = format!("{}/lines", shop.ready_cart(&client, &[]).await);
    let keyed = client.key("add-1");
    let line = json!({"sku": "mug", "quantity": 1});
    let first = keyed.post(&path, line.clone()).await.assert_status(200);
    let again = keyed.post(&path, line).await.assert_status(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.body, again.body);
    let other = json!({"sku": "mug", "quantity": 2});
    keyed.post(&path, other).await.assert_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn what_is_not_sold_cannot_be_added() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = format!("{}/lines", shop.ready_cart(&client, &[]).await);
    for (line, pointer) in [
        (json!({"sku": "nothing", "quantity": 1}), "/sku"),
        (json!({"sku": " mug", "quantity": 1}), "/sku"),
        (json!({"sku": "mug", "quantity": 0}), "/quantity"),
        (json!({"sku": "mug", "quantity": 10_000}), "/quantity"),
        (json!({"sku": "mug", "quantity": "two"}), "/quantity"),
    ] {
        let answer = client.post(&path, line).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{}", answer.text());
    }
    let much = json!({"sku": "mug", "quantity": 9999});
    client.post(&path, much.clone()).await.assert_status(200);
    client.post(&path, much).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_thing_without_price_in_the_currency_cannot_be_added() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = client.post("/v1/carts", json!({"currency": "USD"})).await.assert_status(201).json();
    let path = format!("/v1/carts/{}/lines", cart["id"].as_str().unwrap());
    let answer = client.post(&path, json!({"sku": "mug", "quantity": 1})).await;
    let answer = answer.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "no_price");
}

#[tokio::test]
async fn a_cart_holds_at_most_200_lines() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[]).await;
    let id: Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    sqlx::query(
        "insert into cart_line (line_id, cart_id, sku, quantity, sellable, product_id, name,
             tax_class, categories)
         select gen_random_uuid(), $1, 'sku-' || n, 1, true, gen_random_uuid(), 'n', 'standard', '{}'
         from generate_series(1, 200) as n",
    )
    .bind(id)
    .execute(shop.db())
    .await
    .unwrap();
    let line = json!({"sku": "mug", "quantity": 1});
    let answer = client.post(&format!("{path}/lines"), line).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "too_many_lines");
}

#[tokio::test]
async fn a_line_is_changed_and_taken_out() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1), ("lamp", 1)]).await;
    let cart = client.get(&path).await.json();
    let line = format!("{path}/lines/{}", cart["lines"][0]["id"].as_str().unwrap());
    let cart = client.patch(&line, json!({"quantity": 4})).await.assert_status(200).json();
    assert_eq!(cart["lines"][0]["quantity"], 4);
    client.patch(&line, json!({"quantity": 0})).await.assert_problem(422, "invalid");
    let cart = client.delete(&line).await.assert_status(200).json();
    assert_eq!(cart["lines"].as_array().unwrap().len(), 1);
    client.delete(&line).await.assert_problem(404, "not_found");
    client.patch(&line, json!({"quantity": 1})).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_write_that_saw_an_older_version_is_refused() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1)]).await;
    let old = client.get(&path).await.header("etag").to_owned();
    client.put(&format!("{path}/email"), json!({"email": "a@b.cd"})).await.assert_status(200);
    let line = json!({"sku": "mug", "quantity": 1});
    let stale = client.header("if-match", &old);
    stale.post(&format!("{path}/lines"), line).await.assert_problem(412, "version_mismatch");
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = client.post("/v1/carts", json!({})).await.assert_status(201).json();
    assert_eq!(
        codes(&cart["problems"]),
        ["empty", "email_missing", "shipping_address_missing", "shipping_method_missing"]
    );
    let customer = shop.customer();
    let cart = customer.post("/v1/carts", json!({})).await.assert_status(201).json();
    assert!(!codes(&cart["problems"]).contains(&"email_missing"));
}

#[tokio::test]
async fn bad_addresses_and_emails_are_refused_field_by_field() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[]).await;
    let mut bad = address();
    bad["first_name"] = json!("");
    bad["city"] = json!("x".repeat(101));
    let answer = client.put(&format!("{path}/shipping-address"), bad).await;
    let errors = answer.assert_problem(422, "invalid").json()["errors"].clone();
    let pointers: Vec<_> =
        errors.as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/first_name", "/city"]);
    let mut bad = address();
    bad["country"] = json!("Germany");
    let answer = client.put(&format!("{path}/billing-address"), bad).await;
    let answer = answer.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/country");
    client.put(&format!("{path}/billing-address"), address()).await.assert_status(200);
    let email = json!({"email": "nobody"});
    client.put(&format!("{path}/email"), email).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn only_shipping_that_goes_there_is_offered() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1)]).await;
    let options = client.get(&format!("{path}/shipping-methods")).await.assert_status(200).json();
    assert_eq!(
        options,
        json!({"items": [
            {"code": "parcel", "name": "Parcel", "price": {"amount": 490, "currency": "EUR"}}
        ]})
    );
    let mut french = address();
    french["country"] = json!("FR");
    let cart = client.put(&format!("{path}/shipping-address"), french).await.json();
    assert_eq!(codes(&cart["problems"]), ["shipping_method_unavailable"]);
    let options = client.get(&format!("{path}/shipping-methods")).await.json();
    assert_eq!(options, json!({"items": []}));
    let choice = json!({"code": "parcel"});
    client.put(&format!("{path}/shipping-method"), choice).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn shipping_is_free_over_its_limit() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("lamp", 2)]).await;
    assert_eq!(client.get(&path).await.json()["totals"]["shipping"], 0);
}

#[tokio::test]
async fn prices_follow_the_catalog() {
    let settings =
        order::Settings { price_fresh: std::time::Duration::ZERO, ..order::Settings::default() };
    let shop = Shop::open_with(settings).await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1)]).await;
    let before = client.get(&path).await.json();
    shop.catalog.sell("mug", 1100);
    let cart = client.get(&path).await.json();
    assert_eq!(cart["lines"][0]["unit_price"], 1100);
    assert!(cart["version"].as_i64() > before["version"].as_i64());
    shop.catalog.withdraw("mug");
    let cart = client.get(&path).await.json();
    assert_eq!(codes(&cart["problems"]), ["line_unavailable"]);
}

#[tokio::test]
async fn with_the_catalog_down_carts_can_be_read_and_nothing_be_added() {
    let settings =
        order::Settings { price_fresh: std::time::Duration::ZERO, ..order::Settings::default() };
    let shop = Shop::open_with(settings).await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.catalog.set_down(true);
    let cart = client.get(&path).await.assert_status(200).json();
    assert_eq!(cart["lines"][0]["unit_price"], 1000);
    let line = json!({"sku": "lamp", "quantity": 1});
    client.post(&format!("{path}/lines"), line).await.assert_problem(503, "unavailable");
}

#[tokio::test]
async fn more_than_there_is_can_be_wanted_and_is_a_problem() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 11)]).await;
    let cart = client.get(&path).await.json();
    assert_eq!(codes(&cart["problems"]), ["out_of_stock"]);
    assert_eq!(cart["lines"][0]["available"], 10);
}

#[tokio::test]
async fn a_coupon_is_entered_explained_and_taken_out() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    let promotion = json!({
        "code": "ten", "name": "10 % off", "kind": "percent", "basis_points": 1000,
        "currency": "EUR", "min_amount": 2000, "requires_coupon": true
    });
    staff.post("/v1/promotions", promotion).await.assert_status(201);
    let coupon = json!({"code": "TEN", "promotion": "ten"});
    staff.post("/v1/coupons", coupon).await.assert_status(201);

    let client = shop.shopper();
    let path = shop.ready_cart(&client, &[("mug", 1)]).await;
    let coupons = format!("{path}/coupons");
    let answer =
        client.post(&coupons, json!({"code": "NONE"})).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "coupon_unknown");
    let cart = client.post(&coupons, json!({"code": "ten"})).await.assert_status(200).json();
    let explained = &cart["discounts_explained"][0];
    assert_eq!(explained["applied"], false);
    assert_eq!(explained["reason"]["code"], "minimum_not_reached");
    let line = json!({"sku": "mug", "quantity": 1});
    let cart = client.post(&format!("{path}/lines"), line).await.json();
    assert_eq!(cart["totals"]["discount"], 200);
    assert_eq!(cart["lines"][0]["discounts"], json!([{"promotion": "ten", "amount": 200}]));
    let cart = client.delete(&format!("{coupons}/TEN")).await.assert_status(200).json();
    assert_eq!(cart["totals"]["discount"], 0);
    client.delete(&format!("{coupons}/TEN")).await.assert_problem(404, "not_found");
}
