//! What passes through, and how.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    routing::{get, post},
};
use futures::{StreamExt, stream};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    net::TcpStream,
    sync::{Mutex, mpsc},
};

use crate::house::{Answer, echo, json_service, serve, start};

#[tokio::test]
async fn each_path_goes_to_its_service() {
    let (auth, catalog, order, payment, recommendation, events) = (
        serve(echo("auth")).await,
        serve(echo("catalog")).await,
        serve(echo("order")).await,
        serve(echo("payment")).await,
        serve(echo("recommendation")).await,
        serve(echo("events")).await,
    );
    let gateway = start(&[
        ("VITRINE_AUTH_URL", &auth),
        ("VITRINE_CATALOG_URL", &catalog),
        ("VITRINE_ORDER_URL", &order),
        ("VITRINE_PAYMENT_URL", &payment),
        ("VITRINE_RECOMMENDATION_URL", &recommendation),
        ("VITRINE_EVENTS_URL", &events),
    ])
    .await;
    for (path, service) in [
        ("/v1/customers", "auth"),
        ("/v1/me/addresses/7", "auth"),
        ("/oauth/token", "auth"),
        ("/.well-known/jwks.json", "auth"),
        ("/api/oauth/v1/token", "auth"),
        ("/api/rest/v1/products?search=%7B%7D", "catalog"),
        ("/v1/products/a%2Fb", "catalog"),
        ("/media/x.png?w=640", "catalog"),
        ("/v1/me/cart", "order"),
        ("/v1/carts/1/checkout", "order"),
        ("/v1/payments/webhooks/sandbox", "payment"),
        ("/v1/interactions/import", "recommendation"),
        ("/v1/changes?after=7&timeout=30000", "events"),
        ("/v1/webhooks/1/deliveries/2/retry", "events"),
    ] {
        let seen = gateway.get(path).await.assert_status(200).json();
        assert_eq!((&seen["service"], &seen["uri"]), (&service.into(), &path.into()));
    }
}

#[tokio::test]
async fn internal_and_unknown_paths_are_not_routed_however_they_are_spelled() {
    let catalog = serve(echo("catalog")).await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    gateway.get("/v1/nothing").await.assert_problem(404, "not_found");
    for path in [
        "/internal/feed",
        "//internal/feed",
        "/v1/products/../../internal/feed",
        "/v1/products/%2e%2e/%2E%2e/internal/feed",
        "/v1/products/..%2f..%2finternal/feed",
        "/v1/products/./../internal",
        "/v1/products//internal",
        "/v1%2finternal/feed",
        "http://catalog/internal/feed",
    ] {
        assert_eq!(gateway.raw_status(path).await, 404, "{path}");
    }
    assert_eq!(gateway.raw_status("http://elsewhere/v1/products").await, 200);
    let connect = b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(gateway.raw(connect).await.starts_with("HTTP/1.1 405"));
}

#[tokio::test]
async fn a_service_sees_the_client_as_the_gateway_does_and_not_as_it_claims() {
    let catalog = serve(echo("catalog")).await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let request = gateway
        .request("GET", "/v1/products")
        .header("x-forwarded-for", "1.2.3.4")
        .header("x-user-id", "staff:1")
        .header("connection", "keep-alive, x-hop")
        .header("x-hop", "1")
        .header("authorization", "Bearer t")
        .header("x-request-id", "order-7");
    let answer = Answer::of(request).await.assert_status(200);
    let seen = answer.json()["headers"].clone();
    assert_eq!(seen["x-forwarded-for"], "127.0.0.1");
    assert_eq!(seen["x-forwarded-host"], gateway.address.to_string());
    assert_eq!(seen["authorization"], "Bearer t");
    assert_eq!(seen["x-request-id"], "order-7");
    for absent in ["x-user-id", "x-hop", "connection"] {
        assert!(seen.get(absent).is_none(), "{absent}");
    }
    assert_eq!(answer.headers["x-request-id"], "order-7");
    assert_eq!(answer.headers["traceparent"], seen["traceparent"].as_str().unwrap());
    assert_eq!(answer.headers["x-service"], "catalog");
    assert!(answer.headers["server-timing"].to_str().unwrap().starts_with("gateway;dur="));
    assert!(answer.headers.contains_key("ratelimit"));
}

#[tokio::test]
async fn a_body_with_two_lengths_hides_no_second_request() {
    let order = serve(echo("order")).await;
    let gateway = start(&[("VITRINE_ORDER_URL", &order)]).await;
    for lengths in [
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 5",
    ] {
        let request = format!(
            "POST /v1/carts HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{lengths}\r\n\r\n\
             2\r\nab\r\n0\r\n\r\nGET /internal HTTP/1.1\r\nhost: x\r\n\r\n"
        );
        let answer = gateway.raw(request.as_bytes()).await;
        let is_refused = answer.starts_with("HTTP/1.1 400");
        assert!(is_refused || answer.contains("\"body_bytes\":2"), "{answer}");
        assert!(!answer.contains("/internal"), "{answer}");
    }
}

