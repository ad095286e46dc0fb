use serde_json::json;
use testing::Answer;

use crate::shop::{PASSWORD, Shop, assert_oauth_error, refresh};

const ADDRESS: &str = "ada@example.com";
const NEW: &str = "another long sentence";

async fn ask(shop: &Shop, email: &str) -> Answer {
    shop.client.post("/v1/password-resets", json!({ "email": email })).await
}

async fn complete(shop: &Shop, token: &str, new_password: &str) -> Answer {
    let body = json!({ "token": token, "new_password": new_password });
    shop.client.post("/v1/password-resets/complete", body).await
}

#[tokio::test]
async fn a_forgotten_password_is_reset_with_the_link_of_a_mail() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADDRESS).await;
    ask(&shop, "  Ada@example.com ").await.assert_status(202);
    let token = shop.last_mail().await.token("reset-password");
    complete(&shop, &token, NEW).await.assert_status(204);
    shop.log_in(ADDRESS, PASSWORD).await.assert_problem(401, "invalid_credentials");
    let again = shop.log_in(ADDRESS, NEW).await.assert_status(200).json();
    let old = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(old, 400, "invalid_grant");
    assert_eq!(shop.as_holder(&again).get("/v1/me").await.json()["email_verified"], true);
    let notice = shop.last_mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ADDRESS, "Your password was changed")
    );
}

#[tokio::test]
async fn a_reset_works_once_within_a_quarter_of_an_hour() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    ask(&shop, ADDRESS).await.assert_status(202);
    ask(&shop, ADDRESS).await.assert_status(202);
    let mails = shop.mails().await;
    let (first, second) = (mails[1].token("reset-password"), mails[2].token("reset-password"));
    let left: i64 = sqlx::query_scalar(
        "select max(extract(epoch from expires_at - now()))::bigint from one_time_token
         where purpose = 'reset_password'",
    )
    .fetch_one(&shop.db)
    .await
    .unwrap();
    assert!((850..=900).contains(&left), "{left}");
    complete(&shop, &first, NEW).await.assert_status(204);
    for used in [&first, &second] {
        let answer = complete(&shop, used, "a third long sentence").await;
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["code"], "unknown_token");
    }
    ask(&shop, ADDRESS).await.assert_status(202);
    let late = shop.last_mail().await.token("reset-password");
    sqlx::query("update one_time_token set expires_at = now()").execute(&shop.db).await.unwrap();
    complete(&shop, &late, NEW).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn of_resets_at_once_with_one_link_one_wins() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    ask(&shop, ADDRESS).await.assert_status(202);
    let token = shop.last_mail().await.token("reset-password");
    let requests = (0..4).map(|_| complete(&shop, &token, NEW));
    let answers = futures::future::join_all(requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 3);
}

#[tokio::test]
async fn a_reset_follows_the_rules_of_passwords_and_keeps_its_link_until_it_succeeds() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    ask(&shop, ADDRESS).await.assert_status(202);
    let token = shop.last_mail().await.token("reset-password");
    for (bad, code) in [("short", "too_short"), (ADDRESS, "common_password")] {
        let answer = complete(&shop, &token, bad).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/new_password");
        assert_eq!(answer.json()["errors"][0]["code"], code);
    }
    complete(&shop, &token, NEW).await.assert_status(204);
}

#[tokio::test]
async fn asking_for_a_reset_tells_nothing_about_the_address() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    shop.mails().await;
    let known = ask(&shop, ADDRESS).await.assert_status(202);
    let unknown = ask(&shop, "eve@example.com").await.assert_status(202);
    assert_eq!(known.body, unknown.body);
    let queued: Vec<i32> = sqlx::query_scalar("select octet_length(sealed) from mail")
        .fetch_all(&shop.db)
        .await
        .unwrap();
    assert!(queued.len() == 2 && queued[0] == queued[1], "{queued:?}");
    assert_eq!(shop.mails().await.len(), 2);
}

#[tokio::test]
async fn a_changed_password_is_told_by_mail_and_ends_open_links() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADDRESS).await;
    ask(&shop, ADDRESS).await.assert_status(202);
    let token = shop.last_mail().await.token("reset-password");
    let change = json!({ "current_password": PASSWORD, "new_password": NEW });
    ada.post("/v1/me/password", change).await.assert_status(204);
    assert_eq!(shop.last_mail().await.subject, "Your password was changed");
    complete(&shop, &token, "a third long sentence").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_disabled_account_gets_no_link() {
    let shop = Shop::open().await;
    shop.sign_up(ADDRESS).await;
    let before = shop.mails().await;
    sqlx::query("update account set disabled_at = now() where email = $1")
        .bind(ADDRESS)
        .execute(&shop.db)
        .await
        .unwrap();
    ask(&shop, ADDRESS).await.assert_status(202);
    assert_eq!(shop.mails().await, before);
}
