use serde_json::{Value, json};
use testing::Client;

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop, assert_oauth_error, refresh};

/// Creates a role named by the local part of the address and a member of staff with it; their tokens.
pub(crate) async fn hire(shop: &Shop, email: &str, scopes: &[&str]) -> Value {
    let admin = shop.admin().await;
    let code = email.split('@').next().unwrap();
    let role = json!({ "code": code, "label": code, "scopes": scopes });
    admin.post("/v1/roles", role).await.assert_status(201);
    let new = json!({ "email": email, "password": PASSWORD, "roles": [code] });
    admin.post("/v1/staff", new).await.assert_status(201);
    shop.log_in(email, PASSWORD).await.assert_status(200).json()
}

async fn id_of(admin: &Client, email: &str) -> String {
    let page = admin.get("/v1/staff").await.assert_status(200).json();
    let items = page["items"].as_array().unwrap().clone();
    let item = items.into_iter().find(|item| item["email"] == email).unwrap();
    item["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn staff_is_added_read_changed_and_removed() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let tokens = hire(&shop, "grace@example.com", &["orders:read"]).await;
    assert_eq!(tokens["scope"], "orders:read");
    let path = format!("/v1/staff/{}", id_of(&admin, "grace@example.com").await);
    let read = admin.get(&path).await.assert_status(200);
    assert_eq!(read.json()["roles"], json!(["grace"]));
    assert_eq!(read.json()["scopes"], json!(["orders:read"]));
    let patch = json!({ "first_name": "Grace", "roles": ["administrator"] });
    let changed = admin.header("if-match", read.header("etag")).patch(&path, patch).await;
    assert_eq!(changed.assert_status(200).json()["first_name"], "Grace");
    let next = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert!(next.assert_status(200).json()["scope"].as_str().unwrap().contains("staff:write"));
    admin.delete(&path).await.assert_status(204);
    admin.get(&path).await.assert_problem(404, "not_found");
    shop.log_in("grace@example.com", PASSWORD).await.assert_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn disabled_staff_neither_sign_in_nor_refresh() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let tokens = hire(&shop, "grace@example.com", &["orders:read"]).await;
    let path = format!("/v1/staff/{}", id_of(&admin, "grace@example.com").await);
    admin.patch(&path, json!({ "disabled": true })).await.assert_status(200);
    let refused = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(refused, 400, "invalid_grant");
    shop.log_in("grace@example.com", PASSWORD).await.assert_problem(401, "invalid_credentials");
    admin.patch(&path, json!({ "disabled": false })).await.assert_status(200);
    shop.log_in("grace@example.com", PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn staff_routes_need_their_scopes() {
    let shop = Shop::open().await;
    let reader = shop.as_holder(&hire(&shop, "grace@example.com", &["staff:read"]).await);
    let customer = shop.customer("ada@example.com").await;
    for path in ["/v1/staff", "/v1/roles", "/v1/connections"] {
        shop.client.get(path).await.assert_problem(401, "unauthenticated");
        customer.get(path).await.assert_problem(403, "insufficient_scope");
        reader.get(path).await.assert_status(200);
        reader.post(path, json!({})).await.assert_problem(403, "insufficient_scope");
    }
}

#[tokio::test]
async fn nobody_grants_what_they_lack() {
    let shop = Shop::open().await;
    let grace =
        shop.as_holder(&hire(&shop, "grace@example.com", &["staff:read", "staff:write"]).await);
    let role = json!({ "code": "boss", "label": "Boss", "scopes": ["payments:write"] });
    grace.post("/v1/roles", role).await.assert_problem(403, "scope_beyond_own");
    let patch = json!({ "scopes": ["staff:write", "payments:write"] });
    grace.patch("/v1/roles/grace", patch).await.assert_problem(403, "scope_beyond_own");
    let staff =
        json!({ "email": "b@example.com", "password": PASSWORD, "roles": ["administrator"] });
    grace.post("/v1/staff", staff).await.assert_problem(403, "scope_beyond_own");
    let connection = json!({ "scopes": ["payments:write"] });
    grace.post("/v1/connections", connection).await.assert_problem(403, "scope_beyond_own");
    let own = format!("/v1/staff/{}", id_of(&grace, "grace@example.com").await);
    let patch = json!({ "roles": ["administrator"] });
    grace.patch(&own, patch).await.assert_problem(403, "scope_beyond_own");
    let admin = format!("/v1/staff/{}", id_of(&grace, ADMIN_EMAIL).await);
    grace.patch(&admin, json!({ "roles": [] })).await.assert_problem(403, "scope_beyond_own");
    grace.delete(&admin).await.assert_problem(403, "scope_beyond_own");
    let theirs = shop.connect(&["payments:write"]).await;
    let path = format!("/v1/connections/{}", theirs["id"].as_str().unwrap());
    let rotate = grace.post(&format!("{path}/secret"), json!({})).await;
    rotate.assert_problem(403, "scope_beyond_own");
    grace.patch(&path, json!({ "scopes": [] })).await.assert_problem(403, "scope_beyond_own");
    grace.delete(&path).await.assert_problem(403, "scope_beyond_own");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let path = format!("/v1/staff/{}", id_of(&admin, ADMIN_EMAIL).await);
    for patch in [json!({ "roles": [] }), json!({ "disabled": true })] {
        admin.patch(&path, patch).await.assert_problem(409, "last_administrator");
    }
    admin.delete(&path).await.assert_problem(409, "last_administrator");
    shop.log_in(ADMIN_EMAIL, PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn bad_staff_is_refused() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = |email: &str, password: &str, roles: Value| json!({ "email": email, "password": password, "roles": roles });
    let answer = admin.post("/v1/staff", new("g@example.com", PASSWORD, json!(["none"]))).await;
    assert_eq!(answer.assert_problem(422, "invalid").json()["errors"][0]["code"], "unknown_role");
    let answer = admin.post("/v1/staff", new("g@example.com", "short", json!([]))).await;
    assert_eq!(answer.assert_problem(422, "invalid").json()["errors"][0]["code"], "too_short");
    let answer = admin.post("/v1/staff", new(ADMIN_EMAIL, PASSWORD, json!([]))).await;
    answer.assert_problem(409, "email_taken");
    admin.get(&format!("/v1/staff/{}", uuid::Uuid::nil())).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_customer_is_not_staff() {
    let shop = Shop::open().await;
    let id = shop.customer("ada@example.com").await.get("/v1/me").await.json()["id"].clone();
    let path = format!("/v1/staff/{}", id.as_str().unwrap());
    let admin = shop.admin().await;
    admin.get(&path).await.assert_problem(404, "not_found");
    admin.patch(&path, json!({ "disabled": true })).await.assert_problem(404, "not_found");
    admin.delete(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_retried_hire_happens_once() {
    let shop = Shop::open().await;
    let admin = shop.admin().await.key("h-1");
    let new = json!({ "email": "grace@example.com", "password": PASSWORD });
    let first = admin.post("/v1/staff", new.clone()).await.assert_status(201);
    let again = admin.post("/v1/staff", new).await.assert_status(201);
    assert_eq!(first.body, again.body);
}
