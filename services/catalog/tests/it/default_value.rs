//! Values that new products and product models have unless they say another.

use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

/// Mugs are dishwasher safe, those of one color are sold in pairs, unless somebody says another.
async fn mugs() -> Pim {
    let pim = Pim::stocked().await;
    set_default(&pim, "dishwasher_safe", json!(true)).await;
    let attribute = json!({"code": "in_pairs", "type": "pim_catalog_boolean", "group": "other", "default_value": false});
    pim.patch_all("attributes", &[attribute]).await;
    add_to_family(&pim, "in_pairs").await;
    let levels = json!({"code": "by_color", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color", "in_pairs"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    pim
}

async fn set_default(pim: &Pim, attribute: &str, value: Value) {
    let path = format!("attributes/{attribute}");
    pim.patch(&path, json!({"default_value": value})).await.assert_status(204);
}

async fn add_to_family(pim: &Pim, attribute: &str) {
    let mut attributes = pim.get("families/mugs").await.json()["attributes"].clone();
    attributes.as_array_mut().unwrap().push(json!(attribute));
    pim.patch("families/mugs", json!({"attributes": attributes})).await.assert_status(204);
}

async fn read(pim: &Pim, path: &str, attribute: &str) -> Value {
    pim.get(path).await.assert_status(200).json()["values"][attribute].clone()
}

#[tokio::test]
async fn a_new_product_has_the_default_values_of_its_family() {
    let pim = mugs().await;
    let told = json!({"dishwasher_safe": value(false)});
    let empty = json!({"dishwasher_safe": value(Value::Null)});
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A", "family": "mugs"}),
            json!({"identifier": "told", "family": "mugs", "values": told}),
            json!({"identifier": "empty", "family": "mugs", "values": empty}),
            json!({"identifier": "none"}),
        ],
    )
    .await;
    assert_eq!(read(&pim, "products/A", "dishwasher_safe").await, value(true));
    assert_eq!(read(&pim, "products/A", "in_pairs").await, value(false));
    assert_eq!(read(&pim, "products/told", "dishwasher_safe").await, value(false));
    assert_eq!(read(&pim, "products/empty", "dishwasher_safe").await, Value::Null);
    assert_eq!(read(&pim, "products/none", "dishwasher_safe").await, Value::Null);
    let safe = json!({"dishwasher_safe": [{"operator": "=", "value": true}]});
    assert_eq!(pim.find("products", safe).await, ["A"]);
}

#[tokio::test]
async fn what_is_there_does_not_change_by_itself() {
    let pim = mugs().await;
    let empty = json!({"dishwasher_safe": value(Value::Null)});
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A", "family": "mugs", "values": empty}),
            json!({"identifier": "B"}),
        ],
    )
    .await;
    let changed = json!({"enabled": false, "family": "mugs"});
    for path in ["products/A", "products/B"] {
        pim.patch(path, changed.clone()).await.assert_status(204);
        assert_eq!(read(&pim, path, "dishwasher_safe").await, Value::Null, "{path}");
    }
}

#[tokio::test]
async fn each_level_has_the_default_values_of_its_own_attributes() {
    let pim = mugs().await;
    set_default(&pim, "dishwasher_safe", json!(false)).await;
    pim.patch_all("product-models", &[json!({"code": "root", "family_variant": "by_color"})]).await;
    let red = json!({"identifier": "red", "parent": "root", "values": {"color": value("red")}});
    pim.patch_all("products", &[red]).await;
    let root = pim.get("product-models/root").await.json()["values"].clone();
    assert_eq!(root, json!({"dishwasher_safe": value(false)}));
    assert_eq!(read(&pim, "products/red", "in_pairs").await, value(false));
    pim.patch("product-models/root", json!({"values": {"dishwasher_safe": value(true)}}))
        .await
        .assert_status(204);
    assert_eq!(read(&pim, "products/red", "dishwasher_safe").await, value(true), "it is inherited");
}

