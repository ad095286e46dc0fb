//! Bodies as clients read them: for each noun all its properties.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::pim::{Pim, value};

/// Without what is different each time; that must be there.
fn without(mut body: Value, names: &[&str]) -> Value {
    for name in names {
        let text = body.as_object_mut().unwrap().remove(*name).unwrap();
        assert!(text.is_string(), "{name}: {text}");
    }
    body
}

#[tokio::test]
async fn product() {
    let pim = Pim::stocked().await;
    let id = Uuid::now_v7();
    let values = json!({"sku": value("MUG-1"), "brand": value("Acme")});
    pim.patch_all("products-uuid", &[json!({"uuid": id, "family": "mugs", "categories": ["master", "kitchen"], "values": values})]).await;
    let none = json!({"products": [], "product_models": [], "groups": []});
    let mut expected = json!({
        "uuid": id, "enabled": true, "family": "mugs", "categories": ["kitchen", "master"], "groups": [],
        "parent": null, "values": values, "quantified_associations": {},
        "associations": {"PACK": none, "SUBSTITUTION": none, "UPSELL": none, "X_SELL": none},
        "metadata": {"workflow_status": "working_copy"},
    });
    let times = ["created", "updated"];
    let read = pim.get(&format!("products-uuid/{id}")).await.json();
    assert!(read["created"].as_str().unwrap().ends_with("+00:00"), "{read}");
    assert_eq!(without(read, &times), expected);
    expected["identifier"] = "MUG-1".into();
    assert_eq!(without(pim.get("products/MUG-1").await.json(), &times), expected);
    expected["completenesses"] = json!([
        {"scope": "ecommerce", "locale": "de_DE", "data": 66},
        {"scope": "ecommerce", "locale": "en_US", "data": 66},
    ]);
    let read = pim.get("products/MUG-1?with_completenesses=true").await.json();
    assert_eq!(without(read, &times), expected);
}

#[tokio::test]
async fn variant() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all(
        "products",
        &[json!({"identifier": "V", "parent": "amor", "values": {"color": value("red")}})],
    )
    .await;
    let variant = pim.get("products/V").await.json();
    assert_eq!(
        variant["values"],
        json!({"sku": value("V"), "color": value("red"), "brand": value("Acme")})
    );
    assert_eq!(variant["categories"], json!(["kitchen"]));
    for (property, expected) in [("family", "mugs"), ("parent", "amor"), ("root_parent", "amor")] {
        assert_eq!(variant[property], expected);
    }
}

#[tokio::test]
async fn product_model() {
    let pim = Pim::stocked().await.with_model().await;
    let none = json!({"products": [], "product_models": [], "groups": []});
    assert_eq!(
        without(pim.get("product-models/amor").await.json(), &["created", "updated"]),
        json!({
            "code": "amor", "family": "mugs", "family_variant": "mugs_by_color", "parent": null,
            "categories": ["kitchen"], "values": {"brand": value("Acme")}, "quantified_associations": {},
            "associations": {"PACK": none, "SUBSTITUTION": none, "UPSELL": none, "X_SELL": none},
            "metadata": {"workflow_status": "working_copy"},
        })
    );
}

#[tokio::test]
async fn family() {
    let pim = Pim::stocked().await;
    pim.patch(
        "families/cups",
        json!({"attributes": ["sku", "name"], "attribute_as_label": "name",
        "attribute_requirements": {"ecommerce": ["name"]}, "labels": {"en_US": "Cups"}}),
    )
    .await
    .assert_status(201);
    assert_eq!(
        pim.get("families/cups").await.json(),
        json!({"code": "cups", "attributes": ["name", "sku"], "attribute_as_label": "name",
               "attribute_as_image": null, "attribute_requirements": {"ecommerce": ["name", "sku"]},
               "labels": {"en_US": "Cups"}, "parent": null})
    );
}

#[tokio::test]
async fn family_variant() {
    let pim = Pim::stocked().await.with_model().await;
    let variant = pim.get("families/mugs/variants/mugs_by_color").await.json();
    assert_eq!(variant["labels"], json!({}));
    let sets = variant["variant_attribute_sets"].as_array().unwrap();
    assert_eq!((&sets[0]["level"], &sets[0]["axes"]), (&json!(1), &json!(["color"])));
    let attributes = sets[0]["attributes"].as_array().unwrap();
    assert!(
        attributes.contains(&json!("sku")) && attributes.contains(&json!("ean")),
        "unique ones are lowest"
    );
    assert!(variant["common_attributes"].as_array().unwrap().contains(&json!("brand")));
}

#[tokio::test]
async fn attribute_option() {
    let pim = Pim::stocked().await;
    assert_eq!(
        pim.get("attributes/color/options/red").await.json(),
        json!({"code": "red", "attribute": "color", "sort_order": 0, "labels": {"en_US": "Red"}})
    );
}

#[tokio::test]
async fn attribute_group() {
    let pim = Pim::open().await;
    pim.patch("attribute-groups/marketing", json!({"sort_order": 4})).await.assert_status(201);
    assert_eq!(
        pim.get("attribute-groups/marketing").await.json(),
        json!({"code": "marketing", "sort_order": 4, "attributes": [], "labels": {}})
    );
}

#[tokio::test]
async fn category() {
    let pim = Pim::stocked().await;
    assert_eq!(
        without(pim.get("categories/kitchen").await.json(), &["updated"]),
        json!({"code": "kitchen", "parent": "master", "position": 0, "labels": {}, "values": {}, "channel_requirements": []})
    );
}

#[tokio::test]
async fn channel() {
    let pim = Pim::stocked().await;
    assert_eq!(
        pim.get("channels/ecommerce").await.json(),
        json!({"code": "ecommerce", "category_tree": "master", "locales": ["de_DE", "en_US"],
               "currencies": ["EUR", "USD"], "conversion_units": {}, "labels": {}})
    );
}

#[tokio::test]
async fn locale_and_currency() {
    let pim = Pim::stocked().await;
    assert_eq!(pim.get("locales/en_US").await.json(), json!({"code": "en_US", "enabled": true}));
    assert_eq!(
        pim.get("currencies/EUR").await.json(),
        json!({"code": "EUR", "enabled": true, "label": "EUR (Euro)"})
    );
}

#[tokio::test]
async fn association_type() {
    let pim = Pim::open().await;
    pim.patch("association-types/upsell", json!({})).await.assert_status(201);
    assert_eq!(
        pim.get("association-types/upsell").await.json(),
        json!({"code": "upsell", "labels": {}, "is_quantified": false, "is_two_way": false})
    );
}

#[tokio::test]
async fn measurement_family() {
    let pim = Pim::open().await;
    let families = pim.get("measurement-families").await.json();
    let families = families.as_array().unwrap();
    let temperature = families.iter().find(|family| family["code"] == "Temperature").unwrap();
    assert_eq!(temperature["standard_unit_code"], "KELVIN");
    let celsius = &temperature["units"]["CELSIUS"];
    assert_eq!(celsius["convert_from_standard"], json!([{"operator": "add", "value": "273.15"}]));
    assert_eq!((&celsius["code"], &celsius["symbol"]), (&json!("CELSIUS"), &json!("°C")));
}
