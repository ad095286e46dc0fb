//! Filters on lists of structure: for each property a test.

use serde_json::{Value, json};

use crate::pim::Pim;

async fn find(pim: &Pim, path: &str, property: &str, operator: &str, value: Value) -> Vec<String> {
    pim.find(path, json!({property: [{"operator": operator, "value": value}]})).await
}

const LONG_AGO: &str = "2000-01-01T00:00:00Z";
const SOME_DAY: &str = "2999-01-01T00:00:00Z";

#[tokio::test]
async fn code_in() {
    let pim = Pim::stocked().await;
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    for (path, code) in [
        ("attributes", "brand"),
        ("attribute-groups", "other"),
        ("families", "mugs"),
        ("categories", "kitchen"),
        ("channels", "ecommerce"),
        ("association-types", "PACK"),
        ("groups", "party"),
        ("attributes/color/options", "red"),
    ] {
        assert_eq!(find(&pim, path, "code", "IN", json!([code, "ghost"])).await, [code], "{path}");
    }
}

#[tokio::test]
async fn updated() {
    let pim = Pim::stocked().await;
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    for path in
        ["attributes", "attribute-groups", "families", "categories", "association-types", "groups"]
    {
        assert!(!find(&pim, path, "updated", ">", json!(LONG_AGO)).await.is_empty(), "{path}");
        assert!(find(&pim, path, "updated", ">", json!(SOME_DAY)).await.is_empty(), "{path}");
        assert!(find(&pim, path, "updated", "<", json!(LONG_AGO)).await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn attributes_by_type() {
    let pim = Pim::stocked().await;
    let kinds = json!(["pim_catalog_date", "pim_catalog_boolean"]);
    assert_eq!(
        find(&pim, "attributes", "type", "IN", kinds).await,
        ["dishwasher_safe", "released"]
    );
}

#[tokio::test]
async fn attributes_by_main_identifier() {
    let pim = Pim::stocked().await;
    assert_eq!(find(&pim, "attributes", "is_main_identifier", "=", json!(true)).await, ["sku"]);
}

#[tokio::test]
async fn families_by_whether_they_have_products() {
    let pim = Pim::stocked().await;
    pim.patch_all("families", &[json!({"code": "unused"})]).await;
    pim.patch_all("products", &[json!({"identifier": "A", "family": "mugs"})]).await;
    assert_eq!(find(&pim, "families", "has_products", "=", json!(true)).await, ["mugs"]);
    assert_eq!(find(&pim, "families", "has_products", "=", json!(false)).await, ["unused"]);
}

#[tokio::test]
async fn categories_by_parent_and_by_whether_they_are_roots() {
    let pim = Pim::stocked().await;
    assert_eq!(find(&pim, "categories", "parent", "=", json!("master")).await, ["kitchen"]);
    assert_eq!(find(&pim, "categories", "is_root", "=", json!(true)).await, ["master"]);
    assert_eq!(find(&pim, "categories", "is_root", "=", json!(false)).await, ["kitchen"]);
}

#[tokio::test]
async fn locales_and_currencies_by_whether_they_are_enabled() {
    let pim = Pim::stocked().await;
    assert_eq!(find(&pim, "locales", "enabled", "=", json!(true)).await, ["de_DE", "en_US"]);
    assert_eq!(find(&pim, "currencies", "enabled", "=", json!(true)).await, ["EUR", "USD"]);
}

#[tokio::test]
async fn other_filters_are_refused() {
    let pim = Pim::stocked().await;
    assert_eq!(
        pim.refuse("families", json!({"code": [{"operator": "=", "value": "x"}]})).await,
        "Filter on property \"code\" is not supported or does not support operator \"=\""
    );
}
