//! What a process that ends at a bad moment leaves behind is finished, and never done twice. The moment
//! is made by putting the rows into the state that the end would leave.

use serde_json::json;

use crate::shop::{Shop, path_of};

/// The state after the order was written and before the payment service was told.
async fn forget_payment(shop: &Shop, lease: &str) {
    let statements = [
        "delete from idempotency_key where status = 201 and body::text like '%number%'".to_owned(),
        "update payment_attempt set open = true, token = 'tok_success'".to_owned(),
        format!("update customer_order set due_at = now() {lease}"),
    ];
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(shop.db()).await.unwrap();
    }
}

#[tokio::test]
async fn an_order_that_nobody_drives_any_more_is_taken_up() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.payment.set_down(true);
    let order = shop.checkout(&client, &cart, "tok_success").await.assert_status(201).json();
    shop.payment.set_down(false);
    let before = order::background::work_once(&shop.app, None).await.unwrap();
    assert_eq!(before, 0, "the lease of the request still stands");
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "confirmed");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test]
async fn a_retry_after_a_crash_resumes() {
    let shop = Shop::open().await;
    let client = shop.shopper().key("crash");
    let cart = shop.ready_cart(&client.key("-"), &[]).await;
    let line = json!({"sku": "mug", "quantity": 1});
    client.key("line").post(&format!("{cart}/lines"), line).await.assert_status(200);
    shop.payment.set_down(true);
    let path = format!("{cart}/checkout");
    let body = json!({"payment": {"token": "tok_success"}});
    let order = client.post(&path, body.clone()).await.assert_status(201).json();
    shop.payment.set_down(false);

    forget_payment(&shop, "+ interval '15 seconds'").await;
    delete_answers(&shop).await;
    client.post(&path, body.clone()).await.assert_problem(409, "request_in_flight");
    forget_payment(&shop, "").await;
    let resumed = client.post(&path, body.clone()).await.assert_status(201);
    assert_eq!(
        (&resumed.json()["id"], &resumed.json()["status"]),
        (&order["id"], &json!("confirmed"))
    );

    delete_answers(&shop).await;
    let again = client.post(&path, body).await.assert_status(201);
    assert_eq!(again.json(), resumed.json());
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
}

/// The state after everything was done and before the answer was recorded.
async fn delete_answers(shop: &Shop) {
    sqlx::query("delete from idempotency_key").execute(shop.db()).await.unwrap();
}

#[tokio::test]
async fn a_refund_begun_before_a_crash_is_not_begun_again() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    let staff = shop.staff().key("refund");
    let path = format!("{}/refunds", path_of(&order));
    shop.payment.set_down(true);
    let body = json!({"amount": 100});
    let first = staff.post(&path, body.clone()).await.assert_status(201).json();
    assert_eq!(first["refunds"][0]["status"], "pending");
    delete_answers(&shop).await;
    shop.payment.set_down(false);
    let again = staff.post(&path, body).await.assert_status(201).json();
    assert_eq!(again["refunds"].as_array().unwrap().len(), 1);
    assert_eq!(again["refunds"][0]["status"], "succeeded");
    assert_eq!(shop.payment.balance(), 1390);
}
