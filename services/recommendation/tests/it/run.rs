use std::time::Duration;

use axum::{Router, routing::post};
use contracts::{
    PeerConfig,
    catalog::{PRODUCT_PUBLISHED, PRODUCT_UNPUBLISHED},
};
use recommendation::{Config, MIGRATOR, SCHEMA, run};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use web::{Json, Lifecycle, LogFormat, Secret, ServerConfig};

use crate::{
    feed::Feed,
    shop::{page, product},
};

const NOWHERE: &str = "http://127.0.0.1:1";

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn config(database_url: Secret, auth_url: &str, catalog_url: &str) -> Config {
    let address = "127.0.0.1:0".parse().unwrap();
    Config {
        server: ServerConfig {
            listen: address,
            admin_listen: address,
            log_format: LogFormat::Json,
            log_filter: "off".into(),
            drain: Duration::ZERO,
            grace: Duration::from_secs(1),
        },
        database_url,
        max_connections: 5,
        peers: PeerConfig {
            auth_url: auth_url.into(),
            issuer: "http://vitrine.test".into(),
            client_id: "test".into(),
            client_secret: Secret::new("test"),
        },
        catalog_url: catalog_url.into(),
        order_url: NOWHERE.into(),
        // Only the first training happens by itself.
        train_pause: Duration::from_secs(3600),
        interaction_days: 1096,
        recommend_sold_out: false,
    }
}

async fn trending(url: &str) -> Value {
    let request = contracts::http_client().get(format!("{url}/v1/recommendations/trending"));
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

/// Asks until the list has this many items.
async fn wait_for_count(url: &str, count: usize) -> Value {
    let mut every = tokio::time::interval(Duration::from_millis(50));
    tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            every.tick().await;
            let body = trending(url).await;
            if body["items"].as_array().unwrap().len() == count {
                return body;
            }
        }
    })
    .await
    .expect("the list changes in time")
}

#[tokio::test]
async fn the_running_service_learns_by_itself_and_hides_what_is_withdrawn_at_once() {
    let database = testing::database(SCHEMA, &MIGRATOR).await;
    let catalog = Feed::new();
    let (peer, peer_url) = listen().await;
    let token = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 600 });
    let routes = catalog.routes().route("/oauth/token", post(|| async move { Json(token) }));
    tokio::spawn(async move { axum::serve(peer, Router::new().merge(routes)).await });
    let (listener, url) = listen().await;
    let lifecycle = Lifecycle::new();
    let config = config(database.url, &peer_url, &peer_url);
    let running = tokio::spawn(run(config, listener, lifecycle.clone()));

    "ABC".chars().for_each(|letter| catalog.tell(PRODUCT_PUBLISHED, product(letter)));
    let before = wait_for_count(&url, 3).await;
    catalog.tell(PRODUCT_UNPUBLISHED, json!({ "product_id": page('B') }));
    let after = wait_for_count(&url, 2).await;
    assert_eq!(after["model"], before["model"], "without another training");
    assert!(after["items"].as_array().unwrap().iter().all(|item| item["sku"] != "B"));

    lifecycle.stop();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn it_is_ready_and_answers_while_every_other_service_is_down() {
    let database = testing::database(SCHEMA, &MIGRATOR).await;
    let (listener, url) = listen().await;
    let lifecycle = Lifecycle::new();
    let running =
        tokio::spawn(run(config(database.url, NOWHERE, NOWHERE), listener, lifecycle.clone()));
    assert_eq!(wait_for_count(&url, 0).await["surface"], "trending");
    assert!(lifecycle.is_ready());
    lifecycle.stop();
    running.await.unwrap().unwrap();
}
