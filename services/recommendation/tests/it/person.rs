use serde_json::json;

use crate::shop::{Shop, orders, skus};

const FOR_YOU: &str = "/v1/recommendations/for-you";

/// A shop where customer `c9` bought A twice, and many bought A with B.
async fn shop() -> Shop {
    let shop = Shop::open("ABCD").await;
    let buy = |order: &str, sku: &str| {
        json!({ "type": "purchase", "order": order, "customer": "c9", "sku": sku,
                "at": "2026-11-02T12:00:00Z" })
        .to_string()
    };
    let mine = [buy("x1", "A"), buy("x2", "A"), buy("x2", "D")].join("\n");
    shop.learn(&(orders(&["AB", "AB", "AB", "C"]) + "\n" + &mine)).await;
    shop
}

#[tokio::test]
async fn a_customer_sees_what_they_buy_again_and_what_goes_with_it() {
    let shop = shop().await;
    let answer = shop.staff.get(&format!("{FOR_YOU}?customer=c9")).await;
    assert_eq!(skus(&answer), "A D B C");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let items = answer.json()["items"].clone();
    let codes: Vec<_> = (0..4).map(|place| items[place]["reason"]["code"].clone()).collect();
    assert_eq!(codes, ["bought_before", "bought_before", "goes_with_history", "trending"]);
    assert_eq!(items[0]["reason"]["evidence"]["count"], 2);

    let only_new = shop.staff.get(&format!("{FOR_YOU}?customer=c9&new=true")).await;
    assert_eq!(skus(&only_new), "B C");
}

#[tokio::test]
async fn a_customer_cannot_ask_for_another_one() {
    let shop = shop().await;
    let id = uuid::Uuid::now_v7().to_string();
    let me = shop.anyone.bearer(&shop.tokens.issue(&id, &[]));
    for surface in ["for-you", "recently-viewed"] {
        let path = format!("/v1/recommendations/{surface}?customer=c9");
        me.get(&path).await.assert_problem(403, "insufficient_scope");
        shop.anyone.get(&path).await.assert_problem(401, "unauthenticated");
    }
    me.get(&format!("{FOR_YOU}?customer={id}")).await.assert_status(200);
}

#[tokio::test]
async fn a_stranger_sees_what_is_popular() {
    let shop = shop().await;
    let trending = shop.skus("trending").await;
    assert_eq!(shop.skus("for-you").await, trending);
    let new_customer = shop.anyone.bearer(&shop.tokens.customer());
    assert_eq!(skus(&new_customer.get(FOR_YOU).await), trending);
}

#[tokio::test]
async fn what_was_just_viewed_counts_at_once() {
    let shop = Shop::open("ABCD").await;
    let view = |session: &str, sku: &str| json!({ "type": "view", "sku": sku, "session": session });
    for visit in ["v1", "v2", "v3"] {
        let items = json!({ "items": [view(visit, "C"), view(visit, "A")] });
        shop.anyone.post("/v1/interactions", items).await.assert_status(202);
    }
    shop.train().await;
    let items = json!({ "items": [view("mine", "C")] });
    shop.anyone.post("/v1/interactions", items).await.assert_status(202);
    assert_eq!(shop.skus("for-you?session=mine&limit=1").await, "A");
}

#[tokio::test]
async fn what_was_viewed_before_signing_in_is_part_of_the_customers_history() {
    let shop = Shop::open("ABC").await;
    let view = |sku: &str| json!({ "items": [{ "type": "view", "sku": sku, "session": "mine" }] });
    shop.anyone.post("/v1/interactions", view("A")).await.assert_status(202);
    let other = json!({ "items": [{ "type": "view", "sku": "C", "session": "others" }] });
    shop.anyone.post("/v1/interactions", other).await.assert_status(202);
    let me = shop.anyone.bearer(&shop.tokens.customer());
    me.post("/v1/interactions", view("B")).await.assert_status(202);
    assert_eq!(skus(&me.get("/v1/recommendations/recently-viewed").await), "B A");
}

#[tokio::test]
async fn a_session_id_has_a_limit() {
    let shop = Shop::empty().await;
    for bad in ["x".repeat(129), String::new(), "a%00b".to_owned()] {
        let answer = shop.anyone.get(&format!("{FOR_YOU}?session={bad}")).await;
        let problem = answer.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["parameter"], "session");
    }
}
