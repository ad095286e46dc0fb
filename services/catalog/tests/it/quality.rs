//! Quality grades: current whatever changed.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// In the channel's locales, in order: German, English.
async fn grades(pim: &Pim, path: &str) -> Value {
    let thing =
        pim.get(&format!("{path}?with_quality_scores=true")).await.assert_status(200).json();
    let entries = thing["quality_scores"].as_array().unwrap().clone();
    assert!(entries.iter().all(|entry| entry["scope"] == "ecommerce"), "{entries:?}");
    entries.into_iter().map(|entry| entry["data"].clone()).collect()
}

#[tokio::test]
async fn a_product_without_family_has_no_grades() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    assert_eq!(grades(&pim, "products/A").await, json!([]));
    assert_eq!(pim.get("products/A").await.json().get("quality_scores"), None);
}

/// 70 points for what is required, 20 for all there is, 10 for the picture.
#[tokio::test]
async fn grades_follow_every_change() {
    let pim = Pim::stocked().await;
    pim.patch_all(
        "families",
        &[json!({"code": "plain", "attributes": ["sku", "name", "brand", "picture"],
        "attribute_as_label": "name", "attribute_as_image": "picture",
        "attribute_requirements": {"ecommerce": ["sku", "name"]}})],
    )
    .await;
    pim.patch_all("products", &[json!({"identifier": "A", "family": "plain"})]).await;
    // (70·50 + 20·25) / 100 = 40
    assert_eq!(grades(&pim, "products/A").await, json!(["E", "E"]));
    let name = json!([{"locale": "en_US", "scope": null, "data": "Mug"}]);
    pim.patch("products/A", json!({"values": {"name": name}})).await.assert_status(204);
    // (70·100 + 20·50) / 100 = 80
    assert_eq!(grades(&pim, "products/A").await, json!(["E", "B"]));
    pim.patch("families/plain", json!({"attribute_as_image": null})).await.assert_status(204);
    // (70·100 + 20·50) / 90 = 88
    assert_eq!(grades(&pim, "products/A").await, json!(["E", "B"]));
    pim.patch("products/A", json!({"values": {"brand": value("Acme")}})).await.assert_status(204);
    // (70·100 + 20·75) / 90 = 94
    assert_eq!(grades(&pim, "products/A").await, json!(["E", "A"]));
    pim.patch("families/plain", json!({"attribute_requirements": {"ecommerce": ["sku"]}}))
        .await
        .assert_status(204);
    // German: (70·100 + 20·50) / 90 = 88
    assert_eq!(grades(&pim, "products/A").await, json!(["B", "A"]));
}

#[tokio::test]
async fn of_a_model_only_what_is_filled_on_its_level_and_above_counts() {
    let pim = Pim::stocked().await;
    pim.patch_all(
        "families",
        &[json!({"code": "plain", "attributes": ["sku", "brand", "color", "ean"],
        "attribute_requirements": {"ecommerce": ["sku", "brand", "ean"]}})],
    )
    .await;
    pim.patch_all(
        "families/plain/variants",
        &[json!({"code": "by_color", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color", "ean", "sku"]}]})],
    )
    .await;
    pim.patch_all("product-models", &[json!({"code": "m", "family_variant": "by_color"})]).await;
    assert_eq!(grades(&pim, "product-models/m").await, json!(["E", "E"]));
    pim.patch("product-models/m", json!({"values": {"brand": value("Acme")}}))
        .await
        .assert_status(204);
    assert_eq!(grades(&pim, "product-models/m").await, json!(["A", "A"]));
}

#[tokio::test]
async fn lists_and_searches_tell_grades_when_asked() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A", "family": "mugs"})]).await;
    let list = pim.get("products?with_quality_scores=true").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"][0]["quality_scores"].as_array().unwrap().len(), 2);
    let found = pim.post("products-uuid/search", json!({"with_quality_scores": true})).await;
    let found = found.assert_status(200).json();
    assert_eq!(found["_embedded"]["items"][0]["quality_scores"].as_array().unwrap().len(), 2);
}
