use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{ADMIN_EMAIL, PASSWORD, Shop, claims};

#[tokio::test]
async fn a_customer_signs_in_and_gets_no_scopes() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    let answer = shop.log_in("  ADA@example.com ", PASSWORD).await.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert!(body["refresh_token"].is_string());
    assert_eq!(body.get("scope"), None);
    let claims = claims(&body["access_token"]);
    assert!(uuid::Uuid::parse_str(claims["sub"].as_str().unwrap()).is_ok());
}

#[tokio::test]
async fn staff_sign_in_with_the_scopes_of_their_roles() {
    let shop = Shop::open().await;
    let body = shop.log_in(ADMIN_EMAIL, PASSWORD).await.assert_status(200).json();
    let scope = body["scope"].as_str().unwrap();
    assert!(scope.contains("staff:write") && scope.contains("catalog:publish"), "{scope}");
    assert!(!scope.contains("internal"), "{scope}");
    assert!(claims(&body["access_token"])["sub"].as_str().unwrap().starts_with("staff:"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_answered_alike() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    let wrong = shop.log_in("ada@example.com", "not the password").await;
    let wrong = wrong.assert_problem(401, "invalid_credentials");
    for unknown in ["nobody@example.com", "not an address", ""] {
        let answer = shop.log_in(unknown, "not the password").await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.body, wrong.body);
    }
}

#[tokio::test]
async fn a_password_is_compared_exactly() {
    let shop = Shop::open().await;
    let password = format!("{} ü", "long ".repeat(20));
    let new = json!({ "email": "ada@example.com", "password": password });
    shop.client.post("/v1/customers", new).await.assert_status(201);
    for wrong in [password.trim_end_matches('ü'), &password[..72], &password.to_uppercase()] {
        shop.log_in("ada@example.com", wrong).await.assert_problem(401, "invalid_credentials");
    }
    shop.log_in("ada@example.com", &password).await.assert_status(200);
}

#[tokio::test]
async fn what_cannot_be_a_login_is_refused_with_the_field() {
    let shop = Shop::open().await;
    let answer = shop.client.post("/v1/login", json!({ "email": "a@example.com" })).await;
    answer.assert_problem(422, "invalid");
    let answer = shop.log_in("a@example.com", &"x".repeat(257)).await;
    let answer = answer.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/password");
    let answer = shop.log_in(&"x".repeat(321), "x").await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/email");
}

#[tokio::test]
async fn a_database_that_was_gone_is_found_again() {
    let shop = Shop::open().await;
    shop.sign_up("ada@example.com").await;
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(&shop.db)
    .await
    .unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    while shop.log_in("ada@example.com", PASSWORD).await.status != 200 {
        assert!(Instant::now() < deadline, "connections that are gone are used again and again");
    }
}
