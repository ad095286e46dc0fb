//! A process is gone for a while.

use std::cell::Cell;

use futures::future::{join, join_all};
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

#[tokio::test]
async fn replicas_that_are_restarted_in_turn_fail_no_request() {
    let drain = ("order", "VITRINE_DRAIN_SECONDS", "2");
    let mut system = System::start_with(&[drain]).await.unwrap();
    Shop::open(&system).await.unwrap();
    let plenty = json!([{ "sku": "KETTLE", "location": "main", "on_hand": 1_000_000 }]);
    let staff = system.staff().await.unwrap();
    staff.patch("/v1/stock", plenty).await.unwrap().assert_status(200);
    system.add_replica("order").await.unwrap();

    let (client, goes_on) = (system.client(), Cell::new(true));
    let shoppers = (0..4).map(|_| async {
        let mut orders = 0;
        while goes_on.get() {
            let shopper = client.anonymous().await.unwrap();
            let cart = ready_cart(&shopper, &[("KETTLE", 1)]).await;
            assert_eq!(check_out(&shopper, &cart).await["status"], "confirmed");
            orders += 1;
        }
        orders
    });
    let restarts = async {
        system.restart_in_turn("order").await.unwrap();
        goes_on.set(false);
    };
    let (orders, ()) = join(join_all(shoppers), restarts).await;
    assert!(orders.iter().all(|orders| *orders > 0), "nobody bought anything meanwhile");
}
