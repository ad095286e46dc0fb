//! The connector of Stripe, over its wire format, against a double.

use http::Method;
use serde_json::{Value, json};

use crate::{
    double::{Double, Fault},
    shop::{Shop, WEBHOOK_SECRET, shop_with_stripe},
    webhook::{now, signature},
};

async fn shop() -> (Shop, Double) {
    let (double, url) = Double::start().await;
    (shop_with_stripe(&url).await, double)
}

async fn attempts(shop: &Shop, payment: &str) -> Value {
    shop.get(&format!("{payment}/attempts")).await["items"].clone()
}

/// An event as Stripe sends it about its object.
async fn tell(shop: &Shop, kind: &str, object: &Value) {
    let event = json!({
        "id": format!("evt_{}", uuid::Uuid::now_v7()), "object": "event", "type": kind,
        "api_version": "2024-06-20", "livemode": false, "data": { "object": object },
    });
    let body = event.to_string();
    let client = shop.anyone.header("stripe-signature", &signature(WEBHOOK_SECRET, now(), &body));
    let path = "/v1/payments/webhooks/stripe";
    let answer = client.send(Method::POST, path, Some("application/json"), body.into_bytes());
    answer.await.assert_status(204);
}

#[tokio::test]
async fn a_card_is_charged_once_and_its_id_is_known_before() {
    let (shop, double) = shop().await;
    let payment = shop.payment().await;
    assert_eq!(shop.confirm(&payment, "pm_card_visa").await["status"], "succeeded");
    assert_eq!(double.taken(), 1000);
    let attempt = attempts(&shop, &payment).await[0].clone();
    assert_eq!(attempt["connector"], "stripe");
    assert_eq!(attempt["provider_reference"], "pi_1");
    assert_eq!(attempt["id"], double.intent()["metadata"]["attempt"]);
    let ledger = shop.get(&format!("{payment}/ledger")).await;
    assert_eq!(ledger["items"][0]["account"], "connector:stripe");
}

#[tokio::test]
async fn a_decline_says_why_in_the_issuers_word() {
    let (shop, double) = shop().await;
    let payment = shop.payment().await;
    let body = json!({ "token": "pm_card_chargeDeclinedInsufficientFunds" });
    let answer = shop.keyed().post(&format!("{payment}/confirm"), body).await;
    assert_eq!(answer.assert_status(402).json()["decline_code"], "insufficient_funds");
    let body = json!({ "token": "pm_missing" });
    let answer = shop.keyed().post(&format!("{payment}/confirm"), body).await;
    assert_eq!(answer.assert_status(402).json()["decline_code"], "resource_missing");
    assert_eq!(double.taken(), 0);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_out_and_nothing_is_charged_twice() {
    for (path, status) in [("/confirm", "succeeded"), ("/payment_intents", "succeeded")] {
        let (shop, double) = shop().await;
        double.fail(path, Fault::AnswerLost);
        let payment = shop.payment().await;
        let first = shop.confirm(&payment, "pm_card_visa").await;
        if path == "/confirm" {
            assert_eq!(first["attempt_status"], "unknown");
            shop.resolve_later().await;
        } else {
            // It was announced at most, so another attempt may begin at once.
            assert_eq!(first["attempt_status"], "failed");
            shop.confirm(&payment, "pm_card_visa").await;
        }
        assert_eq!(shop.get(&payment).await["status"], status, "{path}");
        assert_eq!(double.taken(), 1000, "{path}");
    }
}

#[tokio::test]
async fn a_confirmation_that_never_arrived_is_cancelled_before_another_begins() {
    for fault in [Fault::Down, Fault::Busy] {
        let (shop, double) = shop().await;
        double.fail("/confirm", fault);
        let payment = shop.payment().await;
        assert_eq!(shop.confirm(&payment, "pm_card_visa").await["attempt_status"], "unknown");
        shop.resolve_later().await;
        assert_eq!(shop.get(&payment).await["attempt_status"], "failed");
        assert_eq!(double.intent()["status"], "canceled");
        assert_eq!(shop.confirm(&payment, "pm_card_visa").await["status"], "succeeded");
        assert_eq!(double.taken(), 1000);
    }
}

#[tokio::test]
async fn an_attempt_that_was_cut_off_before_its_id_was_known_has_charged_nothing() {
    let (shop, double) = shop().await;
    let payment = shop.payment().await;
    let id: uuid::Uuid = payment.rsplit('/').next().unwrap().parse().unwrap();
    sqlx::query(
        "insert into attempt (attempt_id, payment_id, connector, status, requested_by, request_key,
                              next_check_at)
         values (gen_random_uuid(), $1, 'stripe', 'sent', 'service-order', 'k', now())",
    )
    .bind(id)
    .execute(&shop.db)
    .await
    .unwrap();
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["attempt_status"], "failed");
    assert!(double.calls().is_empty());
}

