use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::Shop;

fn summary(lines: &Value) -> Vec<(String, String, i64)> {
    let line = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        (text("sku"), text("result"), it["quantity_now"].as_i64().unwrap())
    };
    lines.as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn without_a_cart_of_their_own_the_customer_gets_the_shoppers() {
    let shop = Shop::open().await;
    let token = shop.tokens.anonymous();
    let path = shop.ready_cart(&shop.client(&token), &[("mug", 2)]).await;
    let customer = shop.customer();
    let body = json!({"anonymous_token": token});
    let merged = customer.post("/v1/carts/merge", body).await.assert_status(200).json();
    assert_eq!(summary(&merged["lines"]), [("mug".into(), "moved".into(), 2)]);
    assert_eq!(merged["cart"]["problems"], json!([]));
    customer.get(&path).await.assert_status(200);
    shop.client(&token).get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn every_line_of_a_merge_is_accounted_for() {
    let shop = Shop::open().await;
    let token = shop.tokens.anonymous();
    shop.ready_cart(&shop.client(&token), &[("mug", 9000), ("lamp", 1)]).await;
    let customer = shop.customer();
    let mine = shop.ready_cart(&customer, &[("mug", 2000)]).await;
    let body = json!({"anonymous_token": token});
    let merged = customer.post("/v1/carts/merge", body.clone()).await.assert_status(200).json();
    assert_eq!(
        summary(&merged["lines"]),
        [("mug".into(), "capped".into(), 9999), ("lamp".into(), "moved".into(), 1)]
    );
    let cart = customer.get(&mine).await.json();
    let quantities: Vec<_> =
        cart["lines"].as_array().unwrap().iter().map(|line| line["quantity"].clone()).collect();
    assert_eq!(quantities.iter().filter_map(Value::as_i64).sum::<i64>(), 10_000);

    let again = customer.post("/v1/carts/merge", body).await.assert_status(200).json();
    assert_eq!(again["lines"], json!([]));
}

#[tokio::test]
async fn a_full_cart_refuses_lines_and_says_so() {
    let shop = Shop::open().await;
    let token = shop.tokens.anonymous();
    shop.ready_cart(&shop.client(&token), &[("mug", 1), ("lamp", 1)]).await;
    let customer = shop.customer();
    let mine = shop.ready_cart(&customer, &[("mug", 1)]).await;
    let id: Uuid = mine.rsplit('/').next().unwrap().parse().unwrap();
    sqlx::query(
        "insert into cart_line (line_id, cart_id, sku, quantity, sellable, product_id, name,
             tax_class, categories)
         select gen_random_uuid(), $1, 'sku-' || n, 1, true, gen_random_uuid(), 'n', 'standard', '{}'
         from generate_series(1, 199) as n",
    )
    .bind(id)
    .execute(shop.db())
    .await
    .unwrap();
    let body = json!({"anonymous_token": token});
    let merged = customer.post("/v1/carts/merge", body).await.assert_status(200).json();
    assert_eq!(
        summary(&merged["lines"]),
        [("mug".into(), "added".into(), 2), ("lamp".into(), "refused".into(), 0)]
    );
}

#[tokio::test]
async fn orders_placed_before_login_become_the_customers() {
    let shop = Shop::open().await;
    let token = shop.tokens.anonymous();
    let order = shop.order(&shop.client(&token), &[("mug", 1)], "tok_success").await;
    let customer = shop.customer();
    let body = json!({"anonymous_token": token});
    let merged = customer.post("/v1/carts/merge", body).await.assert_status(200).json();
    assert_eq!(merged["orders"], json!([{"id": order["id"], "number": order["number"]}]));
    let mine = customer.get("/v1/orders").await.assert_status(200).json();
    assert_eq!(mine["items"][0]["id"], order["id"]);
}

#[tokio::test]
async fn only_proof_of_having_been_the_shopper_opens_their_cart() {
    let shop = Shop::open().await;
    let customer = shop.customer();
    for token in ["nonsense".to_owned(), shop.tokens.customer(), shop.tokens.staff(&[])] {
        let body = json!({"anonymous_token": token});
        let answer = customer.post("/v1/carts/merge", body).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/anonymous_token");
    }
    let body = json!({"anonymous_token": shop.tokens.anonymous()});
    shop.shopper().post("/v1/carts/merge", body).await.assert_problem(403, "customer_required");
}
