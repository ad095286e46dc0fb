use serde_json::{Value, json};
use testing::Client;

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop, refresh};

const ADDRESS: &str = "ada@example.com";

async fn list(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("/v1/audit?limit=100&{query}")).await.assert_status(200).json();
    page["items"].as_array().unwrap().clone()
}

fn types(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_a_customer_does_is_kept_newest_first() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADDRESS).await;
    let ada = shop.as_holder(&tokens);
    let proof = json!({ "token": shop.last_mail().await.token("verify-email") });
    shop.client.post("/v1/email-verifications/complete", proof).await.assert_status(204);
    let there = shop.log_in(ADDRESS, PASSWORD).await.json();
    let sessions = ada.get("/v1/me/sessions").await.json();
    let session = sessions["items"][0]["id"].as_str().unwrap();
    ada.delete(&format!("/v1/me/sessions/{session}")).await.assert_status(204);
    refresh(&shop.client, there["refresh_token"].as_str().unwrap()).await.assert_status(400);
    let change = json!({ "current_password": PASSWORD, "new_password": "another long sentence" });
    ada.post("/v1/me/password", change).await.assert_status(204);
    let id = ada.get("/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let admin = shop.admin().await;
    let entries = list(&admin, &format!("subject={id}")).await;
    let expected = [
        "account.password_changed",
        "session.revoked",
        "session.opened",
        "account.email_verified",
        "session.opened",
        "customer.registered",
    ];
    assert_eq!(types(&entries), expected);
    assert_eq!(entries[0]["actor"], id.as_str());
    assert_eq!(entries[0]["client_id"], "storefront");
    assert_eq!(entries[1]["data"], json!({ "session_id": session, "reason": "logout" }));
    assert_eq!(entries[2]["data"]["methods"], json!(["pwd"]));
    assert_eq!(entries[3].get("actor"), None);
    let told: Vec<String> =
        sqlx::query_scalar("select type from outbox where subject = $1 order by sequence desc")
            .bind(&id)
            .fetch_all(&shop.db)
            .await
            .unwrap();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_staff_do_is_kept_with_who_did_it() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let role = json!({ "code": "care", "label": "Care", "scopes": ["orders:read"] });
    admin.post("/v1/roles", role).await.assert_status(201);
    admin.patch("/v1/roles/care", json!({ "scopes": [] })).await.assert_status(200);
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD, "roles": ["care"] });
    let id = admin.post("/v1/staff", bob).await.assert_status(201).json()["id"].clone();
    let path = format!("/v1/staff/{}", id.as_str().unwrap());
    admin.patch(&path, json!({ "roles": [], "disabled": true })).await.assert_status(200);
    admin.delete(&path).await.assert_status(204);
    admin.delete("/v1/roles/care").await.assert_status(204);
    let connection = shop.connect(&[]).await;
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    admin.patch(&path, json!({ "label": "Other" })).await.assert_status(200);
    admin.post(&format!("{path}/secret"), json!({})).await.assert_status(200);
    admin.delete(&path).await.assert_status(204);
    let application = json!({ "label": "Price watch", "confidential": true, "redirect_uris": [] });
    let application = admin.post("/v1/applications", application).await.assert_status(201).json();
    let path = format!("/v1/applications/{}", application["id"].as_str().unwrap());
    admin.patch(&path, json!({ "label": "Other" })).await.assert_status(200);
    admin.post(&format!("{path}/secret"), json!({})).await.assert_status(200);
    admin.delete(&path).await.assert_status(204);
    let keys = admin.post("/v1/signing-keys", json!({})).await.assert_status(201).json();
    let path = format!("/v1/signing-keys/{}", keys["items"][0]["id"].as_str().unwrap());
    admin.delete(&path).await.assert_status(204);
    let admin_id = admin.get("/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let mut entries = list(&admin, &format!("actor=staff:{admin_id}")).await;
    entries.retain(|entry| entry["type"] != "session.opened");
    assert_eq!(
        types(&entries),
        [
            "signing_key.withdrawn",
            "signing_key.rotated",
            "application.deleted",
            "application.secret_rotated",
            "application.changed",
            "application.created",
            "connection.deleted",
            "connection.secret_rotated",
            "connection.changed",
            "connection.created",
            "role.deleted",
            "staff.deleted",
            "staff.changed",
            "staff.created",
            "role.changed",
            "role.created",
        ]
    );
    let changed = json!({ "staff_id": id, "roles": [], "disabled": true });
    assert_eq!(
        (&entries[12]["data"], &entries[12]["subject"]),
        (&changed, &json!(format!("staff:{}", id.as_str().unwrap())))
    );
    assert_eq!(entries[15]["data"], json!({ "code": "care", "scopes": ["orders:read"] }));
}

