//! Values that a variant, or a model of the second level, has in place of what it inherits.

use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

/// The model `root` of Acme with a German name, `red` below it, and below that `S` and `M`.
async fn mugs() -> Pim {
    let pim = Pim::stocked().await;
    let levels = json!({"code": "two", "variant_attribute_sets": [
        {"level": 1, "axes": ["color"], "attributes": ["color", "pieces"]},
        {"level": 2, "axes": ["size"], "attributes": ["size", "price"]}]});
    pim.patch_all("families/mugs/variants", &[levels]).await;
    let root = json!({"brand": value("Acme"), "name": names(&[("de_DE", "Tasse")])});
    let red = json!({"color": value("red"), "pieces": value(2)});
    pim.patch_all(
        "product-models",
        &[
            json!({"code": "root", "family_variant": "two", "values": root}),
            json!({"code": "red", "family_variant": "two", "parent": "root", "values": red}),
        ],
    )
    .await;
    let variant = |code: &str| json!({"identifier": code, "parent": "red", "values": {"size": value(code.to_lowercase())}});
    pim.patch_all("products", &[variant("S"), variant("M")]).await;
    pim
}

fn names(names: &[(&str, &str)]) -> Value {
    let entry =
        |(locale, name): &(&str, &str)| json!({"locale": locale, "scope": null, "data": name});
    names.iter().map(entry).collect()
}

async fn write(pim: &Pim, path: &str, values: Value) {
    pim.patch(path, json!({"values": values})).await.assert_status(204);
}

async fn read(pim: &Pim, path: &str, attribute: &str) -> Value {
    pim.get(path).await.assert_status(200).json()["values"][attribute].clone()
}

