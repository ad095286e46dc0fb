use contracts::payment::PaymentStatus;
use serde_json::{Value, json};

use crate::shop::{Shop, path_of, payment_of};

async fn try_again(
    client: &testing::Client,
    order_path: &str,
    key: &str,
    token: &str,
) -> testing::Answer {
    let body = json!({"payment": {"token": token}});
    client.key(key).post(&format!("{order_path}/payments"), body).await
}

#[tokio::test]
async fn a_declined_payment_leaves_the_order_for_another_attempt() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let keyed = client.key("first");
    let body = json!({"payment": {"token": "tok_decline"}});
    let declined = keyed.post(&format!("{cart}/checkout"), body.clone()).await;
    let declined = declined.assert_problem(402, "payment_declined");
    assert_eq!(declined.json()["reason"], "insufficient_funds");
    let replay = keyed.post(&format!("{cart}/checkout"), body).await;
    assert_eq!(replay.assert_problem(402, "payment_declined").body, declined.body);

    let path = format!("/v1/orders/{}", declined.json()["order_id"].as_str().unwrap());
    let order = client.get(&path).await.assert_status(200).json();
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("pending"), &json!("failed")));
    assert_eq!(shop.level("mug").await, (10, 1, 0));

    try_again(&client, &path, "second", "tok_decline")
        .await
        .assert_problem(402, "payment_declined");
    let paid = try_again(&client, &path, "third", "tok_success").await.assert_status(201);
    assert_eq!(paid.json()["status"], "confirmed");
    let replay = try_again(&client, &path, "third", "tok_success").await.assert_status(201);
    assert_eq!(replay.body, paid.body);
    try_again(&client, &path, "fourth", "tok_success")
        .await
        .assert_problem(409, "order_not_pending");
    shop.follow_payments().await;
    let order = client.get(&path).await.json();
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("confirmed"), &json!("paid")));
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn only_the_buyer_pays_an_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let declined = shop.checkout(&client, &cart, "tok_decline").await.assert_status(402).json();
    let path = format!("/v1/orders/{}", declined["order_id"].as_str().unwrap());
    let other = shop.shopper();
    try_again(&other, &path, "k", "tok_success").await.assert_problem(404, "not_found");
    let body = json!({"payment": {"token": "t"}});
    let answer = client.post(&format!("{path}/payments"), body).await;
    answer.assert_problem(400, "idempotency_key_required");
    try_again(&client, &path, "k", "").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_customers_action_confirms_the_order_through_the_feed() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    assert_eq!(order["status"], "pending");
    assert_eq!(order["payment"]["next_action"]["type"], "redirect");
    shop.payment.succeed(payment_of(&order));
    shop.follow_payments().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("confirmed"), &json!("paid")));
    assert_eq!(order["payment"].get("next_action"), None);
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
}

#[tokio::test]
async fn an_action_not_taken_can_be_replaced_by_another_payment() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    let paid = try_again(&client, &path_of(&order), "other", "tok_success").await;
    assert_eq!(paid.assert_status(201).json()["status"], "confirmed");
}

#[tokio::test]
async fn while_an_outcome_is_open_there_is_no_second_attempt() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("pending"), &json!("unknown"))
    );
    let path = path_of(&order);
    try_again(&client, &path, "k", "tok_success").await.assert_problem(409, "payment_in_progress");
    shop.payment.succeed(payment_of(&order));
    shop.work().await;
    assert_eq!(client.get(&path).await.json()["status"], "confirmed");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test]
async fn money_taken_with_the_answer_lost_is_found_again() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_timeout_success").await;
    shop.follow_payments().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "confirmed");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test]
async fn old_repeated_and_disordered_news_change_nothing() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    let action = shop.payment.find(payment_of(&order));
    let paid = shop.payment.succeed(payment_of(&order));
    let event = |payment| {
        serde_json::from_value(json!({
            "specversion": "1.0", "id": uuid::Uuid::now_v7(), "source": "/payment",
            "type": "payment.changed", "subject": "", "time": "2026-01-01T00:00:00Z",
            "datacontenttype": "application/json", "data": payment, "sequence": "1"
        }))
        .unwrap()
    };
    let unreadable = event(json!({"nonsense": true}));
    let events = vec![
        unreadable,
        event(serde_json::to_value(&paid).unwrap()),
        event(serde_json::to_value(&paid).unwrap()),
        event(serde_json::to_value(&action).unwrap()),
    ];
    order::background::take_events(shop.app.clone(), events).await.unwrap();
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("confirmed"), &json!("paid")));
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
}

#[tokio::test]
async fn another_amount_than_agreed_confirms_nothing() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.payment.change(payment_of(&order), |payment| {
        payment.status = PaymentStatus::Succeeded;
        payment.amount_captured = 1;
    });
    shop.follow_payments().await;
    for _ in 0..3 {
        shop.work().await;
    }
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "pending");
    let history = order["history"].as_array().unwrap();
    let is_noted = |entry: &&Value| {
        entry["why"].as_str().is_some_and(|why| why.contains("not what was agreed"))
    };
    assert_eq!(history.iter().filter(is_noted).count(), 1, "{history:?}");
}

#[tokio::test]
async fn with_the_payment_service_down_the_order_is_kept_and_paid_later() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    shop.payment.set_down(true);
    let order = shop.checkout(&client, &cart, "tok_success").await.assert_status(201).json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("pending"), &json!("pending"))
    );
    assert_eq!(shop.level("mug").await, (10, 1, 0));
    shop.work().await;
    shop.payment.set_down(false);
    shop.work().await;
    let order: Value = client.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "confirmed");
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test]
async fn a_payment_cancelled_elsewhere_ends_its_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    shop.payment.change(payment_of(&order), |it| it.status = PaymentStatus::Canceled);
    shop.follow_payments().await;
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(
        (&order["status"], &order["payment_status"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
    assert_eq!(shop.level("mug").await, (10, 0, 0));
}

#[tokio::test]
async fn a_decline_counts_once_the_payment_is_known_to_be_declined() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let order = shop.checkout(&client, &cart, "tok_decline_and_die").await.assert_status(201);
    let path = path_of(&order.json());
    try_again(&client, &path, "early", "tok_success")
        .await
        .assert_problem(409, "payment_in_progress");

    shop.payment.set_down(false);
    shop.work().await;
    assert_eq!(client.get(&path).await.json()["payment_status"], "failed");
    let paid = try_again(&client, &path, "again", "tok_success").await.assert_status(201);
    assert_eq!(paid.json()["status"], "confirmed");
    shop.follow_payments().await;
    assert_eq!(client.get(&path).await.json()["payment_status"], "paid");
}

#[tokio::test]
async fn news_of_an_earlier_attempt_do_not_end_the_open_one() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_action").await;
    let path = path_of(&order);
    shop.payment.set_down(true);
    let waiting = try_again(&client, &path, "other", "tok_success").await.assert_status(201);
    assert_eq!(waiting.json()["payment_status"], "pending");
    shop.payment.change(payment_of(&order), |payment| {
        payment.status = PaymentStatus::RequiresPaymentMethod;
        payment.next_action = None;
        payment.last_error = Some("canceled".to_owned());
    });
    shop.follow_payments().await;
    assert_eq!(client.get(&path).await.json()["payment_status"], "pending");

    shop.payment.set_down(false);
    shop.work().await;
    assert_eq!(client.get(&path).await.json()["status"], "confirmed");
}
