use serde_json::json;

use crate::shop::{Shop, skus};

const PATH: &str = "/v1/interactions";

#[tokio::test]
async fn anyone_may_tell_what_was_viewed() {
    let shop = Shop::open("AB").await;
    let body = json!({ "items": [
        { "type": "view", "sku": "A", "session": "visit-1" },
        { "type": "add_to_cart", "sku": "B", "session": "visit-1" },
    ]});
    let answer = shop.anyone.post(PATH, body).await.assert_status(202);
    assert_eq!(answer.json(), json!({ "accepted": 2 }));
    assert_eq!(shop.skus("recently-viewed?session=visit-1").await, "B A");
    assert_eq!(shop.skus("recently-viewed?session=visit-2").await, "");
}

#[tokio::test]
async fn who_did_it_is_taken_from_the_token_and_never_from_the_body() {
    let shop = Shop::open("AB").await;
    let me = shop.anyone.bearer(&shop.tokens.customer());
    let body = json!({ "items": [{ "type": "view", "sku": "A" }] });
    me.post(PATH, body).await.assert_status(202);
    assert_eq!(skus(&me.get("/v1/recommendations/recently-viewed").await), "A");

    let body = json!({ "items": [{ "type": "view", "sku": "B", "customer": "somebody" }] });
    let problem = me.post(PATH, body).await.assert_problem(422, "invalid").json();
    assert_eq!(problem["errors"][0]["pointer"], "/items/0/customer");
}

#[tokio::test]
async fn an_anonymous_shopper_has_a_history_too() {
    let shop = Shop::open("AB").await;
    let shopper = shop.anyone.bearer(&shop.tokens.anonymous());
    let body = json!({ "items": [{ "type": "click", "sku": "B" }] });
    shopper.post(PATH, body).await.assert_status(202);
    assert_eq!(skus(&shopper.get("/v1/recommendations/recently-viewed").await), "B");
}

#[tokio::test]
async fn a_retry_is_not_counted_twice() {
    let shop = Shop::open("A").await;
    let body = json!({ "items": [
        { "type": "view", "sku": "A", "session": "s", "at": "2026-11-01T12:00:00Z" }
    ]});
    shop.anyone.post(PATH, body.clone()).await.assert_status(202);
    shop.anyone.post(PATH, body).await.assert_status(202);
    let keyed = shop.anyone.bearer(&shop.tokens.anonymous()).key("one");
    let now = json!({ "items": [{ "type": "view", "sku": "A" }] });
    keyed.post(PATH, now.clone()).await.assert_status(202);
    let replay = keyed.post(PATH, now).await.assert_status(202);
    assert_eq!(replay.header("idempotent-replayed"), "true");
    assert_eq!(shop.train().await["interactions"], 2);
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_and_nothing_is_kept() {
    let shop = Shop::open("A").await;
    let good = json!({ "type": "view", "sku": "A", "session": "s" });
    for (bad, pointer) in [
        (json!({ "type": "view" }), "/items/1/sku"),
        (json!({ "type": "view", "sku": "A", "session": "" }), "/items/1/session"),
        (json!({ "type": "view", "sku": "A", "session": "x".repeat(129) }), "/items/1/session"),
        (json!({ "type": "stare", "sku": "A" }), "/items/1/type"),
        (json!({ "type": "view", "sku": " A" }), "/items/1/sku"),
        (json!({ "type": "view", "sku": "A", "at": "1066-10-14T09:00:00Z" }), "/items/1/at"),
    ] {
        let answer = shop.anyone.post(PATH, json!({ "items": [good, bad] })).await;
        let problem = answer.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    for count in [0, 501] {
        let items = vec![good.clone(); count];
        let answer = shop.anyone.post(PATH, json!({ "items": items })).await;
        let problem = answer.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["pointer"], "/items");
    }
    assert_eq!(shop.train().await["interactions"], 0);
}

#[tokio::test]
async fn a_bad_token_is_told() {
    let shop = Shop::empty().await;
    let body = json!({ "items": [{ "type": "view", "sku": "A" }] });
    shop.anyone.bearer("expired").post(PATH, body).await.assert_problem(401, "unauthenticated");
}