#[tokio::test]
async fn a_variant_has_its_own_value_in_place_of_the_inherited_one() {
    let pim = mugs().await;
    write(&pim, "products/S", json!({"brand": value("Bigco"), "pieces": value(6)})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Bigco"));
    assert_eq!(read(&pim, "products/S", "pieces").await, value(6));
    for path in ["products/M", "product-models/red", "product-models/root"] {
        assert_eq!(read(&pim, path, "brand").await, value("Acme"), "{path}");
    }
    let brand = |brand: &str| json!({"brand": [{"operator": "=", "value": brand}]});
    assert_eq!(pim.find("products", brand("Bigco")).await, ["S"]);
    assert_eq!(pim.find("products", brand("Acme")).await, ["M"]);
    write(&pim, "product-models/root", json!({"brand": value("Other")})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Bigco"));
    assert_eq!(read(&pim, "products/M", "brand").await, value("Other"));
}

#[tokio::test]
async fn what_a_model_of_the_second_level_overrides_is_what_its_variants_inherit() {
    let pim = mugs().await;
    write(&pim, "product-models/red", json!({"brand": value("Reds")})).await;
    assert_eq!(read(&pim, "product-models/red", "brand").await, value("Reds"));
    assert_eq!(read(&pim, "product-models/root", "brand").await, value("Acme"));
    assert_eq!(read(&pim, "products/S", "brand").await, value("Reds"));
    write(&pim, "products/S", json!({"brand": value("Acme")})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Acme"), "as the root, not as red");
    let reds = json!({"brand": [{"operator": "=", "value": "Reds"}]});
    assert_eq!(pim.find("products", reds.clone()).await, ["M"]);
    assert_eq!(pim.find("product-models", reds).await, ["red"]);
}

#[tokio::test]
async fn what_repeats_the_inherited_value_overrides_nothing() {
    let pim = mugs().await;
    for path in ["products/S", "product-models/red"] {
        let thing = pim.get(path).await.json();
        let answer = pim.patch(path, thing).await.assert_status(204);
        assert_eq!(answer.header("vitrine-changed"), "false", "{path}");
    }
    write(&pim, "products/S", json!({"brand": value("Bigco")})).await;
    write(&pim, "products/S", json!({"brand": value("Acme")})).await;
    write(&pim, "product-models/root", json!({"brand": value("Other")})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Other"));
}

#[tokio::test]
async fn null_brings_the_inherited_value_back() {
    let pim = mugs().await;
    write(&pim, "products/S", json!({"brand": value("Bigco")})).await;
    write(&pim, "products/S", json!({"brand": value(Value::Null)})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Acme"));
    let body = json!({"values": {"brand": value(Value::Null)}});
    let answer = pim.patch("products/S", body).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false", "what is inherited stays");
    write(&pim, "product-models/root", json!({"brand": value("Other")})).await;
    assert_eq!(read(&pim, "products/S", "brand").await, value("Other"));
}

#[tokio::test]
async fn an_override_is_of_all_locales_of_an_attribute() {
    let pim = mugs().await;
    write(&pim, "products/S", json!({"name": names(&[("en_US", "Mug")])})).await;
    let both = names(&[("de_DE", "Tasse"), ("en_US", "Mug")]);
    assert_eq!(read(&pim, "products/S", "name").await, both);
    write(&pim, "product-models/root", json!({"name": names(&[("de_DE", "Becher")])})).await;
    assert_eq!(read(&pim, "products/S", "name").await, both, "its own by now");
    assert_eq!(read(&pim, "products/M", "name").await, names(&[("de_DE", "Becher")]));
    let gone = json!([{"locale": "en_US", "scope": null, "data": null},
                      {"locale": "de_DE", "scope": null, "data": null}]);
    write(&pim, "products/S", json!({"name": gone})).await;
    assert_eq!(read(&pim, "products/S", "name").await, names(&[("de_DE", "Becher")]));
}

#[tokio::test]
async fn axes_of_levels_above_are_not_overridden() {
    let pim = mugs().await;
    let body = json!({"values": {"color": value("blue")}});
    let answer = pim.patch("products/S", body).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        [
            "Cannot set the property \"color\" to this entity as it is not in the attribute set. Check the expected format on the API documentation."
        ]
    );
    write(&pim, "products/S", json!({"color": value("red")})).await;
    assert_eq!(read(&pim, "products/S", "color").await, value("red"));
}

#[tokio::test]
async fn an_overriding_value_counts_for_completeness_and_quality() {
    let pim = mugs().await;
    let read = async |identifier: &str| {
        let path =
            format!("products/{identifier}?with_completenesses=true&with_quality_scores=true");
        let product = pim.get(&path).await.assert_status(200).json();
        let english = |list: &Value| {
            let entries = list.as_array().unwrap().iter();
            entries.clone().find(|entry| entry["locale"] == "en_US").unwrap()["data"].clone()
        };
        (english(&product["completenesses"]), english(&product["quality_scores"]))
    };
    assert_eq!(read("S").await, (json!(66), json!("E")));
    write(&pim, "products/S", json!({"name": names(&[("en_US", "Mug")])})).await;
    assert_eq!(read("S").await, (json!(100), json!("C")));
    assert_eq!(read("M").await, (json!(66), json!("E")));
    let in_english = |property: &str, operator: &str, value: Value| json!({property: [{"operator": operator, "value": value, "scope": "ecommerce", "locale": "en_US"}]});
    let complete = in_english("completeness", "=", json!(100));
    assert_eq!(pim.find("products", complete).await, ["S"]);
    assert_eq!(pim.find("products", in_english("quality_score", "IN", json!(["C"]))).await, ["S"]);
    let some = json!({"completeness": [{"operator": "AT LEAST COMPLETE", "scope": "ecommerce", "locale": "en_US"}]});
    assert_eq!(pim.find("product-models", some).await, ["red", "root"]);
}

#[tokio::test]
async fn a_variant_that_moves_takes_its_overrides_along() {
    let pim = mugs().await;
    let blue = json!({"code": "blue", "family_variant": "two", "parent": "root",
                      "values": {"color": value("blue"), "pieces": value(3)}});
    pim.patch_all("product-models", &[blue]).await;
    write(&pim, "products/S", json!({"brand": value("Bigco")})).await;
    pim.patch("products/S", json!({"parent": "blue"})).await.assert_status(204);
    assert_eq!(read(&pim, "products/S", "brand").await, value("Bigco"));
    assert_eq!(read(&pim, "products/S", "pieces").await, value(3));
    pim.patch("products/S", json!({"parent": null})).await.assert_status(204);
    assert_eq!(read(&pim, "products/S", "brand").await, value("Bigco"));
    assert_eq!(read(&pim, "products/S", "color").await, value("blue"));
}
