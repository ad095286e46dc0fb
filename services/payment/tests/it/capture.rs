use futures::future::join_all;
use serde_json::json;

use crate::shop::{impatient_shop, shop};

#[tokio::test]
async fn all_that_is_authorized_is_captured_at_once() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    let (path, client) = (format!("{payment}/capture"), shop.keyed());
    let answer = client.post(&path, json!({ "amount": null })).await.assert_status(200);
    assert_eq!(answer.json()["status"], "succeeded");
    assert_eq!(answer.json()["attempt_status"], "captured");
    assert_eq!(answer.json()["amount_captured"], 1000);
    assert_eq!(client.post(&path, json!({ "amount": null })).await.body, answer.body);
    assert_eq!(shop.charged(&payment).await, (1000, 1));
    shop.keyed().post(&path, json!({})).await.assert_problem(409, "payment_not_capturable");
}

#[tokio::test]
async fn money_is_captured_in_parts_and_the_rest_released() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    let path = format!("{payment}/capture");
    let part = shop.keyed().post(&path, json!({ "amount": 300 })).await.assert_status(200).json();
    assert_eq!(part["status"], "requires_capture");
    assert_eq!(
        (part["amount_captured"].as_i64(), part["amount_capturable"].as_i64()),
        (Some(300), Some(700))
    );
    let too_much = shop.keyed().post(&path, json!({ "amount": 701 })).await;
    too_much.assert_problem(409, "capture_exceeds_authorized");
    shop.keyed().post(&path, json!({ "amount": 200 })).await.assert_status(200);
    let rest = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await.assert_status(200);
    assert_eq!(rest.json()["status"], "succeeded");
    assert_eq!(rest.json()["amount_captured"], 500);
    assert_eq!(rest.json()["amount_capturable"], 0);
    assert_eq!(shop.charged(&payment).await, (500, 1));
}

#[tokio::test]
async fn captures_at_once_never_exceed_what_is_authorized() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    let path = format!("{payment}/capture");
    let clients: Vec<_> = (0..10).map(|_| shop.keyed()).collect();
    let calls = clients.iter().map(|client| client.post(&path, json!({ "amount": 600 })));
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(shop.charged(&payment).await, (600, 1));
}

#[tokio::test]
async fn an_amount_is_more_than_nothing() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    for amount in [0, -1] {
        let answer =
            shop.keyed().post(&format!("{payment}/capture"), json!({ "amount": amount })).await;
        assert_eq!(answer.assert_problem(422, "invalid").json()["errors"][0]["pointer"], "/amount");
    }
    let answer =
        shop.keyed().post(&format!("{payment}/capture"), json!({ "amount": i64::MAX })).await;
    answer.assert_problem(409, "capture_exceeds_authorized");
}

#[tokio::test]
async fn a_capture_without_answer_is_repeated_until_it_is_done_once() {
    let shop = impatient_shop().await;
    let payment = shop.manual_payment().await;
    shop.confirm(&payment, "tok_later_timeout").await;
    let path = format!("{payment}/capture");
    let open = shop.keyed().post(&path, json!({})).await.assert_status(200).json();
    assert_eq!(open["status"], "processing");
    shop.keyed().post(&path, json!({})).await.assert_problem(409, "operation_in_progress");
    let cancel = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    cancel.assert_problem(409, "operation_in_progress");
    shop.resolve_later().await;
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
}

#[tokio::test]
async fn an_authorization_is_released_by_cancelling() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    let (path, client) = (format!("{payment}/cancel"), shop.keyed());
    let answer = client.post(&path, json!({})).await.assert_status(200);
    assert_eq!(answer.json()["status"], "canceled");
    assert_eq!(answer.json()["amount_capturable"], 0);
    assert_eq!(client.post(&path, json!({})).await.body, answer.body);
    let again = shop.keyed().post(&path, json!({})).await.assert_status(200).json();
    assert_eq!(again["version"], answer.json()["version"]);
    let capture = shop.keyed().post(&format!("{payment}/capture"), json!({})).await;
    capture.assert_problem(409, "payment_not_capturable");
}

#[tokio::test]
async fn a_payment_that_was_never_tried_is_canceled_without_the_provider() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let answer = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    assert_eq!(answer.assert_status(200).json()["status"], "canceled");
}

#[tokio::test]
async fn money_that_is_taken_is_not_canceled_but_refunded() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let answer = shop.keyed().post(&format!("{payment}/cancel"), json!({})).await;
    answer.assert_problem(409, "payment_not_cancelable");
}

#[tokio::test]
async fn a_cancellation_races_a_capture_and_one_of_them_wins() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    let (capture, cancel) = (format!("{payment}/capture"), format!("{payment}/cancel"));
    let (first, second) = (shop.keyed(), shop.keyed());
    let (captured, canceled) =
        tokio::join!(first.post(&capture, json!({})), second.post(&cancel, json!({})));
    assert_ne!(captured.status, canceled.status);
    let expected = if captured.status == 200 { ("succeeded", 1000) } else { ("canceled", 0) };
    assert_eq!(shop.get(&payment).await["status"], expected.0);
    assert_eq!(shop.charged(&payment).await.0, expected.1);
}
