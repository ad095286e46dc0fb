use serde_json::{Value, json};

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop, assert_oauth_error, refresh};

fn new(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "first_name": " Ada ", "last_name": "Lovelace" })
}

#[tokio::test]
async fn a_customer_registers() {
    let shop = Shop::open().await;
    let answer =
        shop.client.post("/v1/customers", new(" Ada@Example.com ")).await.assert_status(201);
    assert_eq!(answer.header("location"), "/v1/me");
    let body = answer.json();
    assert_eq!(body["email"], "ada@example.com");
    assert_eq!(body["first_name"], "Ada");
    assert_eq!(body["kind"], "customer");
    assert!(body["id"].is_string());
    assert!(!answer.text().contains("password"));
    let facts: Vec<Value> =
        sqlx::query_scalar("select data from outbox where type = 'customer.registered'")
            .fetch_all(&shop.db)
            .await
            .unwrap();
    assert_eq!(facts, [json!({ "customer_id": body["id"] })]);
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written() {
    let shop = Shop::open().await;
    shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(201);
    for same in ["ada@example.com", "ADA@example.com", ADMIN_EMAIL] {
        shop.client.post("/v1/customers", new(same)).await.assert_problem(409, "email_taken");
    }
}

#[tokio::test]
async fn registrations_at_once_make_one_account() {
    let shop = Shop::open().await;
    let requests = (0..8).map(|_| shop.client.post("/v1/customers", new("ada@example.com")));
    let answers = futures::future::join_all(requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 7);
}

#[tokio::test]
async fn a_retried_registration_happens_once() {
    let shop = Shop::open().await;
    let client = shop.client.key("registration-1");
    let first = client.post("/v1/customers", new("ada@example.com")).await.assert_status(201);
    let again = client.post("/v1/customers", new("ada@example.com")).await.assert_status(201);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let mut other = new("ada@example.com");
    other["password"] = json!("another long sentence");
    client.post("/v1/customers", other).await.assert_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_bad_registration_is_told_the_field_and_the_rule() {
    let shop = Shop::open().await;
    for (field, value, code) in [
        ("email", json!("nobody"), "invalid_value"),
        ("password", json!("seven77"), "too_short"),
        ("password", json!("x".repeat(257)), "too_long"),
        ("password", json!("Password123"), "common_password"),
        ("password", json!("ada@example.com"), "common_password"),
        ("first_name", json!("x".repeat(101)), "too_long"),
        ("last_name", json!("a\u{1b}[31m"), "control_character"),
        ("scopes", json!(["staff:write"]), "invalid_value"),
        ("kind", json!("staff"), "invalid_value"),
    ] {
        let mut body = new("ada@example.com");
        body[field] = value;
        let answer = shop.client.post("/v1/customers", body).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["code"], code, "{field}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{field}"));
    }
}

#[tokio::test]
async fn a_profile_is_read_and_changed() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let answer = ada.get("/v1/me").await.assert_status(200);
    assert_eq!(answer.header("etag"), "\"1\"");
    let patch = json!({ "first_name": "Augusta", "phone": "+44 20 1" });
    let answer = ada.header("if-match", "\"1\"").patch("/v1/me", patch).await.assert_status(200);
    assert_eq!(answer.header("etag"), "\"2\"");
    let body = ada.patch("/v1/me", json!({ "phone": null })).await.assert_status(200).json();
    assert_eq!(body["first_name"], "Augusta");
    assert_eq!(body.get("phone"), None);
}

