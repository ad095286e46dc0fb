//! Kept scores: filters on completeness and quality find the same before and after they are made anew, and
//! look at few rows once they are.

use catalog::management::terms;
use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// `A` and the variant `V` of `m` have all that is required but a name in English; `B` nothing at all.
async fn shop() -> Pim {
    let pim = Pim::stocked().await;
    let levels = json!({"code": "two", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color"]},
        {"level": 2, "axes": ["size"], "attributes": ["size"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    pim.patch_all(
        "product-models",
        &[
            json!({"code": "root", "family_variant": "two", "values": {"brand": value("Acme")}}),
            json!({"code": "m", "family_variant": "two", "parent": "root",
                   "values": {"color": value("red")}}),
        ],
    )
    .await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A", "family": "mugs", "values": {"brand": value("Acme")}}),
            json!({"identifier": "B", "family": "mugs"}),
            json!({"identifier": "V", "parent": "m", "values": {"size": value("s")}}),
            json!({"identifier": "no family"}),
        ],
    )
    .await;
    pim
}

fn name() -> Value {
    json!([{"locale": "en_US", "scope": null, "data": "Mug"}])
}

/// Products and models whose scores are of before.
async fn count_unscored(pim: &Pim) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from product p join family f on f.code = p.family
                 where p.scored_version is distinct from p.version or p.scored_rules <> f.rules_version)
              + (select count(*) from product_model where scored_version is distinct from version)",
    )
    .fetch_one(&pim.db)
    .await
    .unwrap()
}

/// What the kept scores alone tell to be complete in English.
async fn find_by_terms(pim: &Pim) -> Vec<String> {
    let terms = terms::of_completeness("ecommerce", "en_US", |percent| percent == 100);
    sqlx::query_scalar("select identifier from product where terms && $1 order by identifier")
        .bind(terms)
        .fetch_all(&pim.db)
        .await
        .unwrap()
}

/// What is complete in English, with the scores as they are and made anew.
async fn check_complete(pim: &Pim, expected: &[&str]) {
    let condition = json!({"operator": "=", "value": 100, "scope": "ecommerce", "locale": "en_US"});
    let below = json!({"operator": "AT LEAST COMPLETE", "scope": "ecommerce", "locale": "en_US"});
    let models: &[&str] = if expected.contains(&"V") { &["m", "root"] } else { &[] };
    for _ in 0..2 {
        assert_eq!(pim.find("products", json!({"completeness": [condition]})).await, expected);
        assert_eq!(pim.find("product-models", json!({"completeness": [below]})).await, models);
        terms::keep(&pim.db).await.unwrap();
        assert_eq!(count_unscored(pim).await, 0);
        assert_eq!(find_by_terms(pim).await, expected);
    }
}

#[tokio::test]
async fn scores_of_what_is_written_are_kept_with_it() {
    let pim = shop().await;
    assert_eq!(count_unscored(&pim).await, 0);
    check_complete(&pim, &[]).await;
    pim.patch("products/A", json!({"values": {"name": name()}})).await.assert_status(204);
    assert_eq!(count_unscored(&pim).await, 0);
    assert_eq!(find_by_terms(&pim).await, ["A"]);
    check_complete(&pim, &["A"]).await;
}

#[tokio::test]
async fn scores_follow_the_models_above() {
    let pim = shop().await;
    let changes: [(Value, &[&str]); 2] =
        [(json!({"name": name()}), &["V"]), (json!({"brand": value(Value::Null)}), &[])];
    for (values, expected) in changes {
        pim.patch("product-models/root", json!({"values": values})).await.assert_status(204);
        assert_eq!(count_unscored(&pim).await, 1);
        check_complete(&pim, expected).await;
    }
}

#[tokio::test]
async fn scores_follow_the_rules_of_the_family() {
    let pim = shop().await;
    let require = async |attributes: Value| {
        let requirements = json!({"attribute_requirements": {"ecommerce": attributes}});
        pim.patch("families/mugs", requirements).await.assert_status(204);
    };
    require(json!(["sku", "brand"])).await;
    assert_eq!(count_unscored(&pim).await, 3);
    check_complete(&pim, &["A", "V"]).await;
    require(json!(["sku"])).await;
    check_complete(&pim, &["A", "B", "V"]).await;
    require(json!(["sku", "name"])).await;
    check_complete(&pim, &[]).await;
    pim.patch("attributes/name", json!({"available_locales": ["de_DE"]})).await.assert_status(204);
    check_complete(&pim, &["A", "B", "V"]).await;
}

