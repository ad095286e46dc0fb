use serde_json::{Value, json};

use crate::shop::{Shop, path_of};

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_foreign_order_does_not_exist() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 1)], "tok_success").await;
    let path = path_of(&order);
    let other = shop.customer();
    other.get(&path).await.assert_problem(404, "not_found");
    other.post(&format!("{path}/cancel"), json!({})).await.assert_problem(404, "not_found");
    shop.nobody().get(&path).await.assert_problem(401, "unauthenticated");
    assert_eq!(ids(&other.get("/v1/orders").await.json()), Vec::<&str>::new());
    shop.staff().get(&path).await.assert_status(200);
}

#[tokio::test]
async fn customers_list_their_orders_newest_first() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(shop.order(&client, &[("mug", 1)], "tok_success").await["id"].clone());
    }
    shop.order(&shop.customer(), &[("mug", 1)], "tok_success").await;
    let first = client.get("/v1/orders?limit=2").await.assert_status(200).json();
    assert_eq!(ids(&first), [placed[2].as_str().unwrap(), placed[1].as_str().unwrap()]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = client.get(&format!("/v1/orders?limit=2&cursor={cursor}")).await.json();
    assert_eq!(ids(&rest), [placed[0].as_str().unwrap()]);
    assert_eq!(rest.get("next_cursor"), None);
}

#[tokio::test]
async fn staff_find_orders_by_what_they_know() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    let mug = shop.order(&shop.customer(), &[("mug", 1)], "tok_success").await;
    let lamp = shop.order(&shop.customer(), &[("lamp", 1)], "tok_action").await;
    let at = lamp["placed_at"].as_str().unwrap();
    let (mug_id, lamp_id) = (mug["id"].as_str().unwrap(), lamp["id"].as_str().unwrap());
    for (query, expected) in [
        ("".to_owned(), vec![lamp_id, mug_id]),
        ("status=pending".to_owned(), vec![lamp_id]),
        ("payment_status=paid".to_owned(), vec![mug_id]),
        ("sku=mug".to_owned(), vec![mug_id]),
        (format!("customer={}", lamp["customer"].as_str().unwrap()), vec![lamp_id]),
        (format!("number={}", mug["number"].as_str().unwrap().to_lowercase()), vec![mug_id]),
        (format!("placed_after={at}"), vec![lamp_id]),
        (format!("placed_before={at}"), vec![mug_id]),
        ("status=completed".to_owned(), vec![]),
    ] {
        let list = staff.get(&format!("/v1/orders?{query}")).await.assert_status(200).json();
        assert_eq!(ids(&list), expected, "{query}");
    }
    staff.get("/v1/orders?status=lost").await.assert_problem(422, "invalid");
    staff.get("/v1/orders?placed_after=today").await.assert_problem(422, "invalid");
    staff.get("/v1/orders?limit=0").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn cancelling_gives_back_stock_and_money() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 2)], "tok_success").await;
    let path = format!("{}/cancel", path_of(&order));
    let body = json!({"reason": "ordered twice"});
    let cancelled = client.post(&path, body.clone()).await.assert_status(200).json();
    assert_eq!(
        (&cancelled["status"], &cancelled["payment_status"]),
        (&json!("cancelled"), &json!("refunded"))
    );
    assert_eq!(shop.level("mug").await, (10, 0, 0));
    assert_eq!(shop.payment.balance(), 0);
    let again = client.post(&path, body).await.assert_status(200).json();
    assert_eq!(again["status"], "cancelled");
    shop.follow_payments().await;
    shop.work().await;
    assert_eq!(shop.payment.balance(), 0);
    assert_eq!(
        shop.facts().await,
        ["order.placed", "order.confirmed", "order.cancelled", "order.refunded"]
    );
}

#[tokio::test]
async fn cancelling_a_pending_order_cancels_its_payment() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 2)], "tok_action").await;
    let path = format!("{}/cancel", path_of(&order));
    let cancelled = client.post(&path, json!({})).await.assert_status(200).json();
    assert_eq!(
        (&cancelled["status"], &cancelled["payment_status"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
    assert_eq!(shop.level("mug").await, (10, 0, 0));
}

#[tokio::test]
async fn cancelling_does_not_wait_for_the_payment_service() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 2)], "tok_success").await;
    shop.payment.set_down(true);
    let path = path_of(&order);
    let cancelled =
        client.post(&format!("{path}/cancel"), json!({})).await.assert_status(200).json();
    assert_eq!(
        (&cancelled["status"], &cancelled["payment_status"]),
        (&json!("cancelled"), &json!("paid"))
    );
    assert_eq!(cancelled["refunds"][0]["status"], "pending");
    shop.payment.set_down(false);
    shop.work().await;
    let settled = client.get(&path).await.json();
    assert_eq!(settled["payment_status"], "refunded");
    assert_eq!(settled["refunds"][0]["status"], "succeeded");
    assert_eq!(shop.payment.balance(), 0);
}

#[tokio::test]
async fn money_that_comes_after_cancelling_goes_back() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 2)], "tok_unknown").await;
    let path = path_of(&order);
    client.post(&format!("{path}/cancel"), json!({})).await.assert_status(200);
    shop.payment.succeed(crate::shop::payment_of(&order));
    shop.follow_payments().await;
    shop.work().await;
    let order = client.get(&path).await.json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("cancelled"), &json!("refunded"))
    );
    assert_eq!(shop.payment.balance(), 0);
}
