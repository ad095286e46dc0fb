//! What staff pin, boost, bury and redirect.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::shop::{Shop, mug, skus};

/// Five mugs; the later ones are newer, and the earlier ones match "mug" better.
async fn mugs() -> Shop {
    let shop = Shop::open().await;
    for (sku, name, brand) in [
        ("A", "Mug", "acme"),
        ("B", "Mug blue", "acme"),
        ("C", "Mug blue large", "nordlicht"),
        ("D", "Mug blue large heavy", "acme"),
    ] {
        shop.put(&mug(sku, name).value("brand", brand)).await;
    }
    shop.put(&mug("KETTLE", "Kettle").value("brand", "acme").categories(&["kettles"])).await;
    shop
}

#[tokio::test]
async fn pinned_pages_come_first_in_their_order_whether_they_match_or_not() {
    let shop = mugs().await;
    assert_eq!(shop.skus("/v1/products?q=mug").await, ["A", "B", "C", "D"]);
    let pin = json!(["KETTLE", "D", "NOTHING", "D"]);
    shop.say("search-rules/mugs", json!({"query": "Mug", "pin": pin})).await;
    let found = shop.get("/v1/products?q=mug&facets=brand").await;
    assert_eq!(skus(&found), ["KETTLE", "D", "A", "B", "C"]);
    assert_eq!(found["total"], 5);
    assert_eq!(found["facets"][0]["values"][0]["count"], 4);
    assert_eq!(shop.skus("/v1/products?q=mug&filter[brand]=nordlicht").await, ["C"]);
    assert_eq!(shop.skus("/v1/products?q=mug&sort=-name").await, ["D", "C", "B", "A"]);
    assert_eq!(shop.skus("/v1/products?q=blue+mug").await, ["B", "C", "D", "A"]);
}

#[tokio::test]
async fn boosted_pages_come_before_the_others_and_buried_ones_last() {
    let shop = mugs().await;
    let rule = json!({"query": "mug", "match": "contains",
                      "boost": [{"attribute": "brand", "values": ["nordlicht"]}],
                      "bury": [{"skus": ["A", "C"]}, {"attribute": "brand", "values": ["none"]}]});
    shop.say("search-rules/mugs", rule).await;
    assert_eq!(shop.skus("/v1/products?q=mug").await, ["B", "D", "A", "C"]);
    shop.say("search-rules/mugs", json!({"bury": [{"skus": ["A"]}]})).await;
    assert_eq!(shop.skus("/v1/products?q=mug").await, ["C", "B", "D", "A"]);
    assert_eq!(shop.skus("/v1/products?q=large+mug").await, ["C", "D", "B", "A"]);
}

#[tokio::test]
async fn a_rule_of_a_category_orders_its_list() {
    let shop = mugs().await;
    assert_eq!(shop.skus("/v1/products?category=mugs").await, ["D", "C", "B", "A"]);
    let rule = json!({"category": "mugs", "pin": ["B", "KETTLE"], "bury": [{"skus": ["D"]}]});
    shop.say("search-rules/mugs", rule).await;
    assert_eq!(shop.skus("/v1/products?category=mugs").await, ["B", "C", "A", "D"]);
    assert_eq!(shop.skus("/v1/products?category=kitchen").await, ["KETTLE", "D", "C", "B", "A"]);
    let newest = shop.skus("/v1/products?category=mugs&sort=newest").await;
    assert_eq!(newest, ["D", "C", "B", "A"]);
}

#[tokio::test]
async fn pages_of_an_ordered_list_have_every_product_once() {
    let shop = mugs().await;
    let rule = json!({"query": "mug", "pin": ["D", "KETTLE"], "bury": [{"skus": ["A"]}],
                      "boost": [{"skus": ["C"]}]});
    shop.say("search-rules/mugs", rule).await;
    let whole = shop.skus("/v1/products?q=mug").await;
    assert_eq!(whole, ["D", "KETTLE", "C", "B", "A"]);
    let (mut walked, mut path) = (Vec::new(), "/v1/products?q=mug&limit=1".to_owned());
    for _ in 0..whole.len() {
        let page = shop.get(&path).await;
        walked.extend(skus(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/products?q=mug&limit=1&cursor={cursor}");
    }
    assert_eq!(walked, whole);
}

#[tokio::test]
async fn a_redirect_is_told_beside_the_results() {
    let shop = mugs().await;
    shop.say("search-rules/sale", json!({"query": "sale", "redirect": "/pages/sale"})).await;
    assert_eq!(shop.get("/v1/products?q=Sale").await["query"]["redirect"], "/pages/sale");
    assert_eq!(shop.get("/v1/products?q=mug").await["query"]["redirect"], Value::Null);
}

#[tokio::test]
async fn a_rule_holds_where_and_when_it_is_meant_to() {
    let shop = mugs().await;
    let is_in_force = async |change: Value| {
        shop.say("search-rules/mugs", change).await;
        shop.get("/v1/products?q=mug").await["query"]["redirect"] == "/mugs"
    };
    let (past, future) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::hours(1));
    assert!(is_in_force(json!({"query": "mug", "redirect": "/mugs"})).await);
    assert!(!is_in_force(json!({"enabled": false})).await);
    assert!(is_in_force(json!({"enabled": true, "starts_at": past, "ends_at": future})).await);
    assert!(!is_in_force(json!({"starts_at": null, "ends_at": past})).await);
    assert!(!is_in_force(json!({"starts_at": future, "ends_at": null})).await);
    assert!(!is_in_force(json!({"starts_at": null, "channels": ["mobile"]})).await);
    assert!(is_in_force(json!({"channels": ["ecommerce"], "locales": ["en_US"]})).await);
    assert!(!is_in_force(json!({"locales": ["de_DE"]})).await);
}
