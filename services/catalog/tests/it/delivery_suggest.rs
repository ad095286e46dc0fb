use serde_json::json;

use crate::shop::{Shop, mug};

#[tokio::test]
async fn words_products_and_categories_are_suggested_while_typing() {
    let shop = Shop::open().await;
    shop.put_all(&[mug("1", "Blue mug"), mug("2", "Blue kettle"), mug("3", "Red mug")]).await;
    let found = shop.get("/v1/suggest?q=blue%20mu").await;
    let texts: Vec<_> =
        found["completions"].as_array().unwrap().iter().map(|c| &c["text"]).collect();
    assert_eq!(texts, ["blue mugs"]);
    assert_eq!(found["products"][0]["sku"], "1");
    let found = shop.get("/v1/suggest?q=mu").await;
    assert_eq!(found["categories"][0]["code"], "mugs");
    assert_eq!(found["categories"][0]["product_count"], 3);
    assert_eq!(found["products"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_beginning_of_a_part_number_suggests_its_product() {
    let shop = Shop::open().await;
    shop.put_all(&[mug("XW4600-B", "Workstation"), mug("2", "Mug")]).await;
    let found = shop.get("/v1/suggest?q=xw46").await;
    assert_eq!(found["products"][0]["sku"], "XW4600-B");
}

#[tokio::test]
async fn nothing_typed_suggests_nothing() {
    let shop = Shop::open().await;
    shop.put(&mug("1", "Mug")).await;
    for query in ["", "?q=", "?q=%20", "?q=zzz"] {
        let found = shop.get(&format!("/v1/suggest{query}")).await;
        assert_eq!(found, json!({"completions": [], "products": [], "categories": []}), "{query}");
    }
    for limit in ["0", "21"] {
        let answer = shop.answer(&format!("/v1/suggest?q=m&limit={limit}")).await;
        answer.assert_problem(422, "invalid");
    }
}
