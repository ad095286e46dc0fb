use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::shop::{impatient_shop, shop};

#[tokio::test]
async fn a_refund_gives_back_a_part_and_another_all_that_is_left() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let (path, client) = (format!("{payment}/refunds"), shop.keyed());
    let body = json!({ "amount": 300, "reason": "damaged" });
    let answer = client.post(&path, body.clone()).await.assert_status(201);
    let refund = answer.json();
    assert_eq!(refund["status"], "succeeded");
    assert_eq!(refund["amount"], json!({ "amount": 300, "currency": "EUR" }));
    assert_eq!(refund["reason"], "damaged");
    assert_eq!(client.post(&path, body).await.body, answer.body);
    assert_eq!(shop.get(&payment).await["amount_refunded"], 300);

    let rest = shop.keyed().post(&path, json!({})).await.assert_status(201).json();
    assert_eq!(rest["amount"]["amount"], 700);
    assert_eq!(shop.charged(&payment).await, (0, 1));
    let refunded = shop.get(&payment).await;
    assert_eq!(
        (refunded["status"].as_str(), refunded["amount_refunded"].as_i64()),
        (Some("succeeded"), Some(1000))
    );
    shop.keyed().post(&path, json!({})).await.assert_problem(409, "refund_exceeds_captured");
}

#[tokio::test]
async fn refunds_at_once_never_exceed_what_was_captured() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let path = format!("{payment}/refunds");
    let clients: Vec<_> = (0..12).map(|_| shop.keyed()).collect();
    let calls = clients.iter().map(|client| client.post(&path, json!({ "amount": 300 })));
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    for refused in answers.into_iter().filter(|answer| answer.status != 201) {
        refused.assert_problem(409, "refund_exceeds_captured");
    }
    assert_eq!(shop.charged(&payment).await, (100, 1));
    assert_eq!(shop.get(&payment).await["amount_refunded"], 900);
}

#[tokio::test]
async fn a_client_chosen_id_refunds_once() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let path = format!("{payment}/refunds");
    let id = Uuid::now_v7();
    let first =
        shop.keyed().post(&path, json!({ "id": id, "amount": 300 })).await.assert_status(201);
    let again =
        shop.keyed().post(&path, json!({ "id": id, "amount": 300 })).await.assert_status(201);
    assert_eq!(again.json(), first.json());
    let other = shop.keyed().post(&path, json!({ "id": id, "amount": 200 })).await;
    other.assert_problem(409, "refund_id_taken");
    assert_eq!(shop.charged(&payment).await, (700, 1));
}

#[tokio::test]
async fn refunds_are_listed_oldest_first_in_pages() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let path = format!("{payment}/refunds");
    for amount in [1, 2, 3] {
        shop.keyed().post(&path, json!({ "amount": amount })).await.assert_status(201);
    }
    let first = shop.get(&format!("{path}?limit=2")).await;
    assert_eq!(first["items"][1]["amount"]["amount"], 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = shop.get(&format!("{path}?cursor={cursor}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["amount"]["amount"], 3);
}

#[tokio::test]
async fn only_captured_money_is_refunded() {
    let shop = shop().await;
    for payment in [shop.payment().await, shop.authorized().await] {
        let answer = shop.keyed().post(&format!("{payment}/refunds"), json!({ "amount": 1 })).await;
        answer.assert_problem(409, "payment_not_refundable");
    }
}

#[tokio::test]
async fn a_refund_without_answer_is_pending_and_repeated_until_it_is_done_once() {
    let shop = impatient_shop().await;
    let payment = shop.paid_with("tok_later_timeout").await;
    let path = format!("{payment}/refunds");
    let refund = shop.keyed().post(&path, json!({ "amount": 400 })).await.assert_status(201).json();
    assert_eq!(refund["status"], "pending");
    let too_much = shop.keyed().post(&path, json!({ "amount": 601 })).await;
    too_much.assert_problem(409, "refund_exceeds_captured");
    shop.resolve_later().await;
    assert_eq!(shop.get(&path).await["items"][0]["status"], "succeeded");
    assert_eq!(shop.get(&payment).await["amount_refunded"], 400);
    assert_eq!(shop.charged(&payment).await, (600, 1));
}

#[tokio::test]
async fn a_refund_that_breaks_a_rule_is_refused_by_name() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    for (body, pointer) in [
        (json!({ "amount": 0 }), "/amount"),
        (json!({ "amount": "all" }), "/amount"),
        (json!({ "reason": "x".repeat(501) }), "/reason"),
        (json!({ "reason": "\u{0}" }), "/reason"),
        (json!({ "id": "x" }), "/id"),
    ] {
        let answer = shop.keyed().post(&format!("{payment}/refunds"), body).await;
        assert_eq!(answer.assert_problem(422, "invalid").json()["errors"][0]["pointer"], pointer);
    }
    let key = "x".repeat(256);
    let answer = shop.order.key(&key).post(&format!("{payment}/refunds"), json!({})).await;
    answer.assert_problem(400, "invalid_idempotency_key");
}
