use futures::future::join_all;
use serde_json::json;

use crate::shop::{new_confirmed, shop};

#[tokio::test]
async fn a_payment_that_is_confirmed_succeeds_and_is_charged_once() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let confirmed = shop.confirm(&payment, "tok_success").await;
    assert_eq!(confirmed["status"], "succeeded");
    assert_eq!(confirmed["attempt_status"], "captured");
    assert_eq!(confirmed["amount_captured"], 1000);
    assert_eq!(confirmed["amount_capturable"], 0);
    assert_eq!(shop.get(&payment).await, confirmed);
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_payment_that_is_created_with_confirm_is_created_and_charged_in_one_call() {
    let shop = shop().await;
    let client = shop.keyed();
    let body = new_confirmed("tok_success");
    let answer = client.post("/v1/payments", body.clone()).await.assert_status(201);
    let payment = answer.header("location").to_owned();
    assert_eq!(payment, format!("/v1/payments/{}", body["id"].as_str().unwrap()));
    assert_eq!(answer.json()["status"], "succeeded");
    assert_eq!(shop.get(&payment).await, answer.json());
    let again = client.post("/v1/payments", body.clone()).await.assert_status(201);
    assert_eq!(again.body, answer.body);

    // What another request finds there is what it is.
    let other = shop.keyed().post("/v1/payments", body.clone()).await;
    other.assert_problem(409, "payment_not_confirmable");
    let mut dearer = body;
    dearer["amount"]["amount"] = json!(1001);
    let other = shop.keyed().post("/v1/payments", dearer).await;
    other.assert_problem(409, "payment_id_taken");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_payment_whose_first_attempt_is_declined_is_there_for_another() {
    let shop = shop().await;
    let body = new_confirmed("tok_decline");
    let answer = shop.keyed().post("/v1/payments", body.clone()).await;
    answer.assert_problem(402, "payment_declined");
    let payment = format!("/v1/payments/{}", body["id"].as_str().unwrap());
    assert_eq!(shop.get(&payment).await["status"], "requires_payment_method");
    let mut other_card = body;
    other_card["confirm"]["token"] = json!("tok_success");
    let answer = shop.keyed().post("/v1/payments", other_card).await.assert_status(201);
    assert_eq!(answer.json()["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_payment_that_exists_is_confirmed_by_its_repeated_creation() {
    let shop = shop().await;
    let confirmed = new_confirmed("tok_success");
    let mut bare = confirmed.clone();
    bare.as_object_mut().unwrap().remove("confirm");
    shop.keyed().post("/v1/payments", bare).await.assert_status(201);
    let answer = shop.keyed().post("/v1/payments", confirmed).await.assert_status(201);
    assert_eq!(answer.json()["status"], "succeeded");
}

#[tokio::test]
async fn a_creation_with_confirm_needs_an_id_and_a_good_confirmation() {
    let shop = shop().await;
    let mut anonymous = new_confirmed("tok_success");
    anonymous.as_object_mut().unwrap().remove("id");
    let bad = new_confirmed("tok_nonsense");
    for (body, pointer) in [(anonymous, "/id"), (bad.clone(), "/confirm/token")] {
        let answer = shop.keyed().post("/v1/payments", body).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let payment = format!("/v1/payments/{}", bad["id"].as_str().unwrap());
    shop.order.get(&payment).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn with_manual_capture_the_money_is_only_set_aside() {
    let shop = shop().await;
    let payment = shop.manual_payment().await;
    let confirmed = shop.confirm(&payment, "tok_success").await;
    assert_eq!(confirmed["status"], "requires_capture");
    assert_eq!(confirmed["attempt_status"], "authorized");
    assert_eq!(confirmed["amount_capturable"], 1000);
    assert_eq!(shop.charged(&payment).await, (0, 0));
}

#[tokio::test]
async fn a_declined_payment_says_why_and_may_be_tried_again() {
    let shop = shop().await;
    for (token, code) in
        [("tok_decline", "card_declined"), ("tok_decline_insufficient_funds", "insufficient_funds")]
    {
        let payment = shop.payment().await;
        let path = format!("{payment}/confirm");
        let client = shop.keyed();
        let answer = client.post(&path, json!({ "token": token })).await;
        let answer = answer.assert_problem(402, "payment_declined");
        assert_eq!(answer.json()["decline_code"], code);
        let replayed = client.post(&path, json!({ "token": token })).await;
        assert_eq!(replayed.clone().assert_problem(402, "payment_declined").body, answer.body);
        assert_eq!(replayed.header("idempotent-replayed"), "true");

        let declined = shop.get(&payment).await;
        assert_eq!(declined["status"], "requires_payment_method");
        assert_eq!(declined["last_error"], code);
        let confirmed = shop.confirm(&payment, "tok_success").await;
        assert_eq!(confirmed["status"], "succeeded");
        assert!(confirmed["last_error"].is_null());
        assert_eq!(shop.charged(&payment).await, (1000, 1));
    }
}

#[tokio::test]
async fn a_slow_provider_is_waited_for() {
    let shop = shop().await;
    let payment = shop.payment().await;
    assert_eq!(shop.confirm(&payment, "tok_slow").await["status"], "succeeded");
}

#[tokio::test]
async fn twenty_confirmations_at_once_are_one_charge() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let path = format!("{payment}/confirm");
    let clients: Vec<_> = (0..20).map(|_| shop.keyed()).collect();
    let calls = clients.iter().map(|client| client.post(&path, json!({ "token": "tok_slow" })));
    let answers = join_all(calls).await;
    let succeeded = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(succeeded, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        let code = answer.json()["code"].clone();
        assert!(code == "attempt_in_progress" || code == "payment_not_confirmable", "{code}");
        answer.assert_status(409);
    }
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn one_confirmation_sent_many_times_is_one_charge() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let path = format!("{payment}/confirm");
    let client = shop.keyed();
    let body = json!({ "token": "tok_slow" });
    let answers = join_all((0..10).map(|_| client.post(&path, body.clone()))).await;
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.assert_problem(409, "request_in_flight");
    }
    let first = client.post(&path, body.clone()).await.assert_status(200);
    let again = client.post(&path, body).await.assert_status(200);
    assert_eq!(first.body, again.body);
    assert_eq!(first.json()["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_payment_that_is_made_or_canceled_is_not_confirmed_again() {
    let shop = shop().await;
    let paid = shop.paid_with("tok_success").await;
    let authorized = shop.authorized().await;
    let canceled = shop.payment().await;
    shop.keyed().post(&format!("{canceled}/cancel"), json!({})).await.assert_status(200);
    for payment in [paid, authorized, canceled] {
        let path = format!("{payment}/confirm");
        let answer = shop.keyed().post(&path, json!({ "token": "tok_success" })).await;
        answer.assert_problem(409, "payment_not_confirmable");
    }
}

#[tokio::test]
async fn what_the_connector_does_not_know_is_refused_before_anything_happens() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let path = format!("{payment}/confirm");
    for (body, pointer) in [
        (json!({ "token": "tok_unheard_of" }), "/token"),
        (json!({ "token": "tok_success", "connector": "abacus" }), "/connector"),
        (json!({ "token": "tok_success", "return_url": "javascript:alert(1)" }), "/return_url"),
    ] {
        let answer = shop.keyed().post(&path, body).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let answer = shop.keyed().post(&path, json!({ "token": "tok_success", "card": "4242" })).await;
    answer.assert_problem(422, "invalid");
    shop.keyed().post(&path, json!([])).await.assert_problem(422, "invalid");
    assert_eq!(shop.get(&payment).await["version"], 1);
    let body = json!({ "token": "tok_success", "connector": "sandbox" });
    shop.keyed().post(&path, body).await.assert_status(200);
}

#[tokio::test]
async fn a_key_is_used_for_one_confirmation_only() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let path = format!("{payment}/confirm");
    let client = shop.keyed();
    client.post(&path, json!({ "token": "tok_success" })).await.assert_status(200);
    let other = client.post(&path, json!({ "token": "tok_slow" })).await;
    other.assert_problem(422, "idempotency_key_reused");
}
