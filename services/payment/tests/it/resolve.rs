use serde_json::json;
use uuid::Uuid;

use crate::shop::{Shop, impatient_shop, shop};

#[tokio::test]
async fn a_lost_answer_is_unknown_until_the_provider_was_asked() {
    let shop = impatient_shop().await;
    let payment = shop.payment().await;
    let unknown = shop.confirm(&payment, "tok_timeout_success").await;
    assert_eq!(unknown["status"], "processing");
    assert_eq!(unknown["attempt_status"], "unknown");

    let (path, body) = (format!("{payment}/confirm"), json!({ "token": "tok_success" }));
    let again = shop.keyed().post(&path, body).await;
    again.assert_problem(409, "attempt_in_progress");
    let cancel = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    cancel.assert_problem(409, "attempt_in_progress");

    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_replay_of_an_unknown_outcome_is_byte_equal_even_after_it_is_known() {
    let shop = impatient_shop().await;
    let payment = shop.payment().await;
    let (path, client) = (format!("{payment}/confirm"), shop.keyed());
    let body = json!({ "token": "tok_timeout_success" });
    let first = client.post(&path, body.clone()).await.assert_status(200);
    shop.resolve_later().await;
    assert_eq!(client.post(&path, body).await.assert_status(200).body, first.body);
}

#[tokio::test]
async fn a_request_that_never_arrived_fails_and_may_be_tried_again() {
    let shop = impatient_shop().await;
    for token in ["tok_timeout_nothing", "tok_error"] {
        let payment = shop.payment().await;
        let unknown = shop.confirm(&payment, token).await;
        assert_eq!(unknown["attempt_status"], "unknown");
        shop.resolve_later().await;
        let failed = shop.get(&payment).await;
        assert_eq!(failed["status"], "requires_payment_method");
        assert_eq!(failed["attempt_status"], "failed");
        assert_eq!(failed["last_error"], "processing_error");
        assert_eq!(shop.confirm(&payment, "tok_success").await["status"], "succeeded");
        assert_eq!(shop.charged(&payment).await, (1000, 1));
    }
}

#[tokio::test]
async fn a_confirmation_that_dies_after_the_charge_is_finished_by_the_resolver() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let (path, client) = (format!("{payment}/confirm"), shop.keyed());
    let body = json!({ "token": "tok_timeout_success" });
    let (dying, call) = (client.clone(), (path.clone(), body.clone()));
    let request = tokio::spawn(async move { dying.post(&call.0, call.1).await });
    wait_for_charge(&shop).await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());

    assert_eq!(shop.get(&payment).await["attempt_status"], "sent");
    let early = client.post(&path, body.clone()).await;
    early.assert_problem(409, "request_in_flight");
    shop.resolve_later().await;
    let answer = client.post(&path, body.clone()).await.assert_status(200);
    assert_eq!(answer.json()["status"], "succeeded");
    assert_eq!(client.post(&path, body).await.body, answer.body);
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_charge_that_comes_after_its_attempt_was_given_up_is_refused() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let attempt = insert_sent_attempt(&shop, &payment).await;
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["attempt_status"], "failed");
    let late = sqlx::query(
        "insert into sandbox_charge
             (charge_id, token, amount, currency, captures_now, status, amount_captured)
         values ($1, 'tok_success', 1000, 'EUR', true, 'captured', 1000)
         on conflict (charge_id) do nothing",
    )
    .bind(attempt);
    assert_eq!(late.execute(&shop.db).await.unwrap().rows_affected(), 0);
}

#[tokio::test]
async fn resolvers_side_by_side_settle_an_attempt_once() {
    let shop = impatient_shop().await;
    let payment = shop.payment().await;
    let version = shop.confirm(&payment, "tok_timeout_success").await["version"].clone();
    sqlx::query("update attempt set next_check_at = now()").execute(&shop.db).await.unwrap();
    let rounds = (0..5).map(|_| payment::resolve_due(&shop.app));
    let looked_after: usize =
        futures::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(looked_after, 1);
    let resolved = shop.get(&payment).await;
    assert_eq!(resolved["status"], "succeeded");
    assert_eq!(resolved["version"].as_i64(), version.as_i64().map(|version| version + 1));
}

#[tokio::test]
async fn a_charge_of_another_amount_is_not_taken_for_ours() {
    let shop = impatient_shop().await;
    let payment = shop.payment().await;
    shop.confirm(&payment, "tok_timeout_success").await;
    let tampered = "update sandbox_charge set amount = 999, amount_captured = 999";
    sqlx::query(tampered).execute(&shop.db).await.unwrap();
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["status"], "processing");
}

async fn wait_for_charge(shop: &Shop) {
    let count = "select count(*) from sandbox_charge";
    while sqlx::query_scalar::<_, i64>(count).fetch_one(&shop.db).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}

/// As a process leaves it that dies before it calls the provider.
async fn insert_sent_attempt(shop: &Shop, payment: &str) -> Uuid {
    let payment_id: Uuid = payment.rsplit('/').next().unwrap().parse().unwrap();
    let attempt_id = Uuid::now_v7();
    sqlx::query(
        "insert into attempt (attempt_id, payment_id, connector, status, requested_by, request_key,
                              next_check_at)
         values ($1, $2, 'sandbox', 'sent', 'service-order', 'k', now())",
    )
    .bind(attempt_id)
    .bind(payment_id)
    .execute(&shop.db)
    .await
    .unwrap();
    attempt_id
}
