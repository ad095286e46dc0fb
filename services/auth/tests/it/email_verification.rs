use chrono::{TimeDelta, Utc};
use serde_json::json;
use testing::{Answer, Client};

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop};

const ADDRESS: &str = "ada@example.com";

async fn complete(client: &Client, token: &str) -> Answer {
    client.post("/v1/email-verifications/complete", json!({ "token": token })).await
}

async fn ask(shop: &Shop, email: &str) -> Answer {
    shop.client.post("/v1/email-verifications", json!({ "email": email })).await
}

#[tokio::test]
async fn a_customer_proves_the_address_with_the_link_of_a_mail() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADDRESS).await;
    let ada = shop.as_holder(&tokens);
    assert_eq!(ada.get("/v1/me").await.json()["email_verified"], false);
    let mail = shop.last_mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (ADDRESS, "Please confirm your e-mail address")
    );
    complete(&shop.client, &mail.token("verify-email")).await.assert_status(204);
    assert_eq!(ada.get("/v1/me").await.json()["email_verified"], true);
    assert_eq!(ada.get("/oauth/userinfo").await.json()["email_verified"], true);
}

#[tokio::test]
async fn a_link_works_once_and_for_its_purpose_and_for_a_day() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    let token = shop.last_mail().await.token("verify-email");
    let reset = json!({ "token": token, "new_password": "another long sentence" });
    let answer = shop.client.post("/v1/password-resets/complete", reset).await;
    assert_eq!(answer.assert_problem(422, "invalid").json()["errors"][0]["code"], "unknown_token");
    complete(&shop.client, &token).await.assert_status(204);
    ask(&shop, ADDRESS).await.assert_status(202);
    let changed = format!("{}A", &token[..63]);
    for bad in [token.as_str(), &changed, "", "x", &"x".repeat(64)] {
        let answer = complete(&shop.client, bad).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["code"], "unknown_token", "{bad}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    let token = shop.last_mail().await.token("verify-email");
    let left: i64 = sqlx::query_scalar(
        "select extract(epoch from expires_at - now())::bigint from one_time_token",
    )
    .fetch_one(&shop.db)
    .await
    .unwrap();
    assert!((86_000..=86_400).contains(&left), "{left}");
    sqlx::query("update one_time_token set expires_at = now()").execute(&shop.db).await.unwrap();
    complete(&shop.client, &token).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn asking_for_a_proof_tells_nothing_about_the_address() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    shop.sign_up("bob@example.com").await;
    let token = shop.mails().await[1].token("verify-email");
    complete(&shop.client, &token).await.assert_status(204);
    let mut answers = Vec::new();
    for email in [ADDRESS, "bob@example.com", "nobody@example.com"] {
        let answer = ask(&shop, email).await.assert_status(202);
        answers.push(answer.body);
    }
    assert!(answers.iter().all(|body| *body == answers[0]));
    // Each queues one mail of the same size; whether there is anything to say is found out later.
    let sizes: Vec<i32> = sqlx::query_scalar("select octet_length(sealed) from mail")
        .fetch_all(&shop.db)
        .await
        .unwrap();
    assert_eq!(sizes.len(), 3);
    let mails = shop.mails().await;
    assert_eq!(mails.len(), 3);
    assert_eq!(mails[2].to, ADDRESS);
}

#[tokio::test]
async fn mails_to_one_address_are_throttled_whether_it_has_an_account_or_not() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    for email in [ADDRESS, "nobody@example.com"] {
        for _ in 0..5 {
            ask(&shop, email).await.assert_status(202);
        }
        let answer = ask(&shop, email).await.assert_problem(429, "too_many_requests");
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert!((540..=600).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn mails_are_written_in_the_language_of_the_request() {
    let shop = Shop::open().await;
    let client = shop.client.header("accept-language", "it, fr;q=0.8, en;q=0.5");
    let new = json!({ "email": ADDRESS, "password": PASSWORD });
    client.post("/v1/customers", new).await.assert_status(201);
    assert_eq!(shop.last_mail().await.subject, "Veuillez confirmer votre adresse e-mail");
}

#[tokio::test]
async fn a_new_address_is_used_once_it_is_proved_and_the_old_one_is_told() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    shop.client.post("/v1/password-resets", json!({ "email": ADDRESS })).await.assert_status(202);
    let old_link = shop.last_mail().await.token("reset-password");
    let change = json!({ "new_email": "Ada@new.example.com", "current_password": PASSWORD });
    ada.post("/v1/me/email", change).await.assert_status(202);
    let mail = shop.last_mail().await;
    assert_eq!(mail.to, "ada@new.example.com");
    assert_eq!(ada.get("/v1/me").await.json()["email"], ADDRESS);
    complete(&shop.client, &mail.token("verify-email")).await.assert_status(204);
    let me = ada.get("/v1/me").await.json();
    assert_eq!(
        (&me["email"], &me["email_verified"]),
        (&json!("ada@new.example.com"), &json!(true))
    );
    let notice = shop.last_mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ADDRESS, "Your e-mail address was changed")
    );
    shop.log_in("ada@new.example.com", PASSWORD).await.assert_status(200);
    shop.log_in(ADDRESS, PASSWORD).await.assert_problem(401, "invalid_credentials");
    // Whoever reads the old mailbox cannot take the account back.
    let reset = json!({ "token": old_link, "new_password": "another long sentence" });
    shop.client.post("/v1/password-resets/complete", reset).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_new_address_needs_the_password() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let change = json!({ "new_email": "ada@new.example.com", "current_password": "wrong" });
    let answer = ada.post("/v1/me/email", change).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "wrong_password");
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn an_address_that_is_taken_is_not_told_to_who_wants_it() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let change = json!({ "new_email": ADMIN_EMAIL, "current_password": PASSWORD });
    ada.post("/v1/me/email", change).await.assert_status(202);
    let mail = shop.last_mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (ADMIN_EMAIL, "You have an account already")
    );
    assert!(!mail.text.contains("token="));
}

#[tokio::test]
async fn an_address_that_is_taken_meanwhile_stays_where_it_is() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    let change = json!({ "new_email": "new@example.com", "current_password": PASSWORD });
    ada.post("/v1/me/email", change).await.assert_status(202);
    let token = shop.last_mail().await.token("verify-email");
    shop.sign_up("new@example.com").await;
    complete(&shop.client, &token).await.assert_problem(409, "email_taken");
    assert_eq!(ada.get("/v1/me").await.json()["email"], ADDRESS);
}

#[tokio::test]
async fn where_no_mail_is_sent_who_asks_for_one_is_told() {
    let shop = Shop::open_with(&[("VITRINE_MAIL_DIR", "")]).await;
    let ada = shop.customer(ADDRESS).await;
    ask(&shop, ADDRESS).await.assert_problem(503, "mail_not_configured");
    let reset = shop.client.post("/v1/password-resets", json!({ "email": ADDRESS })).await;
    reset.assert_problem(503, "mail_not_configured");
    let change = json!({ "new_email": "new@example.com", "current_password": PASSWORD });
    ada.post("/v1/me/email", change).await.assert_problem(503, "mail_not_configured");
    let queued: i64 =
        sqlx::query_scalar("select count(*) from mail").fetch_one(&shop.db).await.unwrap();
    assert_eq!(queued, 0);
    auth::deliver_due(&shop.app, Utc::now() + TimeDelta::days(2)).await.unwrap();
}
