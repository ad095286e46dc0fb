use chrono::{DateTime, Timelike, Utc};
use http::Method;
use serde_json::{Value, json};

use crate::shop::{Shop, ask_token, assert_oauth_error, claims};

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

/// Asks for a token with these secrets, both ways; the statuses.
async fn statuses(shop: &Shop, secrets: &Value) -> (u16, u16) {
    let text = |field: &str| secrets[field].as_str().unwrap();
    let client = shop.as_client(text("client_id"), text("client_secret"));
    let by_secret = ask_token(&client, CLIENT_CREDENTIALS).await;
    let grant = json!({ "grant_type": "password", "username": text("username"),
        "password": text("password") });
    let by_password = client.post("/api/oauth/v1/token", grant).await;
    (by_secret.status.as_u16(), by_password.status.as_u16())
}

#[tokio::test]
async fn without_overlap_rotated_secrets_replace_the_old_ones_at_once() {
    let shop = Shop::open().await;
    let old = shop.connect(&["catalog:read"]).await;
    let path = format!("/v1/connections/{}/secret", old["id"].as_str().unwrap());
    let admin = shop.admin().await;
    let new = admin.post(&path, json!({ "overlap_seconds": 0 })).await.assert_status(200).json();
    assert_eq!(statuses(&shop, &old).await, (401, 422));
    assert_eq!(statuses(&shop, &new).await, (200, 200));
    assert_ne!(old["password"], new["password"]);
    assert_eq!(old["username"], new["username"]);
    assert_eq!(new.get("old_secrets_until"), None);
}

#[tokio::test]
async fn for_a_day_after_a_rotation_old_secrets_work_beside_the_new_ones() {
    let shop = Shop::open().await;
    let first = shop.connect(&["catalog:read"]).await;
    let path = format!("/v1/connections/{}", first["id"].as_str().unwrap());
    let admin = shop.admin().await;
    // No body at all is as good as an empty one.
    let answer = admin.send(Method::POST, &format!("{path}/secret"), None, Vec::new()).await;
    let second = answer.assert_status(200).json();
    for secrets in [&first, &second] {
        assert_eq!(statuses(&shop, secrets).await, (200, 200));
    }
    let shown = admin.get(&path).await.assert_status(200).json();
    let until: DateTime<Utc> = shown["old_secrets_until"].as_str().unwrap().parse().unwrap();
    assert_eq!((until - Utc::now()).num_hours(), 23);

    let third = admin.post(&format!("{path}/secret"), json!({})).await.assert_status(200).json();
    for (secrets, expected) in [(&first, (401, 422)), (&second, (200, 200)), (&third, (200, 200))] {
        assert_eq!(statuses(&shop, secrets).await, expected);
    }
    sqlx::query("update client set old_secrets_until = now() where old_secrets_until is not null")
        .execute(&shop.db)
        .await
        .unwrap();
    assert_eq!(statuses(&shop, &second).await, (401, 422));
    assert_eq!(statuses(&shop, &third).await, (200, 200));
    let shown = admin.get(&path).await.assert_status(200).json();
    assert_eq!(shown.get("old_secrets_until"), None);
}

#[tokio::test]
async fn an_overlap_lasts_a_week_at_most() {
    let shop = Shop::open().await;
    let id = shop.connect(&[]).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/connections/{id}/secret");
    let admin = shop.admin().await;
    for bad in [json!(-1), json!(604_801), json!("1"), json!(null)] {
        let body = json!({ "overlap_seconds": bad });
        let answer = admin.post(&path, body).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/overlap_seconds");
    }
    admin.post(&path, json!({ "overlap_seconds": 604_800 })).await.assert_status(200);
}

#[tokio::test]
async fn a_rate_limit_rides_in_every_token_of_the_connection() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({ "scopes": [], "rate_limit_per_second": 20 });
    let erp = admin.post("/v1/connections", new).await.assert_status(201).json();
    assert_eq!(erp["rate_limit_per_second"], 20);
    let text = |field: &str| erp[field].as_str().unwrap();
    let client = shop.as_client(text("client_id"), text("client_secret"));
    let token = ask_token(&client, CLIENT_CREDENTIALS).await.assert_status(200).json();
    assert_eq!(claims(&token["access_token"])["rate_limit"], 20);
    let grant = json!({ "grant_type": "password", "username": text("username"),
        "password": text("password") });
    let token = client.post("/api/oauth/v1/token", grant).await.assert_status(200).json();
    assert_eq!(claims(&token["access_token"])["rate_limit"], 20);

    let path = format!("/v1/connections/{}", text("id"));
    for bad in [json!(0), json!(-1), json!(100_001)] {
        let patch = json!({ "rate_limit_per_second": bad });
        let answer = admin.patch(&path, patch).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/rate_limit_per_second");
    }
    let patch = json!({ "rate_limit_per_second": 7 });
    admin.patch(&path, patch).await.assert_status(200);
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": token["refresh_token"] });
    let token = client.post("/api/oauth/v1/token", refresh).await.assert_status(200).json();
    assert_eq!(claims(&token["access_token"])["rate_limit"], 7);
    let patch = json!({ "rate_limit_per_second": null });
    admin.patch(&path, patch).await.assert_status(200);
    let token = ask_token(&client, CLIENT_CREDENTIALS).await.assert_status(200).json();
    assert_eq!(claims(&token["access_token"]).get("rate_limit"), None);
}

#[tokio::test]
async fn a_connection_shows_when_it_was_last_used() {
    let shop = Shop::open().await;
    let erp = shop.connect(&[]).await;
    let path = format!("/v1/connections/{}", erp["id"].as_str().unwrap());
    let admin = shop.admin().await;
    assert_eq!(erp.get("last_used_at"), None);
    assert_eq!(
        statuses(
            &shop,
            &json!({ "client_id": erp["id"], "client_secret": "wrong",
        "username": "", "password": "" })
        )
        .await,
        (401, 422)
    );
    assert_eq!(admin.get(&path).await.json().get("last_used_at"), None);
    assert_eq!(statuses(&shop, &erp).await, (200, 200));
    let shown = admin.get(&path).await.assert_status(200);
    let used: DateTime<Utc> = shown.json()["last_used_at"].as_str().unwrap().parse().unwrap();
    assert!((Utc::now() - used).num_seconds() <= 120 && used.second() == 0);
    assert_eq!(shown.header("etag"), "\"1\"", "being used is no change");
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