#[tokio::test]
async fn a_services_own_problem_is_passed_on_untouched() {
    let order = serve(Router::new().fallback(|| async {
        let head = [("content-type", "application/problem+json"), ("retry-after", "7")];
        (http::StatusCode::CONFLICT, head, r#"{"code":"out_of_stock","sku":"A"}"#)
    }));
    let order = order.await;
    let gateway = start(&[("VITRINE_ORDER_URL", &order)]).await;
    let answer = Answer::of(gateway.request("POST", "/v1/carts/1/checkout")).await;
    let answer = answer.assert_problem(409, "out_of_stock");
    assert_eq!(answer.text, r#"{"code":"out_of_stock","sku":"A"}"#);
    assert_eq!(answer.headers["retry-after"], "7");
}

#[tokio::test]
async fn an_answer_streams_while_the_service_still_writes_it() {
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let receiver = Arc::new(Mutex::new(receiver));
    let catalog = serve(Router::new().fallback(move || {
        let receiver = receiver.clone();
        async move {
            Body::from_stream(stream::unfold(receiver, |receiver| async {
                let chunk = receiver.lock().await.recv().await?;
                Some((Ok::<_, std::io::Error>(chunk), receiver))
            }))
        }
    }))
    .await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let answer = gateway.request("GET", "/feeds/ecommerce/jsonl").send().await.unwrap();
    let mut chunks = answer.bytes_stream();
    for chunk in ["one", "two", "three"] {
        sender.send(chunk).await.unwrap();
        // The service waits for us to say more: a buffering proxy would never get here.
        assert_eq!(chunks.next().await.unwrap().unwrap(), chunk);
    }
    drop(sender);
    assert!(chunks.next().await.is_none());
}

#[tokio::test]
async fn a_body_streams_while_the_client_still_sends_it() {
    let (seen, mut first_chunk) = mpsc::channel::<usize>(8);
    let catalog = serve(Router::new().route(
        "/api/rest/v1/products",
        post(move |request: Request| async move {
            let mut body = request.into_body().into_data_stream();
            let mut total = 0;
            while let Some(Ok(chunk)) = body.next().await {
                total += chunk.len();
                seen.send(total).await.unwrap();
            }
            total.to_string()
        }),
    ))
    .await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let chunks = stream::unfold(receiver, |mut receiver| async {
        let chunk = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(chunk), receiver))
    });
    let body = reqwest::Body::wrap_stream(chunks);
    let request = gateway.request("POST", "/api/rest/v1/products").body(body);
    let answer = tokio::spawn(Answer::of(request));
    sender.send("first").await.unwrap();
    assert_eq!(first_chunk.recv().await, Some(5));
    sender.send("more").await.unwrap();
    drop(sender);
    assert_eq!(answer.await.unwrap().assert_status(200).text, "9");
}

#[tokio::test]
async fn connections_to_a_service_are_used_again() {
    let (seen, mut peers) = mpsc::unbounded_channel();
    let routes = Router::new().route(
        "/v1/products",
        get(move |peer: axum::extract::ConnectInfo<std::net::SocketAddr>| async move {
            seen.send(peer.0).unwrap();
            "ok"
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = routes.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let gateway =
        start(&[("VITRINE_CATALOG_URL", &address), ("VITRINE_GATEWAY_THREADS", "1")]).await;
    for _ in 0..20 {
        gateway.get("/v1/products").await.assert_status(200);
    }
    drop(gateway);
    let mut distinct = std::collections::HashSet::new();
    while let Ok(peer) = peers.try_recv() {
        distinct.insert(peer);
    }
    assert!(distinct.len() <= 2, "{distinct:?}");
}

#[tokio::test]
async fn http2_without_negotiation_is_spoken_too() {
    let catalog = serve(echo("catalog")).await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    let stream = TcpStream::connect(gateway.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("http://shop.example/v1/products?q=lamp")
        .body(Empty::<Bytes>::new())
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let seen: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(seen["uri"], "/v1/products?q=lamp");
    assert_eq!(seen["headers"]["x-forwarded-host"], "shop.example");
}

#[tokio::test]
async fn a_head_request_keeps_its_length_and_its_connection() {
    let catalog = serve(json_service(serde_json::json!({ "a": 1 }))).await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    for _ in 0..3 {
        let answer = Answer::of(gateway.request("HEAD", "/v1/products")).await.assert_status(200);
        assert_eq!(answer.headers["content-length"], "7");
    }
}

#[tokio::test]
async fn a_web_page_of_an_allowed_origin_may_call_and_no_other() {
    let catalog = serve(echo("catalog")).await;
    let origin = "https://shop.example";
    let gateway =
        start(&[("VITRINE_CATALOG_URL", &catalog), ("VITRINE_CORS_ORIGINS", origin)]).await;
    let preflight = gateway
        .request("OPTIONS", "/v1/products")
        .header("origin", origin)
        .header("access-control-request-method", "GET");
    let answer = Answer::of(preflight).await.assert_status(204);
    assert_eq!(answer.headers["access-control-allow-origin"], origin);
    let call = gateway.request("GET", "/v1/products").header("origin", origin);
    let answer = Answer::of(call).await.assert_status(200);
    assert_eq!(answer.headers["access-control-allow-origin"], origin);
    assert_eq!(answer.headers["vary"], "origin");
    let call = gateway.request("GET", "/v1/products").header("origin", "https://evil.example");
    let answer = Answer::of(call).await.assert_status(200);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
