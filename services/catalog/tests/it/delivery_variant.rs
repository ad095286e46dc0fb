use serde_json::json;
use uuid::Uuid;

use crate::shop::{NewProduct, Shop, mug, stored};

/// A shirt in blue and red, small and medium.
async fn shirt(shop: &Shop) -> (Uuid, Vec<NewProduct>) {
    let name = json!([{"locale": "en_US", "scope": null, "data": "Shirt"}]);
    let model = shop.put_model("shirt", json!({"name": name, "brand": stored("nordlicht")})).await;
    let mut variants = Vec::new();
    for color in ["red", "blue"] {
        let picture = stored(format!("{color}.png"));
        let values = json!({"color": stored(color), "picture": picture});
        let submodel = shop.put_submodel(&format!("shirt-{color}"), model, values).await;
        for (size, price) in [("m", "12.00"), ("s", "10.00")] {
            let sku = format!("SHIRT-{color}-{size}");
            let variant = mug(&sku, "").of(submodel).value("size", size).euros(price);
            variants.push(variant.value("ean", format!("ean-{color}-{size}")));
        }
    }
    shop.put_all(&variants).await;
    (model, variants)
}

#[tokio::test]
async fn variants_of_two_levels_are_one_page_with_choices() {
    let shop = Shop::open().await;
    let (model, _) = shirt(&shop).await;
    let page = shop.get("/v1/products/shirt").await;
    assert_eq!(page["id"], json!(model));
    assert_eq!(page["brand"], "Nordlicht");
    assert_eq!(page["price"]["amount"], 1000);
    assert_eq!(page["price_range"], json!({"min": 1000, "max": 1200}));
    assert_eq!(page["variant_count"], 4);
    assert_eq!(
        page["options"],
        json!([
            {"code": "color", "label": "Color",
             "values": [{"code": "blue", "label": "Blue"}, {"code": "red", "label": "Red"}]},
            {"code": "size", "label": "Size",
             "values": [{"code": "s", "label": "Small"}, {"code": "m", "label": "Medium"}]},
        ])
    );
    let variant = &page["variants"][1];
    assert_eq!(variant["sku"], "SHIRT-blue-m");
    assert_eq!(variant["name"], "Shirt, Blue, Medium");
    assert_eq!(variant["options"], json!({"color": "blue", "size": "m"}));
    assert_eq!(variant["price"]["amount"], 1200);
    assert_eq!(variant["image"]["url"], "/media/blue.png");
    assert_eq!(variant["attributes"][0]["value"], "ean-blue-m");
    assert_eq!(page["image"]["url"], "/media/blue.png");
    assert_eq!(page["category_path"], json!([{"code": "clothes", "label": "Clothes"}]));
}

#[tokio::test]
async fn a_page_lives_as_long_as_one_of_its_variants_is_enabled() {
    let shop = Shop::open().await;
    let (_, variants) = shirt(&shop).await;
    let (last, others) = variants.split_last().unwrap();
    let disabled: Vec<_> = others.iter().map(|variant| variant.clone().disabled()).collect();
    shop.put_all(&disabled).await;
    let page = shop.get("/v1/products/shirt").await;
    assert_eq!(page["variant_count"], 1);
    assert_eq!(page["sku"], "SHIRT-blue-s");
    shop.put(&last.clone().disabled()).await;
    shop.answer("/v1/products/shirt").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_page_is_found_filtered_and_counted_by_what_its_variants_have() {
    let shop = Shop::open().await;
    shirt(&shop).await;
    for query in
        ["filter[color]=red", "filter[size]=m", "q=red shirt", "q=SHIRT-red-m", "q=ean-blue-s"]
    {
        let list = shop.get(&format!("/v1/products?{}", query.replace(' ', "%20"))).await;
        assert_eq!(list["total"], 1, "{query}");
    }
    let list = shop.get("/v1/products?facets=size,price").await;
    assert_eq!(list["facets"][0]["values"][0]["count"], 1);
    assert_eq!(list["facets"][1]["range"], json!({"min": 1000.0, "max": 1200.0}));
    assert_eq!(shop.get("/v1/products/by-sku/SHIRT-red-m").await["slug"], "shirt");
}

#[tokio::test]
async fn a_variant_is_shown_with_what_it_overrides() {
    let shop = Shop::open().await;
    let (_, variants) = shirt(&shop).await;
    let variant = variants[0].clone().value("brand", "acme");
    let variant = variant.localized("name", "en_US", "Deluxe shirt");
    shop.put(&variant).await;
    let page = shop.get("/v1/products/shirt").await;
    assert_eq!((&page["name"], &page["brand"]), (&json!("Shirt"), &json!("Nordlicht")));
    let variants = page["variants"].as_array().unwrap();
    let find = |sku: &str| variants.iter().find(|variant| variant["sku"] == sku).unwrap();
    let own = find("SHIRT-red-m");
    assert_eq!(own["name"], "Deluxe shirt, Red, Medium");
    let brand = |variant: &serde_json::Value| {
        let attributes = variant["attributes"].as_array().unwrap();
        attributes.iter().find(|entry| entry["code"] == "brand").map(|entry| entry["value"].clone())
    };
    assert_eq!(brand(own), Some(json!("acme")));
    assert_eq!(brand(find("SHIRT-red-s")), None, "what all have stands on the page");
    let list = shop.get("/v1/products?filter%5Bbrand%5D=acme").await;
    assert_eq!(list["total"], 1, "found by what a variant overrides");
}
