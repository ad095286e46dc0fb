//! A process is gone for a while.

use futures::future::join_all;
use load::{Client, Shop, System};
use serde_json::{Value, json};

use crate::purchase::{available, ready_cart};

async fn check_out(client: &Client, cart: &str) -> Value {
    let pay = json!({ "payment": { "token": "tok_success" } });
    let answer = client.key("buy").post(&format!("/v1/carts/{cart}/checkout"), pay).await.unwrap();
    answer.assert_status(201).json()
}

#[tokio::test]
async fn while_payment_is_down_orders_keep_their_stock_and_are_paid_once_it_is_back() {
    let mut system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let mut carts = Vec::new();
    for _ in 0..8 {
        let shopper = system.client().anonymous().await.unwrap();
        let cart = ready_cart(&shopper, &[("KETTLE", 1)]).await;
        carts.push((shopper, cart));
    }
    system.kill("payment");
    let orders = join_all(carts.iter().map(|(shopper, cart)| check_out(shopper, cart))).await;
    for order in &orders {
        assert_eq!(
            (&order["status"], &order["payment_status"]),
            (&json!("pending"), &json!("pending"))
        );
    }
    assert_eq!(available(&system.client(), "KETTLE").await, 2);

    system.revive("payment").await.unwrap();
    for ((shopper, _), order) in carts.iter().zip(&orders) {
        let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
        let is_paid = |answer: &load::Answer| answer.json()["status"] == "confirmed";
        let order = shopper.eventually(&path, is_paid).await.unwrap().json();
        assert_eq!(order["payment_status"], "paid");
    }
    assert_eq!(available(&system.client(), "KETTLE").await, 2);
}

#[tokio::test]
async fn a_filled_cart_is_bought_without_catalog_and_recommendation() {
    let mut system = System::start().await.unwrap();
    Shop::open(&system).await.unwrap();
    let shopper = system.client().anonymous().await.unwrap();
    let cart = ready_cart(&shopper, &[("KETTLE", 1)]).await;
    system.kill("catalog");
    system.kill("recommendation");
    assert_eq!(check_out(&shopper, &cart).await["status"], "confirmed");
}
