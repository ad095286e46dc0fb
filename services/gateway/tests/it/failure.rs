//! Services that are down, slow or broken.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::StatusCode;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};

use crate::house::{Answer, closed_address, echo, serve, silent, start};

/// A service that reads a request and hangs up; counts the requests.
async fn breaking() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(hang_up_after_request(stream, counter.clone()));
        }
    });
    (address, count)
}

async fn hang_up_after_request(mut stream: TcpStream, counter: Arc<AtomicUsize>) {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut seen).await.unwrap_or(0) == 0 {
            return;
        }
    }
    counter.fetch_add(1, Ordering::SeqCst);
}

#[tokio::test]
async fn a_service_that_is_down_is_named() {
    let gateway = start(&[]).await;
    for _ in 0..20 {
        let answer = gateway.get("/v1/recommendations/trending").await;
        let answer = answer.assert_problem(503, "unavailable");
        assert_eq!(answer.json()["service"], "recommendation");
        assert_eq!(answer.headers["retry-after"], "1");
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_a_timeout_and_then_not_asked_for_a_while() {
    let catalog = serve(silent()).await;
    let gateway =
        start(&[("VITRINE_CATALOG_URL", &catalog), ("VITRINE_UPSTREAM_TIMEOUT_MS", "30")]).await;
    for _ in 0..5 {
        let answer = gateway.get("/v1/products").await.assert_problem(504, "upstream_timeout");
        assert_eq!(answer.json()["service"], "catalog");
    }
    gateway.get("/v1/products").await.assert_problem(503, "unavailable");
}

#[tokio::test]
async fn another_replica_takes_over_from_one_that_is_down() {
    let catalog = format!("http://{},{}", closed_address().await, serve(echo("catalog")).await);
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    for _ in 0..30 {
        gateway.get("/v1/products").await.assert_status(200);
    }
    let orders = format!("http://{},{}", closed_address().await, serve(echo("order")).await);
    let gateway = start(&[("VITRINE_ORDER_URL", &orders)]).await;
    for _ in 0..30 {
        // Nothing of it was sent: even a plain write may go elsewhere.
        let request = gateway.request("POST", "/v1/carts").body("{}");
        assert_eq!(Answer::of(request).await.assert_status(200).json()["body_bytes"], 2);
    }
}

#[tokio::test]
async fn a_safe_request_is_tried_once_more_elsewhere() {
    let (broken, count) = breaking().await;
    let catalog = format!("{broken},{}", serve(echo("catalog")).await);
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    while count.load(Ordering::SeqCst) == 0 {
        gateway.get("/v1/products").await.assert_status(200);
    }
}

#[tokio::test]
async fn a_write_without_a_key_is_sent_only_once() {
    let (orders, count) = breaking().await;
    let gateway = start(&[("VITRINE_ORDER_URL", &orders)]).await;
    let request = gateway.request("POST", "/v1/carts").body("{}");
    let answer = Answer::of(request).await.assert_problem(502, "upstream_broke_off");
    assert_eq!(answer.json()["service"], "order");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_write_with_a_key_is_sent_once_more_with_its_whole_body() {
    let (broken, count) = breaking().await;
    let orders = format!("{broken},{}", serve(echo("order")).await);
    let gateway = start(&[("VITRINE_ORDER_URL", &orders)]).await;
    while count.load(Ordering::SeqCst) == 0 {
        let request = gateway.request("POST", "/v1/carts/1/checkout");
        let request = request.header("idempotency-key", "k").body("{\"payment\":{}}");
        assert_eq!(Answer::of(request).await.assert_status(200).json()["body_bytes"], 14);
    }
}

#[tokio::test]
async fn a_replica_that_says_it_cannot_is_not_the_last_word() {
    let refusing = axum::Router::new().fallback(|| async { StatusCode::SERVICE_UNAVAILABLE });
    let catalog = format!("{},{}", serve(refusing).await, serve(echo("catalog")).await);
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    for _ in 0..20 {
        gateway.get("/v1/products").await.assert_status(200);
    }
}

#[tokio::test]
async fn a_service_that_comes_back_is_asked_again() {
    let address = closed_address().await;
    let url = format!("http://{address}");
    let gateway = start(&[("VITRINE_CATALOG_URL", &url)]).await;
    gateway.get("/v1/products").await.assert_problem(503, "unavailable");
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, echo("catalog")).await });
    while gateway.get("/v1/products").await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
}
