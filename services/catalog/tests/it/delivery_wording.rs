//! Synonyms and stop words of staff.

use serde_json::json;

use crate::shop::{Shop, mug};

async fn furniture() -> Shop {
    let shop = Shop::open().await;
    let red = mug("SOFA", "Red sofa").localized("name", "de_DE", "Rotes Sofa");
    shop.put_all(&[red, mug("BED", "Dog bed"), mug("TV", "Television set")]).await;
    shop
}

#[tokio::test]
async fn a_synonym_finds_what_the_shopper_calls_otherwise() {
    let shop = furniture().await;
    assert_eq!(shop.get("/v1/products?q=couch").await["total"], 0);
    shop.say("synonyms/sofa", json!({"words": ["sofa", "couch", "love seat"]})).await;
    for typed in ["couch", "couches", "red+couch", "love+seat", "love+seat+red", "sofa"] {
        let found = shop.get(&format!("/v1/products?q={typed}")).await;
        assert_eq!(
            (&found["total"], &found["items"][0]["sku"]),
            (&json!(1), &json!("SOFA")),
            "{typed}"
        );
        assert_eq!(found["query"], json!({}), "{typed}");
    }
    assert_eq!(shop.get("/v1/products?q=blue+couch&sort=relevance").await["total"], 1);
    let suggested = shop.get("/v1/suggest?q=couch+re").await;
    assert_eq!(suggested["products"][0]["sku"], "SOFA");
}

#[tokio::test]
async fn a_synonym_of_several_words_is_all_of_them() {
    let shop = furniture().await;
    shop.say("synonyms/tv", json!({"input": "tv", "words": ["television set"]})).await;
    assert_eq!(shop.skus("/v1/products?q=tv").await, ["TV"]);
    shop.say("synonyms/basket", json!({"input": "basket", "words": ["dog set"]})).await;
    assert_eq!(shop.get("/v1/products?q=basket").await["total"], 0);
}

#[tokio::test]
async fn a_synonym_holds_in_its_locales_and_as_long_as_it_is_there() {
    let shop = furniture().await;
    let body = json!({"locales": ["de_DE"], "words": ["sofa", "kanapee"]});
    shop.say("synonyms/sofa", body).await;
    assert_eq!(shop.skus("/v1/products?q=kanapee&locale=de_DE").await, ["SOFA"]);
    assert_eq!(shop.get("/v1/products?q=kanapee").await["total"], 0);
    shop.say("synonyms/sofa", json!({"words": ["sofa", "diwan"]})).await;
    assert_eq!(shop.get("/v1/products?q=kanapee&locale=de_DE").await["total"], 0);
}

#[tokio::test]
async fn stop_words_of_staff_are_left_aside() {
    let shop = furniture().await;
    shop.put(&mug("LAMP", "Cheap lamp")).await;
    let find = async || {
        let mut found = shop.skus("/v1/products?q=cheap+dog+online").await;
        found.sort();
        found
    };
    assert_eq!(find().await, ["BED", "LAMP"]);
    shop.say("stop-word-sets/shopping", json!({"words": ["cheap", "online", "sofa"]})).await;
    assert_eq!(find().await, ["BED"]);
    assert_eq!(shop.skus("/v1/products?q=sofa").await, ["SOFA"]);
}
