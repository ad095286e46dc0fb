//! How the gateway ends.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::Router;
use tokio::{net::TcpStream, sync::Semaphore};

use crate::house::{Answer, echo, serve, start};

#[tokio::test]
async fn while_draining_answers_say_that_the_connection_ends() {
    let gateway = start(&[]).await;
    assert!(!gateway.get("/livez").await.assert_status(200).headers.contains_key("connection"));
    gateway.get("/readyz").await.assert_status(200);
    gateway.lifecycle.drain();
    assert_eq!(gateway.get("/livez").await.assert_status(200).headers["connection"], "close");
    gateway.get("/readyz").await.assert_status(503);
}

#[tokio::test]
async fn what_is_in_flight_ends_before_the_gateway_does() {
    let (entered, release) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (inside, gate) = (entered.clone(), release.clone());
    let catalog = serve(Router::new().fallback(move || {
        let (inside, gate) = (inside.clone(), gate.clone());
        async move {
            inside.add_permits(1);
            gate.acquire().await.unwrap().forget();
            "done"
        }
    }));
    let catalog = catalog.await;
    let mut gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let slow = tokio::spawn(Answer::of(gateway.request("GET", "/v1/products")));
    entered.acquire().await.unwrap().forget();
    gateway.lifecycle.stop();
    while TcpStream::connect(gateway.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!gateway.running.is_finished());
    release.add_permits(1);
    assert_eq!(slow.await.unwrap().assert_status(200).text, "done");
    (&mut gateway.running).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_replica_that_is_about_to_end_is_left_alone_while_there_is_another() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let leaving = serve(Router::new().fallback(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { ([("connection", "close")], "goodbye") }
    }));
    let both = format!("{},{}", leaving.await, serve(echo("catalog")).await);
    let gateway = start(&[("VITRINE_CATALOG_URL", &both)]).await;
    for _ in 0..60 {
        gateway.get("/v1/products").await.assert_status(200);
    }
    let asked = asked.load(Ordering::SeqCst);
    assert!((1..15).contains(&asked), "asked {asked} of 60 times, and now and then would do");
}
