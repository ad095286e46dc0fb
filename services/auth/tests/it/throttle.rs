use serde_json::json;
use testing::Client;

use crate::shop::{PASSWORD, Shop};

fn from(shop: &Shop, address: &str) -> Client {
    shop.client.header("x-forwarded-for", address)
}

async fn try_login(client: &Client, email: &str, password: &str) -> testing::Answer {
    client.post("/v1/login", json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn an_account_is_closed_to_an_address_after_ten_wrong_passwords() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    shop.sign_up("bob@example.com").await;
    let attacker = from(&shop, "203.0.113.1");
    for _ in 0..10 {
        let answer = try_login(&attacker, "ada@example.com", "wrong").await;
        answer.assert_problem(401, "invalid_credentials");
    }
    let answer = try_login(&attacker, "ada@example.com", PASSWORD).await;
    let answer = answer.assert_problem(429, "too_many_requests");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    try_login(&from(&shop, "203.0.113.2"), "ada@example.com", PASSWORD).await.assert_status(200);
    try_login(&attacker, "bob@example.com", PASSWORD).await.assert_status(200);
    sqlx::query("update throttle set updated_at = updated_at - interval '1 minute'")
        .execute(&shop.db)
        .await
        .unwrap();
    try_login(&attacker, "ada@example.com", PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_closed_alike() {
    let shop = Shop::open().await;
    for _ in 0..10 {
        shop.log_in("nobody@example.com", "wrong").await.assert_status(401);
    }
    shop.log_in("nobody@example.com", "wrong").await.assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn an_account_under_attack_from_everywhere_stays_open_to_its_owner() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    let home = from(&shop, "198.51.100.7");
    try_login(&home, "ada@example.com", PASSWORD).await.assert_status(200);
    for attacker in ["203.0.113.1", "203.0.113.2"] {
        try_login(&from(&shop, attacker), "ada@example.com", "wrong").await.assert_status(401);
    }
    // What the two attackers share is the bucket of the account.
    sqlx::query("update throttle set level = 100, updated_at = now() where level > 1.5")
        .execute(&shop.db)
        .await
        .unwrap();
    let stranger = from(&shop, "203.0.113.3");
    let answer = try_login(&stranger, "ada@example.com", PASSWORD).await;
    answer.assert_problem(429, "too_many_requests");
    try_login(&home, "ada@example.com", PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn attempts_at_once_are_all_counted() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    let attacker = from(&shop, "203.0.113.1");
    let attempts = (0..20).map(|_| try_login(&attacker, "ada@example.com", "wrong"));
    let answers = futures::future::join_all(attempts).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_slowed_down() {
    let shop = Shop::open().await;
    let attacker = from(&shop, "203.0.113.1");
    try_login(&attacker, "nobody@example.com", "wrong").await.assert_status(401);
    sqlx::query("update throttle set level = 100").execute(&shop.db).await.unwrap();
    let answer = try_login(&attacker, "somebody@example.com", "wrong").await;
    answer.assert_problem(429, "too_many_requests");
    let answer = try_login(&from(&shop, "203.0.113.2"), "somebody@example.com", "wrong").await;
    answer.assert_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn one_attempt_leaks_away_at_a_time_and_all_of_them_in_a_long_rest() {
    let shop = Shop::open().await;
    let attempts = async |count: usize| {
        for _ in 0..count {
            shop.log_in("nobody@example.com", "wrong").await.assert_status(401);
        }
        shop.log_in("nobody@example.com", "wrong").await.assert_status(429)
    };
    let rest = async |time: &str| {
        sqlx::query("update throttle set updated_at = updated_at - $1::interval")
            .bind(time)
            .execute(&shop.db)
            .await
            .unwrap();
    };
    attempts(10).await;
    rest("90 seconds").await;
    let seconds: u64 = attempts(1).await.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "half a minute of the next had passed: {seconds}");
    rest("1 day").await;
    attempts(10).await;
}
