//! A replica whose clock is wrong.

use chrono::{DateTime, Utc};
use load::{Client, Clock, Shop, System};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::{
    clients::{is_missing, libfaketime},
    purchase::{available, ready_cart},
};

/// How far the clock of one replica is ahead, in seconds.
const AHEAD: i64 = 300;

#[tokio::test]
async fn a_hold_ends_by_the_clock_of_the_database_whatever_a_replica_believes() {
    if is_missing("libfaketime") {
        return;
    }
    let hold = ("order", "VITRINE_RESERVATION_SECONDS", "15");
    let mut system = System::start_with(&[hold]).await.unwrap();
    let clock = Clock { seconds: AHEAD, library: libfaketime() };
    system.add_replica_with("order", clock).await.unwrap();
    Shop::open(&system).await.unwrap();
    let there_were = available(&system.client(), "KETTLE").await;

    let shopper = system.client().anonymous().await.unwrap();
    let replicas = [0, 1].map(|index| Client::new(system.replica_url(("order", index))));
    let [right, wrong] = replicas.map(|replica| replica.bearer(shopper.token()));
    let ahead = date_of(&wrong).await - date_of(&right).await;
    assert!((AHEAD - 30..AHEAD + 30).contains(&ahead.num_seconds()), "{ahead}");

    let mut waiting = Vec::new();
    for replica in [&right, &wrong] {
        let pay = |token: &str| json!({ "payment": { "token": token } });
        let cart = ready_cart(replica, &[("KETTLE", 1)]).await;
        let path = format!("/v1/carts/{cart}/checkout");
        let paid = replica.key(&cart).post(&path, pay("tok_success")).await.unwrap();
        let paid = paid.assert_status(201);
        assert_eq!(paid.json()["status"], "confirmed");
        // Either replica knows what the other answered.
        for replica in [&right, &wrong] {
            let again = replica.key(&cart).post(&path, pay("tok_success")).await.unwrap();
            assert_eq!(again.assert_status(201).text, paid.text);
        }
        let cart = ready_cart(replica, &[("KETTLE", 1)]).await;
        let path = format!("/v1/carts/{cart}/checkout");
        let pending = replica.key(&cart).post(&path, pay("tok_action")).await.unwrap();
        let pending = pending.assert_status(201).json();
        assert_eq!(pending["status"], "pending");
        waiting.push(format!("/v1/orders/{}", pending["id"].as_str().unwrap()));
    }
    assert_eq!(available(&system.client(), "KETTLE").await, there_were - 4);
    for order in &waiting {
        shopper.eventually(order, |answer| answer.json()["status"] == "expired").await.unwrap();
    }
    assert_eq!(available(&system.client(), "KETTLE").await, there_were - 2);

    // Nobody ended them before their time.
    let mut db = PgConnection::connect(&system.superuser_url()).await.unwrap();
    let late: Vec<f64> = sqlx::query_scalar(
        "select extract(epoch from entry.at - expires_at)::float8
         from orders.customer_order join orders.order_history as entry using (order_id)
         where to_status = 'expired'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|seconds| *seconds >= 0.0), "{late:?}");
}

/// What time it is there.
async fn date_of(replica: &Client) -> DateTime<Utc> {
    let answer = replica.get("/v1/orders").await.unwrap().assert_status(200);
    let date = answer.headers["date"].to_str().unwrap();
    DateTime::parse_from_rfc2822(date).unwrap().to_utc()
}
