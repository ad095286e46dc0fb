//! Families and family variants.

use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

#[tokio::test]
async fn a_family_always_has_and_requires_the_identifier() {
    let pim = Pim::stocked().await;
    pim.post("families", json!({"code": "cups", "attributes": ["name"]})).await.assert_status(201);
    let family = pim.get("families/cups").await.assert_status(200).json();
    assert_eq!(
        family,
        json!({"code": "cups", "attributes": ["name", "sku"], "attribute_as_label": "sku",
               "attribute_as_image": null, "attribute_requirements": {"ecommerce": ["sku"]},
               "labels": {}, "parent": null})
    );
    let again =
        pim.patch("families/cups", json!({"attributes": ["name"]})).await.assert_status(204);
    assert_eq!(again.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn a_family_keeps_its_rules() {
    let pim = Pim::stocked().await;
    let body = json!({"attribute_as_label": "color", "attribute_as_image": "name"});
    let answer = pim.patch("families/mugs", body).await.assert_status(422).json();
    assert_eq!(
        answer["errors"],
        json!([
            {"property": "attribute_as_label", "message": "Property \"attribute_as_label\" only supports \"pim_catalog_identifier\" and \"pim_catalog_text\" attribute types for the family \"mugs\""},
            {"property": "attribute_as_image", "message": "Property \"attribute_as_image\" only supports \"pim_catalog_image\", \"pim_catalog_asset_collection\" attribute types for the family \"mugs\""},
        ])
    );
    let answer = pim.patch("families/mugs", json!({"attributes": ["ghost"], "attribute_as_label": "sku", "attribute_as_image": null})).await.assert_status(422).json();
    assert!(answer["message"].as_str().unwrap().starts_with("Property \"attributes\" expects a valid attribute code. The attribute does not exist, \"ghost\" given."));
    pim.patch("families/mugs", json!({"attribute_requirements": {"ghost": ["sku"]}}))
        .await
        .assert_status(422);
}

#[tokio::test]
async fn a_family_variant_puts_unique_attributes_on_the_lowest_level() {
    let pim = Pim::stocked().await;
    let sets = json!([{"level": 1, "axes": ["color"], "attributes": ["ean"]}, {"level": 2, "axes": ["size"], "attributes": ["price"]}]);
    pim.post("families/mugs/variants", json!({"code": "two", "variant_attribute_sets": sets}))
        .await
        .assert_status(201);
    let variant = pim.get("families/mugs/variants/two").await.assert_status(200).json();
    assert_eq!(
        variant["variant_attribute_sets"],
        json!([{"level": 1, "axes": ["color"], "attributes": ["color"]},
               {"level": 2, "axes": ["size"], "attributes": ["ean", "price", "size", "sku"]}])
    );
    assert!(variant["common_attributes"].as_array().unwrap().contains(&json!("brand")));
    let again = pim.patch("families/mugs/variants/two", variant).await.assert_status(204);
    assert_eq!(again.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn a_family_variant_keeps_its_rules() {
    let pim = Pim::stocked().await;
    let refused = async |sets: Value| {
        let body = json!({"code": "v", "variant_attribute_sets": sets});
        messages(&pim.post("families/mugs/variants", body).await.assert_status(422).json())
    };
    assert_eq!(
        refused(json!([{"level": 1, "axes": [], "attributes": []}])).await,
        [
            "There should be at least one attribute defined as axis for the attribute set for level \"1\""
        ]
    );
    assert_eq!(
        refused(json!([{"level": 1, "axes": ["name"], "attributes": []}])).await,
        [
            "Variant axes \"name\" must be a boolean, a simple select, a multi select, a metric or a reference entity.",
            "Variant axes \"name\" cannot be localizable, not scopable and not locale specific.",
        ]
    );
    assert_eq!(refused(json!([])).await, ["There should be one or two levels, numbered 1 and 2."]);
    let pim = pim.with_model().await;
    let body =
        json!({"variant_attribute_sets": [{"level": 1, "axes": ["size"], "attributes": []}]});
    let answer =
        pim.patch("families/mugs/variants/mugs_by_color", body).await.assert_status(422).json();
    assert_eq!(messages(&answer), ["The variant axes cannot be changed."]);
    pim.delete("families/mugs/variants/mugs_by_color").await.assert_status(422);
    pim.get("families/ghost/variants").await.assert_status(404);
}

#[tokio::test]
async fn a_unique_attribute_that_a_family_gets_later_is_on_the_lowest_level() {
    let pim = Pim::stocked().await;
    let sets = json!([{"level": 1, "axes": ["color"]}, {"level": 2, "axes": ["size"]}]);
    pim.post("families/mugs/variants", json!({"code": "two", "variant_attribute_sets": sets}))
        .await
        .assert_status(201);
    let gtin =
        json!({"code": "gtin", "type": "pim_catalog_text", "group": "other", "unique": true});
    pim.post("attributes", gtin).await.assert_status(201);
    let mut attributes = pim.get("families/mugs").await.json()["attributes"].clone();
    attributes.as_array_mut().unwrap().push(json!("gtin"));
    pim.patch("families/mugs", json!({"attributes": attributes})).await.assert_status(204);
    let variant = pim.get("families/mugs/variants/two").await.json();
    assert_eq!(
        variant["variant_attribute_sets"],
        json!([{"level": 1, "axes": ["color"], "attributes": ["color"]},
               {"level": 2, "axes": ["size"], "attributes": ["ean", "gtin", "size", "sku"]}])
    );
    let model = json!({"code": "root", "family_variant": "two", "values": {"gtin": value("1")}});
    pim.post("product-models", model).await.assert_status(422);
}

#[tokio::test]
async fn a_unique_attribute_that_is_on_an_upper_level_from_before_moves_down() {
    let pim = Pim::stocked().await;
    let sets = json!([{"level": 1, "axes": ["color"]}, {"level": 2, "axes": ["size"]}]);
    pim.post("families/mugs/variants", json!({"code": "two", "variant_attribute_sets": sets}))
        .await
        .assert_status(201);
    sqlx::query(
        "update family_variant_level
         set attributes = case level when 1 then '{color,ean}' else '{size,sku}' end::text[]
         where family_variant = 'two'",
    )
    .execute(&pim.db)
    .await
    .unwrap();
    pim.patch("families/mugs", json!({"labels": {"en_US": "Mugs"}})).await.assert_status(204);
    let variant = pim.get("families/mugs/variants/two").await.json();
    assert_eq!(
        variant["variant_attribute_sets"],
        json!([{"level": 1, "axes": ["color"], "attributes": ["color"]},
               {"level": 2, "axes": ["size"], "attributes": ["ean", "size", "sku"]}])
    );
}
