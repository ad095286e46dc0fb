use serde_json::{Value, json};

use crate::shop::{Shop, shop};

/// The page that the customer is sent to.
fn page(payment: &Value) -> String {
    let url = payment["next_action"]["url"].as_str().unwrap();
    url.strip_prefix("http://shop.test").unwrap().to_owned()
}

async fn waiting_for_the_customer(shop: &Shop) -> (String, String) {
    let payment = shop.payment().await;
    let body = json!({ "token": "tok_action", "return_url": "https://shop.test/thanks?a=1" });
    let answer = shop.keyed().post(&format!("{payment}/confirm"), body).await.assert_status(200);
    assert_eq!(answer.json()["status"], "requires_action");
    assert_eq!(answer.json()["next_action"]["type"], "redirect");
    (payment, page(&answer.json()))
}

#[tokio::test]
async fn a_customer_who_approves_comes_back_to_a_paid_order() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    let shown = shop.anyone.get(&page).await.assert_status(200);
    assert!(shown.header("content-type").starts_with("text/html"));
    assert!(shown.text().contains("1000 minor units of EUR"));
    let answer = shop.anyone.post(&format!("{page}?decision=approve"), json!({})).await;
    assert_eq!(answer.assert_status(303).header("location"), "https://shop.test/thanks?a=1");
    let paid = shop.get(&payment).await;
    assert_eq!(paid["status"], "succeeded");
    assert!(paid["next_action"].is_null());
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_customer_who_refuses_may_pay_in_another_way() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    shop.anyone.post(&format!("{page}?decision=refuse"), json!({})).await.assert_status(303);
    let refused = shop.get(&payment).await;
    assert_eq!(refused["status"], "requires_payment_method");
    assert_eq!(refused["last_error"], "authentication_failed");
    assert_eq!(shop.confirm(&payment, "tok_success").await["status"], "succeeded");
}

#[tokio::test]
async fn only_the_first_decision_counts() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    for decision in ["approve", "refuse", "approve"] {
        shop.anyone
            .post(&format!("{page}?decision={decision}"), json!({}))
            .await
            .assert_status(303);
    }
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
    let shown = shop.anyone.get(&page).await.assert_status(200);
    assert!(shown.text().contains("nothing left to decide"));
}

#[tokio::test]
async fn without_a_return_url_the_page_says_thank_you() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let page = page(&shop.confirm(&payment, "tok_action").await);
    shop.anyone.post(&format!("{page}?decision=approve"), json!({})).await.assert_status(200);
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
}

#[tokio::test]
async fn paying_in_another_way_takes_the_open_action_back() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    assert_eq!(shop.confirm(&payment, "tok_success").await["status"], "succeeded");
    shop.anyone.post(&format!("{page}?decision=approve"), json!({})).await.assert_status(303);
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn a_retried_confirmation_does_not_take_its_own_action_back() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let (path, client) = (format!("{payment}/confirm"), shop.keyed());
    let first = client.post(&path, json!({ "token": "tok_action" })).await.assert_status(200);
    let again = client.post(&path, json!({ "token": "tok_action" })).await.assert_status(200);
    assert_eq!(again.body, first.body);
    assert_eq!(shop.get(&payment).await["status"], "requires_action");
}

#[tokio::test]
async fn an_action_that_lies_too_long_is_taken_back() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["status"], "requires_payment_method");
    shop.anyone.post(&format!("{page}?decision=approve"), json!({})).await.assert_status(303);
    assert_eq!(shop.charged(&payment).await, (0, 0));
}

#[tokio::test]
async fn a_payment_that_waits_for_the_customer_can_be_canceled() {
    let shop = shop().await;
    let (payment, page) = waiting_for_the_customer(&shop).await;
    let answer = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    assert_eq!(answer.assert_status(200).json()["status"], "canceled");
    shop.anyone.post(&format!("{page}?decision=approve"), json!({})).await.assert_status(303);
    assert_eq!(shop.get(&payment).await["status"], "canceled");
    assert_eq!(shop.charged(&payment).await, (0, 0));
}

#[tokio::test]
async fn a_customer_who_was_faster_than_the_cancellation_has_paid() {
    let shop = shop().await;
    let (payment, _) = waiting_for_the_customer(&shop).await;
    let approved = "update sandbox_charge set status = 'captured', amount_captured = amount";
    sqlx::query(approved).execute(&shop.db).await.unwrap();
    let answer = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    answer.assert_problem(409, "payment_not_cancelable");
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
}

#[tokio::test]
async fn a_decision_is_approve_or_refuse_on_an_action_that_exists() {
    let shop = shop().await;
    let (_, page) = waiting_for_the_customer(&shop).await;
    shop.anyone
        .post(&format!("{page}?decision=perhaps"), json!({}))
        .await
        .assert_problem(422, "invalid");
    shop.anyone.post(&page, json!({})).await.assert_problem(422, "invalid");
    let nowhere = format!("/v1/payments/sandbox/actions/{}", uuid::Uuid::now_v7());
    shop.anyone.get(&nowhere).await.assert_problem(404, "not_found");
    let decided = shop.anyone.post(&format!("{nowhere}?decision=approve"), json!({})).await;
    decided.assert_problem(404, "not_found");
}
