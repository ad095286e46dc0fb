//! The connection to the database breaks off at a commit: whether that took effect is not known.

use serde_json::json;
use testing::{Answer, Client, LossyDatabase, Lost};

use crate::shop::{Shop, path_of};

/// Sends the same checkout again until it is answered. The lease of one that died is over at once.
async fn persist(shop: &Shop, client: &Client, cart: &str) -> Answer {
    loop {
        let body = json!({"payment": {"token": "tok_success"}});
        let answer = client.post(&format!("{cart}/checkout"), body).await;
        match answer.status.as_u16() {
            409 | 503 => shop.work().await,
            _ => return answer,
        }
    }
}

/// Whether there was a commit to lose after so many others.
async fn check_out_losing(after: usize, lost: Lost) -> bool {
    let database = testing::database(order::SCHEMA, &order::MIGRATOR).await;
    let way = LossyDatabase::open(&database, order::SCHEMA).await;
    let shop = Shop::open_on(way.pool.clone(), order::Settings::default()).await;
    let shopper = shop.shopper();
    let (client, cart) = (shopper.key("once"), shop.ready_cart(&shopper, &[("mug", 1)]).await);
    way.lose(after, lost);
    let answer = persist(&shop, &client, &cart).await.assert_status(201);
    let has_lost = way.stop();
    shop.follow_payments().await;
    shop.work().await;
    let order = client.get(&path_of(&answer.json())).await.json();
    assert_eq!(order["status"], "confirmed", "{lost:?} after {after}");
    assert_eq!(persist(&shop, &client, &cart).await.body, answer.body);
    assert_eq!(shop.payment.books(|books| books.charges.len()), 1);
    assert_eq!(shop.level("mug").await, (10, 0, 1));
    assert_eq!(shop.facts().await, ["order.placed", "order.confirmed"]);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
    has_lost
}

#[tokio::test]
async fn whichever_commit_of_a_checkout_is_cut_off_there_is_one_order_and_one_charge() {
    for lost in [Lost::Request, Lost::Answer] {
        let mut commits = 0;
        while check_out_losing(commits, lost).await {
            commits += 1;
        }
        assert!(commits >= 2, "{commits} commits: placed, told");
    }
}
