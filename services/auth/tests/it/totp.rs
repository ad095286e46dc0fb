use chrono::Utc;
use serde_json::{Value, json};
use testing::{Answer, Client};
use totp_rs::{Builder, Secret};

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop, assert_oauth_error, claims, refresh};

const ADDRESS: &str = "ada@example.com";

/// What the app of this secret shows in so many steps of 30 seconds.
fn code(secret: &str, steps: u64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(Utc::now().timestamp()).unwrap();
    app.generate(now + steps * 30).to_string()
}

async fn set_up(client: &Client) -> String {
    let body = json!({ "current_password": PASSWORD });
    let answer = client.post("/v1/me/totp", body).await.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()["secret"].as_str().unwrap().to_owned()
}

async fn confirm(client: &Client, code: &str) -> Answer {
    client.post("/v1/me/totp/confirm", json!({ "code": code })).await
}

/// Turns it on: the secret and the recovery codes.
async fn enable(client: &Client) -> (String, Vec<String>) {
    let secret = set_up(client).await;
    let answer = confirm(client, &code(&secret, 0)).await.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let codes = serde_json::from_value(answer.json()["recovery_codes"].clone()).unwrap();
    (secret, codes)
}

async fn log_in(shop: &Shop, email: &str, otp: &str) -> Answer {
    let login = json!({ "email": email, "password": PASSWORD, "otp": otp });
    shop.client.post("/v1/login", login).await
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_its_first_code_was_right() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let secret = set_up(&ada).await;
    assert_eq!(ada.get("/v1/me/totp").await.json()["enabled"], false);
    shop.log_in(ADDRESS, PASSWORD).await.assert_status(200);
    let answer = confirm(&ada, "000000").await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "wrong_code");
    confirm(&ada, &code(&secret, 0)).await.assert_status(200);
    let state = ada.get("/v1/me/totp").await.json();
    assert_eq!((&state["enabled"], &state["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(shop.last_mail().await.subject, "Two-step sign-in is on");
    shop.log_in(ADDRESS, PASSWORD).await.assert_problem(401, "second_factor_required");
    log_in(&shop, ADDRESS, &code(&secret, 1)).await.assert_status(200);
}

#[tokio::test]
async fn who_does_not_know_the_password_learns_nothing_about_the_second_factor() {
    let shop = Shop::open().await;
    enable(&shop.customer(ADDRESS).await).await;
    let wrong = shop.log_in(ADDRESS, "not the password").await;
    let wrong = wrong.assert_problem(401, "invalid_credentials");
    let login = json!({ "email": ADDRESS, "password": "not the password", "otp": "123456" });
    assert_eq!(shop.client.post("/v1/login", login).await.body, wrong.body);
}

#[tokio::test]
async fn a_code_works_once() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let secret = set_up(&ada).await;
    let used = code(&secret, 0);
    confirm(&ada, &used).await.assert_status(200);
    log_in(&shop, ADDRESS, &used).await.assert_problem(401, "invalid_second_factor");
    let next = code(&secret, 1);
    let at_once = (0..4).map(|_| log_in(&shop, ADDRESS, &next));
    let answers = futures::future::join_all(at_once).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let refused = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let shop = Shop::open().await;
    let (secret, _) = enable(&shop.customer(ADDRESS).await).await;
    for _ in 0..5 {
        let answer = log_in(&shop, ADDRESS, "nonsense").await;
        answer.assert_problem(401, "invalid_second_factor");
    }
    let right = code(&secret, 1);
    let answer = log_in(&shop, ADDRESS, &right).await.assert_problem(429, "too_many_requests");
    let wait: u32 = answer.header("retry-after").parse().unwrap();
    assert!((240..=300).contains(&wait), "{wait}");
    log_in(&shop, ADDRESS, &"1".repeat(1000)).await.assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let (_, recovery) = enable(&ada).await;
    assert_eq!(recovery.len(), 10);
    let typed = recovery[3].to_uppercase().replace('-', " ");
    log_in(&shop, ADDRESS, &typed).await.assert_status(200);
    assert_eq!(ada.get("/v1/me/totp").await.json()["recovery_codes_left"], 9);
    let again = log_in(&shop, ADDRESS, &recovery[3]).await;
    again.assert_problem(401, "invalid_second_factor");
}

#[tokio::test]
async fn sessions_without_the_second_factor_end_when_it_is_turned_on() {
    let shop = Shop::open().await;
    let here = shop.sign_up(ADDRESS).await;
    let there = shop.log_in(ADDRESS, PASSWORD).await.json();
    enable(&shop.as_holder(&here)).await;
    let elsewhere = refresh(&shop.client, there["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(elsewhere, 400, "invalid_grant");
    refresh(&shop.client, here["refresh_token"].as_str().unwrap()).await.assert_status(200);
}

#[tokio::test]
async fn a_second_factor_is_turned_off_with_a_code() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let path = "/v1/me/totp/disable";
    ada.post(path, json!({ "code": "123456" })).await.assert_problem(404, "not_found");
    let (_, recovery) = enable(&ada).await;
    let answer = ada.post(path, json!({ "code": "123456" })).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "wrong_code");
    ada.post(path, json!({ "code": recovery[0] })).await.assert_status(204);
    assert_eq!(shop.last_mail().await.subject, "Two-step sign-in is off");
    shop.log_in(ADDRESS, PASSWORD).await.assert_status(200);
    let left: i64 =
        sqlx::query_scalar("select count(*) from recovery_code").fetch_one(&shop.db).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn setting_it_up_needs_the_password_and_happens_once() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let answer = ada.post("/v1/me/totp", json!({ "current_password": "wrong" })).await;
    let answer = answer.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "wrong_password");
    confirm(&ada, "123456").await.assert_problem(404, "not_found");
    let (secret, _) = enable(&ada).await;
    let again = ada.post("/v1/me/totp", json!({ "current_password": PASSWORD })).await;
    again.assert_problem(409, "totp_enabled");
    confirm(&ada, &code(&secret, 1)).await.assert_problem(409, "totp_enabled");
}

