//! Filters find what they look for whether the terms of the rows are made or not.

use catalog::management::terms;
use serde_json::json;

use crate::pim::{Pim, value};

/// As a version of the service does that knows no terms.
async fn write_past_terms(pim: &Pim, table: &str, key: &str, code: &str) {
    let statement = format!(
        "update {table} set values = values || '{{\"brand\": [{{\"locale\": null, \"scope\": null,
             \"data\": \"Old\"}}]}}', version = version + 1 where {key} = '{code}'"
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pim.db).await.unwrap();
}

async fn count_without_terms(pim: &Pim) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from product where has_terms is null)
              + (select count(*) from product_model where has_terms is null)",
    )
    .fetch_one(&pim.db)
    .await
    .unwrap()
}

#[tokio::test]
async fn rows_written_without_terms_are_found_before_and_after_the_terms_are_made() {
    let pim = Pim::stocked().await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A", "values": {"brand": value("New")}}),
            json!({"identifier": "B", "values": {"brand": value("New"),
                "volume": value(json!({"amount": "0.5", "unit": "LITER"}))}}),
        ],
    )
    .await;
    assert_eq!(count_without_terms(&pim).await, 0);
    write_past_terms(&pim, "product", "identifier", "B").await;
    let old = json!({"brand": [{"operator": "=", "value": "Old"}]});
    let new = json!({"brand": [{"operator": "IN", "value": ["New"]}]});
    let large = json!({"volume": [
        {"operator": ">=", "value": {"amount": "500", "unit": "MILLILITER"}}
    ]});
    for made in [1, 0] {
        assert_eq!(count_without_terms(&pim).await, made);
        assert_eq!(pim.find("products", old.clone()).await, ["B"]);
        assert_eq!(pim.find("products", new.clone()).await, ["A"]);
        assert_eq!(pim.find("products", large.clone()).await, ["B"]);
        terms::keep(&pim.db).await.unwrap();
    }
}

#[tokio::test]
async fn pending_terms_are_taken_into_their_index_and_found_before_and_after() {
    let pim = Pim::stocked().await;
    terms::flush(&pim.db).await.unwrap();
    let line =
        |number| json!({"identifier": format!("A{number}"), "values": {"brand": value("New")}});
    pim.patch_all("products", &(0..50).map(line).collect::<Vec<_>>()).await;
    let new = json!({"brand": [{"operator": "=", "value": "New"}]});
    assert_eq!(pim.find("products", new.clone()).await.len(), 50);
    assert!(terms::flush(&pim.db).await.unwrap() > 0);
    assert_eq!(terms::flush(&pim.db).await.unwrap(), 0);
    assert_eq!(pim.find("products", new).await.len(), 50);
}

/// Two levels: `root` has the brand, `red` below it the name.
async fn shop_with_levels() -> Pim {
    let pim = Pim::stocked().await;
    let levels = json!({"code": "two", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color", "name"]},
        {"level": 2, "axes": ["size"], "attributes": ["size"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    let name = json!([{"locale": "en_US", "scope": null, "data": "Mug"}]);
    let brand = json!({"brand": value("Acme")});
    pim.patch_all(
        "product-models",
        &[
            json!({"code": "root", "family_variant": "two", "values": brand}),
            json!({"code": "red", "family_variant": "two", "parent": "root",
            "values": {"color": value("red"), "name": name}}),
            json!({"code": "blue", "family_variant": "two", "parent": "root",
            "values": {"color": value("blue")}}),
        ],
    )
    .await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "R", "parent": "red", "values": {"size": value("s")}}),
            json!({"identifier": "B", "parent": "blue", "values": {"size": value("s")}}),
            json!({"identifier": "simple", "family": "mugs"}),
        ],
    )
    .await;
    pim
}

async fn check_levels(pim: &Pim) {
    let brand = json!({"brand": [{"operator": "=", "value": "Acme"}]});
    let color = json!({"color": [{"operator": "IN", "value": ["red"]}]});
    let size = json!({"size": [{"operator": "IN", "value": ["s"]}]});
    let name = json!({"name": [{"operator": "NOT EMPTY", "locale": "en_US"}]});
    assert_eq!(pim.find("products", brand.clone()).await, ["B", "R"]);
    assert_eq!(pim.find("product-models", brand).await, ["blue", "red", "root"]);
    assert_eq!(pim.find("products", color.clone()).await, ["R"]);
    assert_eq!(pim.find("product-models", color).await, ["red"]);
    assert_eq!(pim.find("products", size).await, ["B", "R"]);
    assert_eq!(pim.find("products", name).await, ["R"]);
}

#[tokio::test]
async fn what_is_inherited_is_found_by_the_terms_of_the_models_above() {
    let pim = shop_with_levels().await;
    check_levels(&pim).await;
    write_past_terms(&pim, "product_model", "code", "root").await;
    let old = json!({"brand": [{"operator": "=", "value": "Old"}]});
    assert_eq!(pim.find("products", old).await, ["B", "R"]);
}

#[tokio::test]
async fn what_is_inherited_is_found_among_more_models_than_a_statement_names() {
    let pim = shop_with_levels().await;
    sqlx::query(
        "insert into product_model (id, code, family_variant)
         select gen_random_uuid(), 'other' || number, 'two' from generate_series(1, 2100) number",
    )
    .execute(&pim.db)
    .await
    .unwrap();
    check_levels(&pim).await;
}

#[tokio::test]
async fn an_amount_that_was_inherited_is_found_when_it_becomes_the_products_own() {
    let pim = shop_with_levels().await;
    let amount = |amount: &str| json!({"amount": amount, "unit": "MILLILITER"});
    let root = json!({"code": "root", "values": {"volume": value(amount("250"))}});
    pim.patch_all("product-models", &[root]).await;
    let single = json!({"identifier": "R", "parent": null});
    pim.patch_all("products", &[single]).await;
    let about = json!({"volume": [{"operator": "<", "value": amount("300")}]});
    assert_eq!(pim.find("products", about).await, ["B", "R"]);
}
