//! What is refused, and how.

use std::sync::Arc;

use axum::Router;
use futures::stream;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Semaphore};

use crate::house::{Answer, echo, serve, start};

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let order = serve(echo("order")).await;
    let gateway = start(&[("VITRINE_ORDER_URL", &order), ("VITRINE_BODY_BYTES", "1000")]).await;
    let fits = gateway.request("POST", "/v1/carts").body(vec![b'x'; 1000]);
    assert_eq!(Answer::of(fits).await.assert_status(200).json()["body_bytes"], 1000);
    let head = "POST /v1/carts HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\
        expect: 100-continue\r\nconnection: close\r\n\r\n";
    assert!(gateway.raw(head.as_bytes()).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn a_body_that_does_not_say_is_counted() {
    let order = serve(echo("order")).await;
    let gateway = start(&[("VITRINE_ORDER_URL", &order), ("VITRINE_BODY_BYTES", "1000")]).await;
    let chunks = stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    let request = gateway.request("POST", "/v1/carts").body(reqwest::Body::wrap_stream(chunks));
    Answer::of(request).await.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn imports_may_be_larger() {
    let catalog = serve(echo("catalog")).await;
    let limits = [("VITRINE_BODY_BYTES", "1000"), ("VITRINE_BULK_BODY_BYTES", "5000000")];
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog), limits[0], limits[1]]).await;
    let body = vec![b'x'; 4_000_000];
    let request = gateway.request("PATCH", "/api/rest/v1/products").body(body);
    assert_eq!(Answer::of(request).await.assert_status(200).json()["body_bytes"], 4_000_000);
}

#[tokio::test]
async fn an_import_that_is_one_upload_may_be_larger_and_take_longer() {
    let catalog = serve(echo("catalog")).await;
    let gateway = start(&[
        ("VITRINE_CATALOG_URL", &catalog),
        ("VITRINE_BULK_BODY_BYTES", "1000"),
        ("VITRINE_BULK_TIMEOUT_MS", "1"),
    ])
    .await;
    let pieces = stream::iter((0..50).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100_000])));
    let body = reqwest::Body::wrap_stream(pieces);
    let request = gateway.request("POST", "/api/rest/v1/jobs/import").body(body);
    assert_eq!(Answer::of(request).await.assert_status(200).json()["body_bytes"], 5_000_000);
}

#[tokio::test]
async fn a_request_head_has_a_largest_size() {
    let gateway = start(&[]).await;
    let head = format!("GET /livez HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(40_000));
    assert!(gateway.raw(head.as_bytes()).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let catalog = serve(echo("catalog")).await;
    let gateway = start(&[
        ("VITRINE_CATALOG_URL", &catalog),
        ("VITRINE_RATE_LIMIT_PER_SECOND", "1"),
        ("VITRINE_RATE_LIMIT_BURST", "3"),
    ])
    .await;
    let first = gateway.get("/v1/products").await.assert_status(200);
    assert_eq!(first.headers["ratelimit"], "\"default\";r=2;t=2");
    assert_eq!(first.headers["ratelimit-policy"], "\"default\";q=3;w=3");
    gateway.get("/v1/products").await.assert_status(200);
    gateway.get("/v1/products").await.assert_status(200);
    let refused = gateway.get("/v1/products").await.assert_problem(429, "too_many_requests");
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert!(refused.headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn what_a_service_has_no_room_for_is_shed_at_once() {
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
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog), ("VITRINE_MAX_IN_FLIGHT", "1")]).await;
    let slow = tokio::spawn(Answer::of(gateway.request("GET", "/v1/products")));
    entered.acquire().await.unwrap().forget();
    let shed = gateway.get("/v1/products").await.assert_problem(503, "overloaded");
    assert_eq!(shed.json()["service"], "catalog");
    assert_eq!(shed.headers["retry-after"], "1");
    release.add_permits(1);
    slow.await.unwrap().assert_status(200);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_work_for_it() {
    struct Guard(Arc<Semaphore>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.add_permits(1);
        }
    }
    let (entered, cancelled) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (inside, left) = (entered.clone(), cancelled.clone());
    let catalog = serve(Router::new().fallback(move || {
        let (inside, guard) = (inside.clone(), Guard(left.clone()));
        async move {
            let _guard = guard;
            inside.add_permits(1);
            std::future::pending::<String>().await
        }
    }));
    let catalog = catalog.await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let mut client = TcpStream::connect(gateway.address).await.unwrap();
    client.write_all(b"GET /v1/products HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    entered.acquire().await.unwrap().forget();
    drop(client);
    cancelled.acquire().await.unwrap().forget();
}
