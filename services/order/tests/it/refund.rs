use serde_json::json;

use crate::shop::{Shop, path_of, payment_of};

#[tokio::test]
async fn money_goes_back_in_parts_up_to_what_was_paid() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 2)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/refunds", path_of(&order));
    let answer = staff.key("1").post(&path, json!({"amount": 500, "reason": "scratch"})).await;
    let part = answer.assert_status(201).json();
    assert_eq!(part["payment_status"], "partially_refunded");
    assert_eq!(part["refunds"][0]["status"], "succeeded");
    assert_eq!(part["payment"]["refunded"], 500);
    let answer = staff.key("2").post(&path, json!({"amount": 1991})).await;
    assert_eq!(answer.assert_problem(409, "refund_too_large").json()["left"], 1990);
    let rest = staff.key("3").post(&path, json!({})).await.assert_status(201).json();
    assert_eq!(rest["payment_status"], "refunded");
    assert_eq!(rest["status"], "confirmed");
    staff.key("4").post(&path, json!({})).await.assert_problem(409, "refund_too_large");
    assert_eq!(shop.payment.balance(), 0);
    let facts = shop.facts().await;
    assert_eq!(facts.iter().filter(|kind| *kind == "order.refunded").count(), 2);
}

#[tokio::test]
async fn a_refund_needs_a_key_and_happens_once_under_it() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 1)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/refunds", path_of(&order));
    let body = json!({"amount": 100});
    staff.post(&path, body.clone()).await.assert_problem(400, "idempotency_key_required");
    let first = staff.key("k").post(&path, body.clone()).await.assert_status(201);
    // Keys belong to their caller.
    let other_caller = shop.tokens.staff(&["orders:write"]);
    shop.client(&other_caller).key("k").post(&path, body.clone()).await.assert_status(201);
    let again = staff.key("k").post(&path, body).await.assert_status(201);
    assert_ne!(again.header("idempotent-replayed"), "");
    assert_eq!(again.body, first.body);
    assert_eq!(shop.payment.balance(), 1290);
}

#[tokio::test]
async fn lines_are_refunded_at_what_they_cost_and_restocked() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 3)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/refunds", path_of(&order));
    let body = json!({"lines": [{"sku": "mug", "quantity": 2}], "restock": true});
    staff.key("1").post(&path, body.clone()).await.assert_problem(409, "not_shipped");
    assert_eq!(shop.payment.balance(), 3490);
    let shipments = format!("{}/shipments", path_of(&order));
    staff.post(&shipments, json!({})).await.assert_status(201);
    let order = staff.key("2").post(&path, body).await.assert_status(201).json();
    assert_eq!(order["refunds"][0]["amount"], 2000);
    assert_eq!(order["fulfilment_status"], "partially_returned");
    assert_eq!(shop.level("mug").await, (9, 0, 0));
}

#[tokio::test]
async fn bad_refunds_are_refused() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 1)], "tok_action").await;
    let staff = shop.staff().key("k");
    let path = format!("{}/refunds", path_of(&order));
    staff.post(&path, json!({"amount": 0})).await.assert_problem(422, "invalid");
    staff.post(&path, json!({"restock": true})).await.assert_problem(422, "invalid");
    staff.post(&path, json!({"amount": 1})).await.assert_problem(409, "nothing_to_refund");
    let nowhere = format!("/v1/orders/{}/refunds", uuid::Uuid::now_v7());
    staff.post(&nowhere, json!({"amount": 1})).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_refund_that_takes_time_is_pending_and_then_done() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 1)], "tok_success").await;
    shop.payment.hold_refunds(true);
    let staff = shop.staff().key("k");
    let path = format!("{}/refunds", path_of(&order));
    let pending = staff.post(&path, json!({"amount": 100})).await.assert_status(201).json();
    assert_eq!(pending["refunds"][0]["status"], "pending");
    assert_eq!(pending["payment_status"], "paid");
    shop.work().await;
    shop.payment.hold_refunds(false);
    shop.work().await;
    let done = shop.staff().get(&path_of(&order)).await.json();
    assert_eq!(done["refunds"][0]["status"], "succeeded");
    assert_eq!(done["payment_status"], "partially_refunded");
    assert_eq!(shop.payment.balance(), 1390);
}

#[tokio::test]
async fn a_refused_refund_is_left_to_people_and_holds_up_no_news() {
    let shop = Shop::open().await;
    let (client, staff) = (shop.customer(), shop.staff());
    let order = shop.order(&client, &[("mug", 1)], "tok_unknown").await;
    let path = path_of(&order);
    client.post(&format!("{path}/cancel"), json!({})).await.assert_status(200);
    shop.payment.refuse_refunds(true);
    shop.payment.succeed(payment_of(&order));
    shop.follow_payments().await;
    shop.work().await;
    let refused = staff.get(&path).await.json();
    assert_eq!(refused["refunds"][0]["status"], "failed");
    shop.payment.change(payment_of(&order), |_| {});
    shop.follow_payments().await;
    let refused = staff.get(&path).await.json();
    assert_eq!(refused["refunds"].as_array().unwrap().len(), 1, "it is not tried for ever");

    shop.payment.refuse_refunds(false);
    let body = json!({"amount": 1490});
    staff.key("by hand").post(&format!("{path}/refunds"), body).await.assert_status(201);
    assert_eq!(shop.payment.balance(), 0);
}
