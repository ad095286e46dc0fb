//! Filters on product models.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// `full` has only complete variants, `half` one of two, `bare` only incomplete ones, `empty` none.
async fn shop() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    let name = json!([{"locale": "en_US", "scope": null, "data": "Mug"}]);
    let model = |code: &str, values: Value| json!({"code": code, "family_variant": "mugs_by_color", "categories": ["master"], "values": values});
    let complete = json!({"name": name, "brand": value("Acme")});
    pim.delete("product-models/amor").await.assert_status(204);
    pim.patch_all(
        "product-models",
        &[model("full", complete.clone()), model("bare", json!({})), model("empty", complete)],
    )
    .await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "F1", "parent": "full", "values": {"color": value("red")}}),
            json!({"identifier": "F2", "parent": "full", "values": {"color": value("blue")}}),
            json!({"identifier": "B1", "parent": "bare", "values": {"color": value("red")}}),
        ],
    )
    .await;
    pim
}

async fn check(property: &str, cases: &[(Value, &[&str])]) {
    let pim = shop().await;
    for (condition, expected) in cases {
        let found = pim.find("product-models", json!({property: [condition]})).await;
        assert_eq!(found, *expected, "{property}: {condition}");
    }
}

#[tokio::test]
async fn identifier() {
    check(
        "identifier",
        &[
            (json!({"operator": "IN", "value": ["full", "bare"]}), &["bare", "full"]),
            (json!({"operator": "NOT IN", "value": ["full", "bare"]}), &["empty"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn categories() {
    check(
        "categories",
        &[
            (json!({"operator": "IN", "value": ["master"]}), &["bare", "empty", "full"]),
            (json!({"operator": "NOT IN", "value": ["master"]}), &[]),
            (json!({"operator": "UNCLASSIFIED"}), &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn completeness_of_the_variants_below() {
    let in_english =
        |operator: &str| json!({"operator": operator, "scope": "ecommerce", "locale": "en_US"});
    let in_german =
        |operator: &str| json!({"operator": operator, "scope": "ecommerce", "locale": "de_DE"});
    check(
        "completeness",
        &[
            (in_english("AT LEAST COMPLETE"), &["full"]),
            (in_english("AT LEAST INCOMPLETE"), &["bare"]),
            (in_english("ALL COMPLETE"), &["full"]),
            (in_english("ALL INCOMPLETE"), &["bare"]),
            (in_german("AT LEAST COMPLETE"), &[]),
            (in_german("ALL INCOMPLETE"), &["bare", "full"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn completeness_of_some_variants_through_two_levels() {
    let pim = Pim::stocked().await;
    let levels = json!({"code": "two", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color", "name"]},
        {"level": 2, "axes": ["size"], "attributes": ["size", "brand"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    let name = json!([{"locale": "en_US", "scope": null, "data": "Mug"}]);
    pim.patch_all("product-models", &[
        json!({"code": "root", "family_variant": "two"}),
        json!({"code": "red", "family_variant": "two", "parent": "root", "values": {"color": value("red"), "name": name}}),
    ])
    .await;
    pim.patch_all("products", &[
        json!({"identifier": "S", "parent": "red", "values": {"size": value("s"), "brand": value("Acme")}}),
        json!({"identifier": "M", "parent": "red", "values": {"size": value("m")}}),
    ])
    .await;
    let find = async |operator: &str| {
        let condition = json!({"operator": operator, "scope": "ecommerce", "locale": "en_US"});
        pim.find("product-models", json!({"completeness": [condition]})).await
    };
    assert_eq!(find("AT LEAST COMPLETE").await, ["red", "root"]);
    assert_eq!(find("AT LEAST INCOMPLETE").await, ["red", "root"]);
    assert_eq!(find("ALL COMPLETE").await, Vec::<String>::new());
    assert_eq!(find("ALL INCOMPLETE").await, Vec::<String>::new());
    let below = json!({"parent": [{"operator": "=", "value": "root"}]});
    assert_eq!(pim.find("products", below).await, ["M", "S"], "of any descent");
    let children = json!({"parent": [{"operator": "IN", "value": ["root"]}]});
    assert_eq!(pim.find("products", children).await, Vec::<String>::new(), "direct children only");
    assert_eq!(
        pim.find("product-models", json!({"parent": [{"operator": "IN", "value": ["root"]}]}))
            .await,
        ["red"]
    );
    assert_eq!(
        pim.find("product-models", json!({"parent": [{"operator": "EMPTY"}]})).await,
        ["root"]
    );
    assert_eq!(
        pim.find("product-models", json!({"parent": [{"operator": "NOT EMPTY"}]})).await,
        ["red"]
    );
}

#[tokio::test]
async fn family() {
    check(
        "family",
        &[
            (json!({"operator": "IN", "value": ["mugs"]}), &["bare", "empty", "full"]),
            (json!({"operator": "NOT IN", "value": ["mugs"]}), &[]),
            (json!({"operator": "EMPTY"}), &[]),
            (json!({"operator": "NOT EMPTY"}), &["bare", "empty", "full"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn created_and_updated() {
    let pim = shop().await;
    sqlx::query("update product_model set created_at = '2024-05-01T08:00:00Z', updated_at = '2024-05-01T08:00:00Z' where code = 'full'")
        .execute(&pim.db)
        .await
        .unwrap();
    for property in ["created", "updated"] {
        let find = async |condition: Value| {
            pim.find("product-models", json!({property: [condition]})).await
        };
        assert_eq!(find(json!({"operator": "=", "value": "2024-05-01 00:00:00"})).await, ["full"]);
        assert_eq!(
            find(json!({"operator": ">", "value": "2024-05-01 08:00:00"})).await,
            ["bare", "empty"]
        );
    }
}

#[tokio::test]
async fn quality_score() {
    let pim = shop().await;
    let listed = pim.get("product-models?with_quality_scores=true").await.assert_status(200).json();
    for model in listed["_embedded"]["items"].as_array().unwrap() {
        let entry = &model["quality_scores"][1];
        let condition = json!({"operator": "IN", "value": [entry["data"]], "scope": entry["scope"], "locale": entry["locale"]});
        let found = pim.find("product-models", json!({"quality_score": [condition]})).await;
        assert!(found.iter().any(|code| model["code"] == code.as_str()), "{model}");
    }
}

#[tokio::test]
async fn models_are_in_no_groups() {
    let pim = shop().await;
    assert_eq!(
        pim.refuse("product-models", json!({"groups": [{"operator": "EMPTY"}]})).await,
        "Filter on property \"groups\" is not supported or does not support operator \"EMPTY\""
    );
}
