use serde_json::json;

use crate::shop::{Shop, ask_token, assert_oauth_error};

const CLIENT_CREDENTIALS: &str = "grant_type=client_credentials";

#[tokio::test]
async fn the_secrets_of_a_connection_are_shown_once() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({ "label": "ERP Berlin", "scopes": ["catalog:write", "catalog:read"] });
    let answer = admin.post("/v1/connections", new.clone()).await.assert_status(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    let created = answer.json();
    assert_eq!(created["scopes"], json!(["catalog:read", "catalog:write"]));
    let read = admin.get(answer.header("location")).await.assert_status(200);
    assert_eq!(read.json()["label"], "ERP Berlin");
    assert_eq!(read.json()["username"], created["username"]);
    let page = admin.get("/v1/connections").await.assert_status(200);
    for secret in ["client_secret", "password"] {
        let secret = created[secret].as_str().unwrap();
        assert!(secret.len() >= 43);
        assert!(!read.text().contains(secret) && !page.text().contains(secret));
    }
    admin.post("/v1/connections", new).await.assert_problem(409, "label_taken");
}

#[tokio::test]
async fn a_connection_without_label_gets_one() {
    let shop = Shop::open().await;
    let new = json!({ "scopes": [] });
    let answer = shop.admin().await.post("/v1/connections", new).await.assert_status(201);
    assert!(answer.json()["label"].as_str().unwrap().starts_with("Connection "));
}

#[tokio::test]
async fn rotated_secrets_replace_the_old_ones() {
    let shop = Shop::open().await;
    let old = shop.connect(&["catalog:read"]).await;
    let id = old["id"].as_str().unwrap();
    let path = format!("/v1/connections/{id}/secret");
    let new = shop.admin().await.post(&path, json!({})).await.assert_status(200).json();
    let with = |secrets: &serde_json::Value| {
        shop.as_client(id, secrets["client_secret"].as_str().unwrap())
    };
    assert_oauth_error(ask_token(&with(&old), CLIENT_CREDENTIALS).await, 401, "invalid_client");
    ask_token(&with(&new), CLIENT_CREDENTIALS).await.assert_status(200);
    assert_ne!(old["password"], new["password"]);
    assert_eq!(old["username"], new["username"]);
}

#[tokio::test]
async fn a_connection_is_changed_and_deleted() {
    let shop = Shop::open().await;
    let connection = shop.connect(&["catalog:read"]).await;
    let id = connection["id"].as_str().unwrap();
    let path = format!("/v1/connections/{id}");
    let admin = shop.admin().await;
    let stale = admin.header("if-match", "\"9\"");
    stale.patch(&path, json!({})).await.assert_problem(412, "version_mismatch");
    let patch = json!({ "scopes": ["stock:write"] });
    let changed = admin.patch(&path, patch).await.assert_status(200).json();
    assert_eq!(changed["label"], "ERP Berlin");
    let client = shop.as_client(id, connection["client_secret"].as_str().unwrap());
    let token = ask_token(&client, CLIENT_CREDENTIALS).await.assert_status(200).json();
    assert_eq!(token["scope"], "stock:write");
    admin.delete(&path).await.assert_status(204);
    assert_oauth_error(ask_token(&client, CLIENT_CREDENTIALS).await, 401, "invalid_client");
    admin.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_bad_connection_is_refused() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for (new, pointer) in [
        (json!({ "label": "x".repeat(101), "scopes": [] }), "/label"),
        (json!({ "scopes": ["internal"] }), "/scopes/0"),
        (json!({ "scopes": "catalog:read" }), "/scopes"),
    ] {
        let answer = admin.post("/v1/connections", new).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    for foreign in ["storefront", "service-order", "none"] {
        let path = format!("/v1/connections/{foreign}");
        admin.delete(&path).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn connections_come_in_pages() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for _ in 0..2 {
        admin.post("/v1/connections", json!({ "scopes": [] })).await.assert_status(201);
    }
    let first = admin.get("/v1/connections?limit=1").await.assert_status(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/v1/connections?limit=1&cursor={cursor}")).await.json();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second.get("next_cursor"), None);
}