#[tokio::test]
async fn an_axis_has_to_be_told() {
    let pim = mugs().await;
    let levels = json!({"code": "by_pair", "variant_attribute_sets": [
        {"level": 1, "axes": ["in_pairs"], "attributes": ["in_pairs"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    pim.patch_all("product-models", &[json!({"code": "root", "family_variant": "by_pair"})]).await;
    let single = json!({"identifier": "single", "parent": "root"});
    let answer = pim.post("products", single).await.assert_status(422);
    assert_eq!(
        messages(&answer.json()),
        ["Attribute \"in_pairs\" cannot be empty, as it is defined as an axis for this entity"]
    );
}

#[tokio::test]
async fn there_is_one_for_each_locale_and_channel_in_use() {
    let pim = mugs().await;
    let channel = json!({"code": "print", "category_tree": "master", "locales": ["fr_FR", "en_US"], "currencies": ["EUR"]});
    pim.patch_all("channels", &[channel]).await;
    let attribute = |code: &str, more: Value| {
        let mut attribute = json!({"code": code, "type": "pim_catalog_boolean", "group": "other", "default_value": true});
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        attribute
    };
    pim.patch_all(
        "attributes",
        &[
            attribute("by_locale", json!({"localizable": true})),
            attribute("by_channel", json!({"scopable": true})),
            attribute("by_both", json!({"localizable": true, "scopable": true})),
            attribute(
                "in_some",
                json!({"localizable": true, "available_locales": ["de_DE", "ja_JP"]}),
            ),
        ],
    )
    .await;
    for code in ["by_locale", "by_channel", "by_both", "in_some"] {
        add_to_family(&pim, code).await;
    }
    pim.patch_all("products", &[json!({"identifier": "A", "family": "mugs"})]).await;
    let places = async |attribute: &str| -> Vec<String> {
        let values = read(&pim, "products/A", attribute).await;
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or("-").to_owned();
        let values = values.as_array().unwrap().iter();
        values
            .map(|it| format!("{} {} {}", text(it, "scope"), text(it, "locale"), it["data"]))
            .collect()
    };
    assert_eq!(places("by_locale").await, ["- de_DE true", "- en_US true", "- fr_FR true"]);
    assert_eq!(places("by_channel").await, ["ecommerce - true", "print - true"]);
    assert_eq!(
        places("by_both").await,
        ["ecommerce de_DE true", "ecommerce en_US true", "print en_US true", "print fr_FR true"]
    );
    assert_eq!(places("in_some").await, ["- de_DE true"]);
}

#[tokio::test]
async fn a_change_of_the_default_counts_from_then_on() {
    let pim = mugs().await;
    let create = async |identifier: &str| {
        pim.patch_all("products", &[json!({"identifier": identifier, "family": "mugs"})]).await;
        read(&pim, &format!("products/{identifier}"), "dishwasher_safe").await
    };
    assert_eq!(create("A").await, value(true));
    set_default(&pim, "dishwasher_safe", json!(false)).await;
    assert_eq!(create("B").await, value(false));
    set_default(&pim, "dishwasher_safe", Value::Null).await;
    assert_eq!(create("C").await, Value::Null);
    assert_eq!(read(&pim, "products/A", "dishwasher_safe").await, value(true));
}

#[tokio::test]
async fn a_product_that_comes_back_is_as_it_was() {
    let pim = mugs().await;
    let empty = json!({"dishwasher_safe": value(Value::Null)});
    let product = json!({"identifier": "A", "family": "mugs", "values": empty});
    pim.patch_all("products", &[product]).await;
    let uuid = pim.get("products/A").await.json()["uuid"].as_str().unwrap().to_owned();
    let path = format!("products-uuid/{uuid}");
    pim.delete(&path).await.assert_status(204);
    pim.post(&format!("{path}/versions/1/restore"), json!({})).await.assert_status(201);
    assert_eq!(read(&pim, &path, "dishwasher_safe").await, Value::Null);
    assert_eq!(read(&pim, &path, "in_pairs").await, value(false));
}

#[tokio::test]
async fn only_booleans_have_a_default_value() {
    let pim = Pim::stocked().await;
    let answer = pim.patch("attributes/brand", json!({"default_value": true})).await;
    let body = answer.assert_status(422).json();
    assert_eq!(body["errors"][0]["property"], "default_value");
}
