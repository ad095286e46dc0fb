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
    assert_eq!(answer.json(), json!({ "accepted": 2, "ignored": 0 }));
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
async fn what_a_robot_sends_is_ignored_and_nobody_sends_without_bound() {
    let shop = Shop::open("AB").await;
    let view = |sku: &str| json!({ "type": "view", "sku": sku, "session": "s" });
    let body = json!({ "items": [view("A")] });
    let robot = shop.anyone.header("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)");
    let answer = robot.post(PATH, body.clone()).await.assert_status(202);
    assert_eq!(answer.json(), json!({ "accepted": 0, "ignored": 1 }));
    let many = json!({ "items": vec![view("B"); 500] });
    for accepted in [500, 500, 0] {
        let answer = shop.anyone.post(PATH, many.clone()).await.assert_status(202).json();
        let taken = answer["accepted"].as_u64().unwrap();
        assert!((accepted..accepted + 100).contains(&taken), "{answer}");
    }
    let other = json!({ "items": [{ "type": "view", "sku": "A", "session": "t" }] });
    assert_eq!(shop.anyone.post(PATH, other).await.json()["accepted"], 1);
}

#[tokio::test]
async fn a_visitor_at_inhuman_pace_moves_no_list() {
    let shop = Shop::open("AB").await;
    let robots: Vec<_> = (0..70).map(|n| format!("C{n}")).collect();
    let pages = robots.iter().zip(1000u128..).map(|(sku, id)| {
        json!({ "product_id": uuid::Uuid::from_u128(id), "skus": [sku], "name": sku, "brand": null,
                "categories": [], "price": null, "features": [] })
    });
    shop.publish(pages).await;
    let views: Vec<_> = robots
        .iter()
        .map(|sku| json!({ "type": "view", "sku": sku, "session": "robot" }))
        .collect();
    shop.anyone.post(PATH, json!({ "items": views })).await.assert_status(202);
    let person = json!({ "items": [{ "type": "view", "sku": "A", "session": "person" }] });
    shop.anyone.post(PATH, person).await.assert_status(202);
    shop.train().await;
    let list = shop.anyone.get("/v1/recommendations/trending?limit=2").await.json();
    let codes: Vec<_> = (0..2).map(|n| list["items"][n]["reason"]["code"].clone()).collect();
    assert_eq!(
        (&list["items"][0]["sku"], &codes[..]),
        (&json!("A"), &[json!("trending"), json!("new")][..])
    );
    let similar = shop.anyone.get("/v1/recommendations/similar?product=C5&limit=5").await.json();
    let items = similar["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["reason"]["code"] != "viewed_together"), "{similar}");
}

#[tokio::test]
async fn a_bad_token_is_told() {
    let shop = Shop::empty().await;
    let body = json!({ "items": [{ "type": "view", "sku": "A" }] });
    shop.anyone.bearer("expired").post(PATH, body).await.assert_problem(401, "unauthenticated");
}
