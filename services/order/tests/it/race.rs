//! Many at once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::json;
use testing::{Answer, Client};
use uuid::Uuid;

use crate::shop::{Shop, path_of, payment_of};

/// Checks out as a client does: with one key, again while told to wait.
async fn check_out(client: &Client, cart: &str, token: &str) -> Answer {
    let keyed = client.key(&Uuid::now_v7().to_string());
    loop {
        let body = json!({"payment": {"token": token}});
        let answer = keyed.post(&format!("{cart}/checkout"), body).await;
        if answer.status.as_u16() != 503 {
            return answer;
        }
        tokio::task::yield_now().await;
    }
}

fn count(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        let body = answer.json();
        let word = body["code"].as_str().or(body["status"].as_str()).unwrap_or("?").to_owned();
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_37_units_get_37() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 37).await;
    let clients: Vec<Client> = (0..200).map(|_| shop.shopper()).collect();
    let mut carts = Vec::new();
    for chunk in clients.chunks(5) {
        carts.extend(join_all(chunk.iter().map(|it| shop.ready_cart(it, &[("mug", 1)]))).await);
    }
    let checkouts = clients.iter().zip(&carts).map(|(it, cart)| check_out(it, cart, "tok_success"));
    let answers = join_all(checkouts).await;
    let expected = BTreeMap::from([("confirmed".to_owned(), 37), ("out_of_stock".to_owned(), 163)]);
    assert_eq!(count(&answers), expected);
    assert_eq!(shop.level("mug").await, (37, 0, 37));
    assert_eq!(shop.payment.books(|books| books.charges.len()), 37);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_with_the_same_things_in_another_order_do_not_lock_each_other_out() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 40).await;
    shop.set_stock("lamp", 40).await;
    let clients: Vec<Client> = (0..40).map(|_| shop.shopper()).collect();
    let mut carts = Vec::new();
    for (i, client) in clients.iter().enumerate() {
        let items = if i % 2 == 0 { [("mug", 1), ("lamp", 1)] } else { [("lamp", 1), ("mug", 1)] };
        carts.push(shop.ready_cart(client, &items).await);
    }
    let checkouts = clients.iter().zip(&carts).map(|(it, cart)| check_out(it, cart, "tok_success"));
    let answers = join_all(checkouts).await;
    assert_eq!(count(&answers), BTreeMap::from([("confirmed".to_owned(), 40)]));
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coupon_for_one_order_is_used_by_one() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    shop.set_stock("mug", 100).await;
    let promotion = json!({
        "code": "half", "name": "Half", "kind": "percent", "basis_points": 5000,
        "requires_coupon": true
    });
    staff.post("/v1/promotions", promotion).await.assert_status(201);
    let coupon = json!({"code": "ONE", "promotion": "half", "usage_limit": 1});
    staff.post("/v1/coupons", coupon).await.assert_status(201);
    let clients: Vec<Client> = (0..50).map(|_| shop.customer()).collect();
    let mut carts = Vec::new();
    for client in &clients {
        let cart = shop.ready_cart(client, &[("mug", 1)]).await;
        let code = json!({"code": "ONE"});
        client.post(&format!("{cart}/coupons"), code).await.assert_status(200);
        carts.push(cart);
    }
    let checkouts = clients.iter().zip(&carts).map(|(it, cart)| check_out(it, cart, "tok_success"));
    let answers = join_all(checkouts).await;
    let expected =
        BTreeMap::from([("confirmed".to_owned(), 1), ("coupon_not_usable".to_owned(), 49)]);
    assert_eq!(count(&answers), expected);
    assert_eq!(staff.get("/v1/coupons/ONE").await.json()["used"], 1);
    assert_eq!(shop.level("mug").await, (100, 0, 1));
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_checkout_sent_twenty_times_is_one_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let keyed = client.key("the same");
    let send = || async {
        loop {
            let body = json!({"payment": {"token": "tok_success"}});
            let answer = keyed.post(&format!("{cart}/checkout"), body).await;
            let wait = answer.status.as_u16() == 503
                || (answer.status.as_u16() == 409 && answer.json()["code"] == "request_in_flight");
            if !wait {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let answers = join_all((0..20).map(|_| send())).await;
    assert_eq!(count(&answers), BTreeMap::from([("confirmed".to_owned(), 20)]));
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
    assert_eq!(client.get("/v1/orders").await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_checkouts_of_one_cart_are_one_order() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let answers = join_all((0..10).map(|_| check_out(&client, &cart, "tok_success"))).await;
    let expected = BTreeMap::from([("cart_closed".to_owned(), 9), ("confirmed".to_owned(), 1)]);
    assert_eq!(count(&answers), expected);
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_and_background_and_repeated_news_confirm_once() {
    let shop = Shop::open().await;
    let client = shop.shopper();
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    shop.payment.succeed(payment_of(&order));
    let feeds = (0..4).map(|_| shop.follow_payments());
    let workers = (0..4).map(|_| shop.work());
    tokio::join!(join_all(feeds), join_all(workers));
    let order = client.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "confirmed");
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_and_a_cancellation_at_once_leave_money_and_stock_right() {
    let shop = Shop::open().await;
    for _ in 0..5 {
        let client = shop.customer();
        let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
        let cancel_path = format!("{}/cancel", path_of(&order));
        let pay = async {
            shop.payment.succeed(payment_of(&order));
            shop.follow_payments().await;
        };
        let cancel = client.post(&cancel_path, json!({}));
        let ((), cancelled) = tokio::join!(pay, cancel);
        cancelled.assert_status(200);
        shop.work().await;
        shop.work().await;
        let order = client.get(&path_of(&order)).await.json();
        assert_eq!(order["status"], "cancelled");
        assert_eq!(order["payment_status"], "refunded");
    }
    assert_eq!(shop.payment.balance(), 0);
    assert_eq!(shop.level("mug").await, (10, 0, 0));
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

/// Until a transaction waits for the lock of another.
async fn until_somebody_waits(shop: &Shop) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let waiting = "select exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(shop.db()).await.unwrap() {
        assert!(Instant::now() < deadline, "nobody waits");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_while_an_expired_hold_was_let_go_gets_the_unit() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let expired = "with held as (
            insert into reservation (order_id, sku, location, quantity, state, expires_at)
            values (gen_random_uuid(), 'mug', 'default', 1, 'held', now() - interval '1 minute'))
        update stock set reserved = 1 where sku = 'mug'";
    sqlx::query(expired).execute(shop.db()).await.unwrap();
    let mut other = shop.db().begin().await.unwrap();
    let tidy =
        "with gone as (delete from reservation) update stock set reserved = 0 where sku = 'mug'";
    sqlx::query(tidy).execute(&mut *other).await.unwrap();
    let checkout = tokio::spawn({
        let client = client.clone();
        async move { check_out(&client, &cart, "tok_success").await }
    });
    until_somebody_waits(&shop).await;
    other.commit().await.unwrap();
    checkout.await.unwrap().assert_status(201);
    assert_eq!(shop.level("mug").await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_for_the_last_unit_sees_that_it_is_gone() {
    let shop = Shop::open().await;
    shop.set_stock("mug", 1).await;
    let client = shop.shopper();
    let cart = shop.ready_cart(&client, &[("mug", 1)]).await;
    let mut other = shop.db().begin().await.unwrap();
    sqlx::query("select from stock where sku = 'mug' for update")
        .execute(&mut *other)
        .await
        .unwrap();
    let checkout = tokio::spawn({
        let client = client.clone();
        async move { check_out(&client, &cart, "tok_success").await }
    });
    until_somebody_waits(&shop).await;
    sqlx::query("update stock set allocated = 1 where sku = 'mug'")
        .execute(&mut *other)
        .await
        .unwrap();
    other.commit().await.unwrap();
    let answer = checkout.await.unwrap().assert_problem(409, "out_of_stock");
    let short = json!([{"sku": "mug", "wanted": 1, "available": 0}]);
    assert_eq!(answer.json()["lines"], short);
    assert_eq!(shop.payment.balance(), 0);
}