#[tokio::test]
async fn failed_logins_are_kept_whether_there_is_an_account_or_not() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    for (email, count) in [(ADDRESS, 1), ("nobody@example.com", 2), ("eve@example.com", 1)] {
        for _ in 0..count {
            shop.log_in(email, "wrong password").await.assert_status(401);
        }
    }
    let entries = list(&shop.admin().await, "type=session.login_failed").await;
    let reasons: Vec<_> = entries.iter().map(|entry| &entry["data"]["reason"]).collect();
    assert_eq!(
        reasons,
        ["unknown_account", "unknown_account", "unknown_account", "wrong_password"]
    );
    // The same address is told from another, and not which it is.
    assert_eq!(entries[1]["subject"], entries[2]["subject"]);
    assert_ne!(entries[0]["subject"], entries[1]["subject"]);
    assert!(entries[1]["subject"].as_str().unwrap().starts_with("login:"));
    assert!(uuid::Uuid::parse_str(entries[3]["subject"].as_str().unwrap()).is_ok());
}

#[tokio::test]
async fn the_log_is_paged_and_filtered_by_time_and_client() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for number in 0..3 {
        shop.sign_up(&format!("ada{number}@example.com")).await;
    }
    let path = "/v1/audit?type=customer.registered&limit=2";
    let first = admin.get(path).await.assert_status(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("{path}&cursor={cursor}")).await.assert_status(200).json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second.get("next_cursor"), None);
    let all = list(&admin, "type=customer.registered").await;
    assert_eq!(all[2], second["items"][0]);
    let at = all[1]["occurred_at"].as_str().unwrap();
    let later = list(&admin, &format!("type=customer.registered&after={at}")).await;
    let earlier = list(&admin, &format!("type=customer.registered&before={at}")).await;
    assert_eq!(later.len() + earlier.len(), 3);
    assert!(later.contains(&all[0]) && earlier.contains(&all[2]));
    assert_eq!(list(&admin, "client_id=storefront&type=session.opened").await.len(), 4);
    assert!(list(&admin, "client_id=other").await.is_empty());
}

#[tokio::test]
async fn the_log_is_for_staff_who_may_read_it_and_bad_filters_are_refused() {
    let shop = Shop::open().await;
    shop.client.get("/v1/audit").await.assert_problem(401, "unauthenticated");
    let ada = shop.customer(ADDRESS).await;
    ada.get("/v1/audit").await.assert_problem(403, "insufficient_scope");
    let admin = shop.admin().await;
    for bad in ["type=nothing", "after=yesterday", "limit=0", "cursor=x"] {
        admin.get(&format!("/v1/audit?{bad}")).await.assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_refused_change_leaves_no_entry() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let taken = json!({ "email": ADMIN_EMAIL, "password": PASSWORD });
    admin.post("/v1/staff", taken).await.assert_problem(409, "email_taken");
    let entries = list(&admin, "type=staff.created").await;
    assert_eq!(entries.len(), 1, "but for the first administrator");
}

#[tokio::test]
async fn nothing_secret_or_personal_is_in_the_log_or_in_the_feed() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADDRESS).await;
    let ada = shop.as_holder(&tokens);
    ada.patch("/v1/me", json!({ "first_name": "Augusta" })).await.assert_status(200);
    shop.log_in(ADDRESS, "wrong password").await.assert_status(401);
    shop.log_in("nobody@example.com", "wrong password").await.assert_status(401);
    shop.client.post("/v1/password-resets", json!({ "email": ADDRESS })).await.assert_status(202);
    let token = shop.last_mail().await.token("reset-password");
    let reset = json!({ "token": token, "new_password": "another long sentence" });
    shop.client.post("/v1/password-resets/complete", reset).await.assert_status(204);
    let connection = shop.connect(&["catalog:read"]).await;
    let tokens = shop.log_in(ADDRESS, "another long sentence").await.json();
    let export = shop.as_holder(&tokens).get("/v1/me/export").await.assert_status(200).json();
    assert_eq!(export["audit"][0]["type"], "session.opened");
    assert_eq!(export["second_factor"]["enabled"], false);
    shop.as_holder(&tokens).delete("/v1/me").await.assert_status(204);
    let rows: Vec<String> = sqlx::query_scalar(
        "select audit_entry::text from audit_entry union all select outbox::text from outbox",
    )
    .fetch_all(&shop.db)
    .await
    .unwrap();
    let dump = rows.join("\n");
    assert!(dump.contains("account.password_reset") && dump.contains("customer.erased"));
    for secret in [
        "example.com",
        "Augusta",
        PASSWORD,
        "wrong password",
        "another long sentence",
        "127.0.0.1",
        "::1",
        &token,
        tokens["refresh_token"].as_str().unwrap(),
        connection["client_secret"].as_str().unwrap(),
        connection["password"].as_str().unwrap(),
    ] {
        assert!(!dump.contains(secret), "{secret}");
    }
}