#[tokio::test]
async fn scores_follow_the_locales_of_channels() {
    let pim = shop().await;
    let locales = async |codes: Value| {
        pim.patch("channels/ecommerce", json!({"locales": codes})).await.assert_status(204);
    };
    pim.patch("families/mugs", json!({"attribute_requirements": {"ecommerce": ["sku"]}}))
        .await
        .assert_status(204);
    locales(json!(["de_DE"])).await;
    terms::keep(&pim.db).await.unwrap();
    assert_eq!(find_by_terms(&pim).await, Vec::<String>::new());
    locales(json!(["de_DE", "en_US"])).await;
    check_complete(&pim, &["A", "B", "V"]).await;
}

#[tokio::test]
async fn what_no_score_follows_from_leaves_them_as_they_are() {
    let pim = shop().await;
    let labels = json!({"labels": {"en_US": "Other"}});
    for path in ["families/mugs", "attributes/brand", "channels/ecommerce"] {
        pim.patch(path, labels.clone()).await.assert_status(204);
    }
    pim.patch("product-models/root", json!({"categories": ["master"]})).await.assert_status(204);
    assert_eq!(count_unscored(&pim).await, 0);
}

/// As a version of the service does that knows no scores.
#[tokio::test]
async fn products_written_without_scores_are_found() {
    let pim = shop().await;
    let written = json!({"brand": value("Acme"), "name": name()});
    sqlx::query(
        "update product set values = $1, version = version + 1, terms_version = version + 1
         where identifier = 'B'",
    )
    .bind(written)
    .execute(&pim.db)
    .await
    .unwrap();
    check_complete(&pim, &["B"]).await;
}

#[tokio::test]
async fn quality_is_found_before_and_after_its_scores_are_made_anew() {
    let pim = shop().await;
    let grade = async |grade: &str| {
        let condition =
            json!({"operator": "IN", "value": [grade], "scope": "ecommerce", "locale": "en_US"});
        let found = pim.find("products", json!({"quality_score": [condition]})).await;
        terms::keep(&pim.db).await.unwrap();
        assert_eq!(pim.find("products", json!({"quality_score": [condition]})).await, found);
        found
    };
    assert_eq!(grade("E").await, ["A", "B", "V"]);
    pim.patch("families/mugs", json!({"attribute_as_image": null, "attributes": ["sku", "name", "brand", "color", "size"]}))
        .await
        .assert_status(204);
    // Of A (70·66 + 20·40) / 90 = 60, of V (70·66 + 20·80) / 90 = 69, of B (70·33 + 20·20) / 90 = 30.
    assert_eq!(grade("D").await, ["A", "V"]);
    assert_eq!(grade("E").await, ["B"]);
}

/// Nothing is kept for it, and it can be asked for all the same.
#[tokio::test]
async fn a_locale_that_the_channel_does_not_have_is_computed() {
    let pim = shop().await;
    let print = json!({"code": "print", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]});
    pim.post("channels", print).await.assert_status(201);
    let quality = json!({"operator": "IN", "value": ["A"], "scope": "print", "locale": "de_DE"});
    let on_all = json!({"operator": "GREATER OR EQUALS THAN ON ALL LOCALES", "value": 100,
                        "scope": "print", "locales": ["en_US", "de_DE"]});
    pim.patch(
        "families/mugs",
        json!({"attributes": ["sku", "color", "size"], "attribute_as_label": "sku",
        "attribute_as_image": null, "attribute_requirements": {"ecommerce": ["sku"]}}),
    )
    .await
    .assert_status(204);
    assert_eq!(pim.find("products", json!({"completeness": [on_all]})).await, ["A", "B", "V"]);
    assert_eq!(pim.find("products", json!({"quality_score": [quality]})).await, ["V"]);
}

/// Otherwise a product written with the old values of the model would seem to be scored with the new ones.
#[tokio::test]
async fn a_model_whose_products_are_being_written_is_left_for_later() {
    let pim = shop().await;
    pim.patch("product-models/m", json!({"values": {"color": value("blue")}})).await;
    assert_eq!(count_unscored(&pim).await, 0, "an axis does not change");
    pim.patch("product-models/root", json!({"values": {"name": name()}})).await.assert_status(204);
    for lock in [
        "select from product where identifier = 'V' for update",
        "select from product_model where code = 'root' for key share",
    ] {
        let mut writer = pim.db.begin().await.unwrap();
        sqlx::query(lock).execute(&mut *writer).await.unwrap();
        terms::keep(&pim.db).await.unwrap();
        assert_eq!(count_unscored(&pim).await, 1);
        writer.rollback().await.unwrap();
    }
    check_complete(&pim, &["V"]).await;
}
