use futures::future::join_all;
use hmac::{Hmac, Mac};
use http::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use testing::Answer;
use uuid::Uuid;

use crate::shop::{Shop, WEBHOOK_SECRET, impatient_shop, shop};

const PATH: &str = "/v1/payments/webhooks/sandbox";

pub(crate) fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={timestamp},v1={hex}")
}

pub(crate) fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

async fn send(shop: &Shop, path: &str, signature: &str, body: &str) -> Answer {
    let client = shop.anyone.header("webhook-signature", signature);
    client.send(Method::POST, path, Some("application/json"), body.as_bytes().to_vec()).await
}

/// A well signed event about the payment's last attempt.
async fn send_event(shop: &Shop, event_id: &str, charge: Uuid) -> Answer {
    let body = json!({ "id": event_id, "type": "charge.updated", "charge": charge }).to_string();
    send(shop, PATH, &signature(WEBHOOK_SECRET, now(), &body), &body).await
}

async fn only_attempt(shop: &Shop) -> Uuid {
    sqlx::query_scalar("select attempt_id from attempt").fetch_one(&shop.db).await.unwrap()
}

async fn pending(shop: &Shop, token: &str) -> (String, Value) {
    let payment = shop.payment().await;
    let confirmed = shop.confirm(&payment, token).await;
    assert_eq!(confirmed["status"], "processing");
    assert_eq!(confirmed["attempt_status"], "pending");
    (payment, confirmed)
}

#[tokio::test]
async fn a_pending_payment_is_settled_by_the_providers_webhook() {
    let shop = shop().await;
    let (payment, _) = pending(&shop, "tok_webhook_only").await;
    assert!(shop.sandbox.deliver_next_webhook().await.unwrap());
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
    assert!(!shop.sandbox.deliver_next_webhook().await.unwrap());
}

#[tokio::test]
async fn a_webhook_that_comes_three_times_at_once_counts_once() {
    let shop = shop().await;
    let (payment, before) = pending(&shop, "tok_webhook_duplicate").await;
    assert!(shop.sandbox.deliver_next_webhook().await.unwrap());
    let paid = shop.get(&payment).await;
    assert_eq!(paid["status"], "succeeded");
    assert_eq!(paid["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
    assert_eq!(shop.charged(&payment).await, (1000, 1));
    let ledger = shop.get(&format!("{payment}/ledger")).await;
    assert_eq!(ledger["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_webhook_that_never_comes_is_made_up_for_by_asking() {
    let shop = shop().await;
    let (payment, _) = pending(&shop, "tok_webhook_only").await;
    let settled = "update sandbox_charge set status = 'captured', amount_captured = amount";
    sqlx::query(settled).execute(&shop.db).await.unwrap();
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
}

#[tokio::test]
async fn a_pending_payment_stays_pending_while_the_provider_has_not_decided() {
    let shop = shop().await;
    let (payment, before) = pending(&shop, "tok_webhook_only").await;
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await, before);
}

#[tokio::test]
async fn a_webhook_before_the_answer_settles_the_payment() {
    let shop = impatient_shop().await;
    let payment = shop.payment().await;
    let (path, body) = (format!("{payment}/confirm"), json!({ "token": "tok_timeout_success" }));
    let client = shop.keyed();
    let webhook = async {
        let charge = "select charge_id from sandbox_charge";
        let id = loop {
            if let Some(id) = sqlx::query_scalar(charge).fetch_optional(&shop.db).await.unwrap() {
                break id;
            }
            tokio::task::yield_now().await;
        };
        send_event(&shop, "evt_early", id).await.assert_status(204);
    };
    let (answer, ()) = tokio::join!(client.post(&path, body), webhook);
    assert_eq!(answer.assert_status(200).json()["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn late_and_stray_webhooks_change_nothing() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let before = shop.get(&payment).await;
    let attempt = only_attempt(&shop).await;
    for (event, charge) in
        [("evt_1", attempt), ("evt_2", attempt), ("evt_1", attempt), ("evt_3", Uuid::now_v7())]
    {
        send_event(&shop, event, charge).await.assert_status(204);
    }
    join_all((0..5).map(|_| send_event(&shop, "evt_4", attempt))).await;
    assert_eq!(shop.get(&payment).await, before);
}

#[tokio::test]
async fn what_the_provider_did_not_sign_is_refused() {
    let shop = shop().await;
    let body =
        json!({ "id": "evt", "type": "charge.updated", "charge": Uuid::now_v7() }).to_string();
    for bad in [
        "",
        "t=1",
        &signature("whsec_other", now(), &body),
        &signature(WEBHOOK_SECRET, now(), "{}"),
    ] {
        send(&shop, PATH, bad, &body).await.assert_problem(400, "invalid_signature");
    }
    for age in [-400, 400] {
        let old = signature(WEBHOOK_SECRET, now() + age, &body);
        send(&shop, PATH, &old, &body).await.assert_problem(400, "signature_expired");
    }
    shop.anyone.post(PATH, json!({})).await.assert_problem(400, "invalid_signature");
    let kept: i64 =
        sqlx::query_scalar("select count(*) from webhook_event").fetch_one(&shop.db).await.unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_signed_body_that_is_no_event_is_refused() {
    let shop = shop().await;
    for (body, status, code) in [
        ("{", 400, "invalid_json"),
        ("{}", 422, "invalid"),
        (r#"{"id":"","type":"x","charge":"0198c0de-0000-7000-8000-000000000001"}"#, 422, "invalid"),
        (
            r#"{"id":"\u0000","type":"x","charge":"0198c0de-0000-7000-8000-000000000001"}"#,
            422,
            "invalid",
        ),
    ] {
        send(&shop, PATH, &signature(WEBHOOK_SECRET, now(), body), body)
            .await
            .assert_problem(status, code);
    }
    let huge = "x".repeat(512 * 1024 + 1);
    send(&shop, PATH, "t=1,v1=00", &huge).await.assert_problem(413, "body_too_large");
    let elsewhere = "/v1/payments/webhooks/abacus";
    send(&shop, elsewhere, "t=1,v1=00", "{}").await.assert_problem(404, "not_found");
}
