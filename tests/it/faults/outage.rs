//! A process is gone for a while.

use std::{cell::Cell, time::Duration};

use futures::future::{join, join_all};
use load::{Client, Shop, System};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::purchase::{available, ready_cart, ready_cart_in};

/// Eight at once on a busy machine may be told to come again because of the database, and of nothing else:
/// with the same key, like any client.
async fn check_out(client: &Client, cart: &str) -> Value {
    let pay = json!({ "payment": { "token": "tok_success" } });
    let client = client.key("buy");
    for _ in 0..10 {
        let answer = client.post(&format!("/v1/carts/{cart}/checkout"), pay.clone()).await.unwrap();
        if answer.status != 503 || !answer.text.contains("the database is not available") {
            return answer.assert_status(201).json();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the checkout was told to come again ten times");
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
async fn a_region_whose_payments_are_down_leaves_the_others_alone() {
    let countries = ("order", "VITRINE_PAYMENT_COUNTRIES", "eu=DE,FR us=US");
    let mut system = System::start_with_regions(&["eu", "us"], &[countries]).await.unwrap();
    Shop::open(&system).await.unwrap();
    let staff = system.staff().await.unwrap();
    let airmail = json!({ "code": "airmail", "name": "Airmail", "countries": ["US", "FR"],
                          "prices": [{ "currency": "EUR", "amount": 990 }] });
    staff.post("/v1/shipping-methods", airmail).await.unwrap().assert_status(201);
    let client = system.client();
    let buy = async |country: &str| {
        let shopper = client.anonymous().await.unwrap();
        let cart = ready_cart_in(&shopper, country, &[("KETTLE", 1)]).await;
        check_out(&shopper, &cart).await
    };
    let payment_of =
        |order: &Value| format!("/v1/payments/{}", order["payment"]["id"].as_str().unwrap());

    // Each region has its own books, and the id of a payment says where it is.
    let (in_eu, in_us) = (buy("DE").await, buy("US").await);
    for order in [&in_eu, &in_us] {
        assert_eq!(order["status"], "confirmed", "{order}");
        staff.get(&payment_of(order)).await.unwrap().assert_status(200);
    }
    // Each region has its own feed of them.
    let path = "/v1/changes?types=payment.changed";
    let tells_both = |answer: &load::Answer| {
        [&in_eu, &in_us].iter().all(|order| answer.text.contains(order["id"].as_str().unwrap()))
    };
    staff.eventually(path, tells_both).await.unwrap();
    let mut db = PgConnection::connect(&system.superuser_url()).await.unwrap();
    for (schema, order) in [("payment_eu", &in_eu), ("payment_us", &in_us)] {
        let payments = format!("select order_id from {schema}.payment");
        let orders: Vec<Uuid> =
            sqlx::query_scalar(AssertSqlSafe(payments)).fetch_all(&mut db).await.unwrap();
        assert_eq!(
            orders.iter().map(Uuid::to_string).collect::<Vec<_>>(),
            [order["id"].as_str().unwrap()]
        );
    }

    // The payment cell of Europe.
    system.kill("payment");
    let waiting = buy("FR").await;
    assert_eq!(waiting["status"], "pending", "{waiting}");
    let down = staff.get(&payment_of(&in_eu)).await.unwrap().assert_status(503);
    assert!(down.headers.contains_key("retry-after"));
    for _ in 0..3 {
        assert_eq!(buy("US").await["status"], "confirmed");
    }
    staff.get(&payment_of(&in_us)).await.unwrap().assert_status(200);
    let list = staff.get("/v1/payments?region=us").await.unwrap().assert_status(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 4);
    staff.get("/v1/payments?region=eu").await.unwrap().assert_status(503);
    staff.get("/v1/payments?region=mars").await.unwrap().assert_status(404);

    system.revive("payment").await.unwrap();
    let path = format!("/v1/orders/{}", waiting["id"].as_str().unwrap());
    let is_paid = |answer: &load::Answer| answer.json()["status"] == "confirmed";
    staff.eventually(&path, is_paid).await.unwrap();
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
