use serde_json::json;

use crate::shop::shop;

#[tokio::test]
async fn every_change_of_a_payment_is_told_in_order_with_the_whole_payment() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    shop.keyed()
        .post(&format!("{payment}/refunds"), json!({ "amount": 1 }))
        .await
        .assert_status(201);
    let events = shop.get("/internal/feed").await;
    let events = events.as_array().unwrap();
    let story: Vec<_> = events
        .iter()
        .map(|event| {
            (event["data"]["version"].as_i64().unwrap(), event["data"]["status"].as_str().unwrap())
        })
        .collect();
    let expected = [
        (1, "requires_payment_method"),
        (2, "processing"),
        (3, "succeeded"),
        (4, "succeeded"),
        (5, "succeeded"),
    ];
    assert_eq!(story, expected);
    let last = events.last().unwrap();
    assert_eq!(last["type"], "payment.changed");
    assert_eq!(last["source"], "/payment");
    assert_eq!(last["data"], shop.get(&payment).await);
    let after = last["sequence"].as_str().unwrap();
    assert_eq!(shop.get(&format!("/internal/feed?after={after}")).await, json!([]));
}

#[tokio::test]
async fn the_feed_is_for_our_own_services() {
    let shop = shop().await;
    let staff = shop.anyone.bearer(&shop.tokens.staff(&["payments:read", "payments:write"]));
    staff.get("/internal/feed").await.assert_problem(403, "insufficient_scope");
    shop.anyone.get("/internal/feed").await.assert_problem(401, "unauthenticated");
    shop.order.get("/internal/feed?limit=0").await.assert_problem(422, "invalid");
}