#[tokio::test]
async fn a_customer_who_must_act_is_sent_to_the_bank_and_the_webhook_settles_it() {
    for (succeeds, status) in [(true, "succeeded"), (false, "requires_payment_method")] {
        let (shop, double) = shop().await;
        let payment = shop.payment().await;
        let confirmed = shop.confirm(&payment, "pm_card_authenticationRequired").await;
        assert_eq!(confirmed["status"], "requires_action");
        let url = confirmed["next_action"]["url"].as_str().unwrap();
        assert_eq!(url, "https://hooks.stripe.test/redirect?back=http://shop.test/back");
        double.authenticate(succeeds);
        tell(&shop, "payment_intent.updated", &double.intent()).await;
        assert_eq!(shop.get(&payment).await["status"], status);
    }
}

#[tokio::test]
async fn an_event_about_a_charge_or_about_nothing_of_ours_is_understood() {
    let (shop, double) = shop().await;
    let payment = shop.payment().await;
    shop.confirm(&payment, "pm_card_authenticationRequired").await;
    double.authenticate(true);
    let charge = json!({ "id": "ch_1", "object": "charge", "payment_intent": "pi_1" });
    tell(&shop, "charge.succeeded", &charge).await;
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
    tell(&shop, "customer.created", &json!({ "id": "cus_1", "object": "customer" })).await;
    let other = json!({ "id": "pi_other", "object": "payment_intent", "metadata": {} });
    tell(&shop, "payment_intent.created", &other).await;
}

#[tokio::test]
async fn a_capture_of_a_part_releases_the_rest() {
    for fault in [None, Some(Fault::AnswerLost), Some(Fault::Down)] {
        let (shop, double) = shop().await;
        let payment = shop.manual_payment().await;
        assert_eq!(shop.confirm(&payment, "pm_card_visa").await["status"], "requires_capture");
        if let Some(fault) = fault {
            double.fail("/capture", fault);
        }
        let body = json!({ "amount": 400 });
        shop.keyed().post(&format!("{payment}/capture"), body).await.assert_status(200);
        shop.resolve_later().await;
        let captured = shop.get(&payment).await;
        assert_eq!(captured["status"], "succeeded", "{fault:?}");
        assert_eq!(
            (&captured["amount_captured"], &captured["amount_capturable"]),
            (&json!(400), &json!(0))
        );
        assert_eq!(double.taken(), 400);
    }
}

#[tokio::test]
async fn an_authorization_is_given_up() {
    let (shop, double) = shop().await;
    let payment = shop.manual_payment().await;
    shop.confirm(&payment, "pm_card_visa").await;
    shop.keyed().post(&format!("{payment}/cancel"), json!({})).await.assert_status(200);
    assert_eq!(shop.get(&payment).await["status"], "canceled");
    assert_eq!(double.intent()["status"], "canceled");
}

#[tokio::test]
async fn a_refund_goes_back_once_however_often_it_is_sent() {
    for fault in [None, Some(Fault::AnswerLost), Some(Fault::Down)] {
        let (shop, double) = shop().await;
        let payment = shop.payment().await;
        shop.confirm(&payment, "pm_card_visa").await;
        // Others before it, so that the list has pages.
        let path = format!("{payment}/refunds");
        shop.keyed().post(&path, json!({ "amount": 100 })).await.assert_status(201);
        if let Some(fault) = fault {
            double.fail("/refunds", fault);
        }
        shop.keyed().post(&path, json!({ "amount": 300 })).await.assert_status(201);
        shop.keyed().post(&path, json!({ "amount": 50 })).await.assert_status(201);
        shop.resolve_later().await;
        assert_eq!(shop.get(&payment).await["amount_refunded"], 450, "{fault:?}");
        assert_eq!(double.taken(), 550, "{fault:?}");
    }
}

#[tokio::test]
async fn a_refund_that_is_pending_at_stripe_is_pending_here_until_it_is_decided() {
    for (status, refunded) in [("succeeded", 7), ("failed", 0)] {
        let (shop, double) = shop().await;
        let payment = shop.payment().await;
        shop.confirm(&payment, "pm_card_visa").await;
        let path = format!("{payment}/refunds");
        let refund = shop.keyed().post(&path, json!({ "amount": 7 })).await.assert_status(201);
        assert_eq!(refund.json()["status"], "pending");
        shop.resolve_later().await;
        assert_eq!(shop.get(&path).await["items"][0]["status"], "pending");
        double.settle_refunds(status);
        shop.resolve_later().await;
        assert_eq!(shop.get(&path).await["items"][0]["status"], status);
        assert_eq!(shop.get(&payment).await["amount_refunded"], refunded);
    }
}
