use serde_json::{Value, json};

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop};

const PROVE: &[(&str, &str)] = &[("VITRINE_REGISTRATION", "prove_email")];

fn new(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "first_name": "Ada" })
}

#[tokio::test]
async fn a_customer_registers_with_a_link_that_proves_the_address() {
    let shop = Shop::open_with(PROVE).await;
    shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(202);
    shop.log_in("ada@example.com", PASSWORD).await.assert_problem(401, "invalid_credentials");
    let mail = shop.last_mail().await;
    assert_eq!(mail.subject, "Please complete your registration");
    let proof = json!({ "token": mail.token("verify-email") });
    let path = "/v1/email-verifications/complete";
    shop.client.post(path, proof.clone()).await.assert_status(204);
    let tokens = shop.log_in("ada@example.com", PASSWORD).await.assert_status(200).json();
    let me = shop.as_holder(&tokens).get("/v1/me").await.json();
    assert_eq!((&me["first_name"], &me["email_verified"]), (&json!("Ada"), &json!(true)));
    shop.client.post(path, proof).await.assert_problem(422, "invalid");
    let registered: i64 =
        sqlx::query_scalar("select count(*) from outbox where type = 'customer.registered'")
            .fetch_one(&shop.db)
            .await
            .unwrap();
    assert_eq!(registered, 1);
}

#[tokio::test]
async fn a_registration_tells_nothing_about_its_address() {
    let shop = Shop::open_with(PROVE).await;
    let fresh = shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(202);
    let taken = shop.client.post("/v1/customers", new(ADMIN_EMAIL)).await.assert_status(202);
    assert_eq!(fresh.body, taken.body);
    let mails = shop.mails().await;
    assert_eq!(mails[1].to, ADMIN_EMAIL);
    assert_eq!(mails[1].subject, "You have an account already");
    assert!(!mails[1].text.contains("token="));
}

#[tokio::test]
async fn an_account_is_opened_by_the_first_of_two_links() {
    let shop = Shop::open_with(PROVE).await;
    for _ in 0..2 {
        shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(202);
    }
    let mails = shop.mails().await;
    let path = "/v1/email-verifications/complete";
    let proof = |at: usize| json!({ "token": mails[at].token("verify-email") });
    shop.client.post(path, proof(0)).await.assert_status(204);
    shop.client.post(path, proof(1)).await.assert_problem(409, "email_taken");
}

#[tokio::test]
async fn registrations_of_one_address_are_throttled() {
    let shop = Shop::open_with(PROVE).await;
    for _ in 0..5 {
        shop.client.post("/v1/customers", new(ADMIN_EMAIL)).await.assert_status(202);
    }
    let answer = shop.client.post("/v1/customers", new(ADMIN_EMAIL)).await;
    answer.assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn a_registration_that_waits_is_not_readable_in_the_database() {
    let shop = Shop::open_with(PROVE).await;
    shop.client.post("/v1/customers", new("ada@example.com")).await.assert_status(202);
    let dump = async || -> Vec<String> {
        sqlx::query_scalar(
            "select encode(sealed, 'escape') from mail
             union all select encode(content, 'escape') from one_time_token
             union all select encode(body, 'escape') from idempotency_key",
        )
        .fetch_all(&shop.db)
        .await
        .unwrap()
    };
    let queued = dump().await;
    let token = shop.last_mail().await.token("verify-email");
    let waiting = dump().await;
    assert_eq!((queued.len(), waiting.len()), (1, 1));
    for text in queued.iter().chain(&waiting) {
        for secret in ["argon2", "Ada", "example.com", &token] {
            assert!(!text.contains(secret));
        }
    }
}