#[tokio::test]
async fn neither_secrets_nor_recovery_codes_are_readable_in_the_database() {
    let shop = Shop::open().await;
    let (secret, recovery) = enable(&shop.customer(ADDRESS).await).await;
    let bytes = Secret::try_from_base32(&secret).unwrap().as_bytes().to_vec();
    let (sealed, is_plain): (Vec<u8>, bool) =
        sqlx::query_as("select secret, position($1 in secret) > 0 from totp")
            .bind(bytes)
            .fetch_one(&shop.db)
            .await
            .unwrap();
    assert!(!is_plain && sealed.len() > 20 + 24);
    let hashes: Vec<Vec<u8>> = sqlx::query_scalar("select code_hash from recovery_code")
        .fetch_all(&shop.db)
        .await
        .unwrap();
    assert!(hashes.iter().all(|hash| hash.len() == 32) && hashes.len() == recovery.len());
}

#[tokio::test]
async fn staff_who_must_have_a_second_factor_get_no_scopes_before() {
    let shop = Shop::open_with(&[("VITRINE_STAFF_TOTP", "required")]).await;
    let tokens = shop.log_in(ADMIN_EMAIL, PASSWORD).await.assert_status(200).json();
    assert_eq!(claims(&tokens["access_token"]).get("scope"), None);
    let admin = shop.as_holder(&tokens);
    admin.get("/v1/staff").await.assert_problem(403, "insufficient_scope");
    let (secret, _) = enable(&admin).await;
    let tokens = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    let scope = |tokens: Value| claims(&tokens["access_token"])["scope"].to_string();
    assert!(scope(tokens.assert_status(200).json()).contains("staff:write"));
    let tokens = log_in(&shop, ADMIN_EMAIL, &code(&secret, 1)).await.assert_status(200).json();
    assert!(scope(tokens).contains("staff:write"));
}

#[tokio::test]
async fn an_administrator_turns_off_what_a_colleague_has_lost() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({ "email": "bob@example.com", "password": PASSWORD });
    let id = admin.post("/v1/staff", new).await.assert_status(201).json()["id"].clone();
    let path = format!("/v1/staff/{}/totp", id.as_str().unwrap());
    admin.delete(&path).await.assert_problem(404, "not_found");
    let bob = shop.as_holder(&shop.log_in("bob@example.com", PASSWORD).await.json());
    enable(&bob).await;
    bob.delete(&path).await.assert_problem(403, "insufficient_scope");
    admin.delete(&path).await.assert_status(204);
    shop.log_in("bob@example.com", PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn the_hosted_page_asks_for_the_second_factor_too() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let (_, recovery_codes) = enable(&ada).await;
    let mut browser = crate::browser::Browser::new(&shop);
    let page = browser.get(&crate::browser::request(&[])).await.assert_status(200);
    let without = [("email", "ada@example.com"), ("password", PASSWORD)];
    let asked = browser.fill_in(&page, &without).await.assert_status(401);
    assert!(asked.text().contains("name=\"otp\""), "{}", asked.text());
    let wrong = [&without[..], &[("otp", "000000")]].concat();
    browser.fill_in(&asked, &wrong).await.assert_status(401);
    let right = [&without[..], &[("otp", recovery_codes[0].as_str())]].concat();
    let back = crate::browser::sent_back(&browser.fill_in(&asked, &right).await);
    assert!(back.contains_key("code"));
}