#[tokio::test]
async fn a_stale_or_bad_change_of_a_profile_is_refused() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let stale = ada.header("if-match", "\"7\"");
    stale.patch("/v1/me", json!({})).await.assert_problem(412, "version_mismatch");
    stale.delete("/v1/me").await.assert_problem(412, "version_mismatch");
    for patch in [
        json!({ "email": "x@example.com" }),
        json!({ "first_name": 1 }),
        json!([]),
        json!({ "kind": "staff" }),
    ] {
        ada.patch("/v1/me", patch).await.assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_profile_needs_the_token_of_a_person() {
    let shop = Shop::open().await;
    shop.client.get("/v1/me").await.assert_problem(401, "unauthenticated");
    let body = json!({ "grant_type": "urn:vitrine:grant:anonymous", "client_id": "storefront" });
    let tokens = shop.client.post("/oauth/token", body).await.json();
    shop.as_holder(&tokens).get("/v1/me").await.assert_problem(403, "account_required");
    let addresses = shop.admin().await.get("/v1/me/addresses").await;
    addresses.assert_problem(403, "customer_required");
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let shop = Shop::open().await;
    let here = shop.sign_up("ada@example.com").await;
    let there = shop.log_in("ada@example.com", PASSWORD).await.json();
    let change = json!({ "current_password": PASSWORD, "new_password": "another long sentence" });
    shop.as_holder(&here).post("/v1/me/password", change).await.assert_status(204);
    let elsewhere = refresh(&shop.client, there["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(elsewhere, 400, "invalid_grant");
    refresh(&shop.client, here["refresh_token"].as_str().unwrap()).await.assert_status(200);
    shop.log_in("ada@example.com", PASSWORD).await.assert_problem(401, "invalid_credentials");
    shop.log_in("ada@example.com", "another long sentence").await.assert_status(200);
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_follows_the_rules() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    for (current, new, pointer, code) in [
        ("wrong", "another long sentence", "/current_password", "wrong_password"),
        (PASSWORD, "short", "/new_password", "too_short"),
        (PASSWORD, "password1", "/new_password", "common_password"),
    ] {
        let change = json!({ "current_password": current, "new_password": new });
        let answer = ada.post("/v1/me/password", change).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
        assert_eq!(answer.json()["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn guessing_the_current_password_is_throttled() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let change = json!({ "current_password": "wrong", "new_password": "another long sentence" });
    for _ in 0..10 {
        ada.post("/v1/me/password", change.clone()).await.assert_problem(422, "invalid");
    }
    ada.post("/v1/me/password", change).await.assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn an_export_has_everything_and_nothing_secret() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    ada.post("/v1/me/addresses", crate::address::home()).await.assert_status(201);
    let answer = ada.get("/v1/me/export").await.assert_status(200);
    let body = answer.json();
    assert_eq!(body["account"]["email"], "ada@example.com");
    assert_eq!(body["addresses"][0]["city"], "Berlin");
    assert_eq!(body["sessions"].as_array().unwrap().len(), 1);
    assert!(!answer.text().contains("argon2"));
}

#[tokio::test]
async fn an_erased_customer_leaves_no_personal_datum() {
    let shop = Shop::open().await;
    let client = shop.client.key("k");
    let id = client.post("/v1/customers", new("ada@example.com")).await.json()["id"].clone();
    let tokens = shop.log_in("ada@example.com", PASSWORD).await.json();
    let ada = shop.as_holder(&tokens);
    ada.key("a").post("/v1/me/addresses", crate::address::home()).await.assert_status(201);
    ada.delete("/v1/me").await.assert_status(204);
    ada.get("/v1/me").await.assert_problem(401, "unauthenticated");
    let again = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(again, 400, "invalid_grant");
    shop.log_in("ada@example.com", PASSWORD).await.assert_problem(401, "invalid_credentials");
    for text in ["ada@example.com", "Lovelace", "Torstra"] {
        assert!(!dump(&shop).await.contains(text), "{text}");
    }
    let facts: Vec<Value> =
        sqlx::query_scalar("select data from outbox where type = 'customer.erased'")
            .fetch_all(&shop.db)
            .await
            .unwrap();
    assert_eq!(facts, [json!({ "customer_id": id })]);
    shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(201);
}

#[tokio::test]
async fn staff_do_not_erase_themselves() {
    let shop = Shop::open().await;
    shop.admin().await.delete("/v1/me").await.assert_problem(403, "customer_required");
}

/// Every row of the tables with personal data, as text.
async fn dump(shop: &Shop) -> String {
    let rows: Vec<String> = sqlx::query_scalar(
        "select account::text from account union all select address::text from address
         union all select session::text from session union all select outbox::text from outbox
         union all select encode(body, 'escape') from idempotency_key",
    )
    .fetch_all(&shop.db)
    .await
    .unwrap();
    rows.join("\n")
}
