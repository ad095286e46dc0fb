use contracts::payment::PaymentStatus;
use serde_json::json;

use crate::shop::{Shop, path_of, payment_of};

#[tokio::test]
async fn a_hold_ends_at_its_time_whether_or_not_anybody_tidied_up() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let slow = shop.shopper();
    let order = shop.order(&slow, &[("mug", 1)], "tok_action").await;
    assert_eq!(shop.available("mug").await, 0);
    shop.age_order(&order, 16).await;
    assert_eq!(shop.available("mug").await, 1);
    let quick = shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    assert_eq!(quick["status"], "confirmed");
    assert_eq!(shop.level("mug").await, (1, 0, 1));
    assert_eq!(slow.get(&path_of(&order)).await.json()["status"], "pending");
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_order_not_paid_in_time_expires_and_its_payment_is_cancelled() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "pending");
    shop.age_order(&order, 16).await;
    shop.work().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("expired"), &json!("cancelled"))
    );
    assert_eq!(shop.level("mug").await, (10, 0, 0));
    assert_eq!(shop.facts().await, ["order.placed", "order.expired"]);
}

#[tokio::test]
async fn an_order_paid_at_the_last_moment_is_confirmed_by_the_sweeper() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.payment.succeed(payment_of(&order));
    shop.age_order(&order, 16).await;
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "confirmed");
    assert_eq!(shop.level("mug").await, (10, 0, 1));
}

#[tokio::test]
async fn while_an_outcome_is_open_the_stock_is_kept_up_to_the_cap() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    shop.age_order(&order, 16).await;
    assert_eq!(shop.available("mug").await, 9);
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "pending");
    shop.age_order(&order, 45).await;
    assert_eq!(shop.available("mug").await, 10);
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "expired");
}

#[tokio::test]
async fn while_a_payment_is_being_cancelled_the_stock_is_kept_no_longer() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.payment.change(payment_of(&order), |payment| payment.status = PaymentStatus::Processing);
    shop.follow_payments().await;
    let kept = client.get(&path_of(&order)).await.json();
    assert_eq!(kept["expires_at"], order["expires_at"]);
    shop.age_order(&order, 16).await;
    shop.payment.change(payment_of(&order), |payment| payment.status = PaymentStatus::Canceled);
    shop.follow_payments().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "expired");
}

#[tokio::test]
async fn money_that_comes_after_the_end_confirms_if_the_goods_are_there() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    shop.age_order(&order, 61).await;
    shop.work().await;
    assert_eq!(client.get(&path_of(&order)).await.json()["status"], "expired");
    shop.payment.succeed(payment_of(&order));
    shop.follow_payments().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "confirmed");
    assert_eq!(shop.level("mug").await, (10, 0, 1));
    shop.work().await;
    assert_eq!(shop.payment.balance(), 1490);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn money_that_comes_after_the_end_goes_back_if_the_goods_are_sold() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    shop.age_order(&order, 61).await;
    shop.work().await;
    shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    shop.payment.succeed(payment_of(&order));
    shop.follow_payments().await;
    shop.work().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("expired"), &json!("refunded"))
    );
    assert_eq!(shop.payment.balance(), 1490);
    assert_eq!(shop.level("mug").await, (1, 0, 1));
}

#[tokio::test]
async fn money_for_a_pending_order_whose_goods_were_sold_goes_back() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.age_order(&order, 16).await;
    shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    shop.payment.succeed(payment_of(&order));
    shop.follow_payments().await;
    shop.work().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("cancelled"), &json!("refunded"))
    );
    assert_eq!(shop.payment.balance(), 1490);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn another_attempt_holds_the_goods_again_if_they_are_there() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let declined = shop.checkout(&client, &cart, "tok_decline").await.assert_status(402).json();
    let order = json!({"id": declined["order_id"]});
    shop.age_order(&order, 16).await;
    let path = format!("{}/payments", path_of(&order));
    let body = json!({"payment": {"token": "tok_decline"}});
    client.key("a").post(&path, body).await.assert_problem(402, "payment_declined");
    assert_eq!(shop.available("mug").await, 0);
    shop.age_order(&order, 16).await;
    shop.order(&shop.shopper(), &[("mug", 1)], "tok_success").await;
    let body = json!({"payment": {"token": "tok_success"}});
    client.key("b").post(&path, body).await.assert_problem(409, "out_of_stock");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}
