use futures::future::join_all;
use serde_json::Value;

use crate::shop::{PASSWORD, Shop, ask_token, assert_oauth_error, refresh};

async fn age_rotation(shop: &Shop, seconds: i32) {
    sqlx::query("update refresh_token set rotated_at = rotated_at - make_interval(secs => $1)")
        .bind(f64::from(seconds))
        .execute(&shop.db)
        .await
        .unwrap();
}

fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_pair() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let second = refresh(&shop.client, refresh_token(&first)).await.assert_status(200).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    shop.as_holder(&second).get("/v1/me").await.assert_status(200);
    refresh(&shop.client, refresh_token(&second)).await.assert_status(200);
}

#[tokio::test]
async fn a_lost_response_is_answered_again_the_same() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let second = refresh(&shop.client, refresh_token(&first)).await.assert_status(200);
    age_rotation(&shop, 9).await;
    let again = refresh(&shop.replica().await, refresh_token(&first)).await.assert_status(200);
    assert_eq!(second.body, again.body);
    refresh(&shop.client, refresh_token(&second.json())).await.assert_status(200);
}

#[tokio::test]
async fn a_token_that_comes_back_later_ends_its_session_and_no_other() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let other = shop.log_in("ada@example.com", PASSWORD).await.json();
    let second = refresh(&shop.client, refresh_token(&first)).await.assert_status(200).json();
    age_rotation(&shop, 11).await;
    let reused = refresh(&shop.client, refresh_token(&first)).await;
    assert_oauth_error(reused, 400, "invalid_grant");
    let successor = refresh(&shop.client, refresh_token(&second)).await;
    assert_oauth_error(successor, 400, "invalid_grant");
    refresh(&shop.client, refresh_token(&other)).await.assert_status(200);
    let facts: Vec<String> =
        sqlx::query_scalar("select type from outbox where type like 'session%detected'")
            .fetch_all(&shop.db)
            .await
            .unwrap();
    assert_eq!(facts, ["session.reuse_detected"]);
}

#[tokio::test]
async fn a_token_whose_successor_was_used_is_not_answered_again() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let second = refresh(&shop.client, refresh_token(&first)).await.assert_status(200).json();
    let third = refresh(&shop.client, refresh_token(&second)).await.assert_status(200).json();
    assert_oauth_error(refresh(&shop.client, refresh_token(&first)).await, 400, "invalid_grant");
    assert_oauth_error(refresh(&shop.client, refresh_token(&third)).await, 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_once_on_two_replicas_get_one_successor() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let replicas = [shop.client.clone(), shop.replica().await];
    let requests = (0..50).map(|number| refresh(&replicas[number % 2], refresh_token(&first)));
    let answers = join_all(requests).await;
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.body, answers[0].body);
    }
    let tokens: i64 =
        sqlx::query_scalar("select count(*) from refresh_token").fetch_one(&shop.db).await.unwrap();
    assert_eq!(tokens, 2);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_for_long() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    sqlx::query("update session set expires_at = now()").execute(&shop.db).await.unwrap();
    assert_oauth_error(refresh(&shop.client, refresh_token(&tokens)).await, 400, "invalid_grant");
}

#[tokio::test]
async fn use_does_not_move_a_session_past_its_absolute_end() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    sqlx::query("update session set expires_at = now() + '1h', ends_at = now() + '1h'")
        .execute(&shop.db)
        .await
        .unwrap();
    refresh(&shop.client, refresh_token(&tokens)).await.assert_status(200);
    let within: bool = sqlx::query_scalar("select expires_at = ends_at from session")
        .fetch_one(&shop.db)
        .await
        .unwrap();
    assert!(within);
}

#[tokio::test]
async fn tokens_and_answers_are_not_readable_in_the_database() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let second = refresh(&shop.client, refresh_token(&first)).await.assert_status(200).json();
    let rows: Vec<String> = sqlx::query_scalar(
        "select encode(token_hash, 'escape') || coalesce(encode(answer, 'escape'), '')
         from refresh_token",
    )
    .fetch_all(&shop.db)
    .await
    .unwrap();
    let dump = rows.join("\n");
    for token in [refresh_token(&first), refresh_token(&second)] {
        assert!(!dump.contains(token));
    }
    assert!(!dump.contains("access_token"));
}

#[tokio::test]
async fn a_scope_may_narrow_at_refresh_and_not_widen() {
    let shop = Shop::open().await;
    let tokens = shop.log_in(crate::shop::ADMIN_EMAIL, PASSWORD).await.json();
    let body = format!(
        "grant_type=refresh_token&client_id=storefront&refresh_token={}",
        refresh_token(&tokens)
    );
    let wide = format!("{body}&scope=internal");
    assert_oauth_error(ask_token(&shop.client, &wide).await, 400, "invalid_scope");
    let narrow = format!("{body}&scope=orders%3Aread");
    let answer = ask_token(&shop.client, &narrow).await.assert_status(200).json();
    assert_eq!(answer["scope"], "orders:read");
}
