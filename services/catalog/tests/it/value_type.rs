//! Values as they are written and read: for each type of attribute its form and its rules.

use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

/// A product with one attribute `it`, of this type and with these parameters.
async fn with(kind: &str, parameters: Value) -> Pim {
    let pim = Pim::stocked().await;
    let mut attribute =
        json!({"code": "it", "type": format!("pim_catalog_{kind}"), "group": "other"});
    attribute.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    pim.patch_all("attributes", &[attribute]).await;
    pim
}

/// What is read after this was written.
async fn read_back(pim: &Pim, data: Value) -> Value {
    let answer = pim.patch("products/A", json!({"values": {"it": value(data)}})).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    pim.get("products/A").await.json()["values"]["it"][0]["data"].clone()
}

async fn refuse(pim: &Pim, data: Value) -> Vec<String> {
    let answer = pim.patch("products/A", json!({"values": {"it": value(data)}})).await;
    let refused = answer.assert_status(422).json();
    match messages(&refused) {
        found if found.is_empty() => vec![refused["message"].as_str().unwrap().to_owned()],
        found => found,
    }
}

#[tokio::test]
async fn text() {
    let pim = with("text", json!({})).await;
    assert_eq!(read_back(&pim, json!("Blue mug")).await, "Blue mug");
    assert_eq!(refuse(&pim, json!("x".repeat(256))).await.len(), 1);
    assert_eq!(
        refuse(&pim, json!(1)).await,
        [
            "Property \"it\" expects a string as data, \"integer\" given. Check the expected format on the API documentation."
        ]
    );
}

#[tokio::test]
async fn text_that_is_an_address_or_follows_an_expression() {
    let pim = with("text", json!({"validation_rule": "email"})).await;
    assert_eq!(read_back(&pim, json!("a@b.example")).await, "a@b.example");
    assert_eq!(refuse(&pim, json!("nobody")).await.len(), 1);
    let pim = with("text", json!({"validation_rule": "url"})).await;
    assert_eq!(read_back(&pim, json!("https://b.example/")).await, "https://b.example/");
    assert_eq!(refuse(&pim, json!("nowhere")).await.len(), 1);
    let pim =
        with("text", json!({"validation_rule": "regexp", "validation_regexp": "/^[0-9]+$/"})).await;
    assert_eq!(read_back(&pim, json!("12")).await, "12");
    assert_eq!(refuse(&pim, json!("1x")).await.len(), 1);
}

#[tokio::test]
async fn textarea() {
    let pim = with("textarea", json!({"max_characters": 5})).await;
    assert_eq!(read_back(&pim, json!("a\nb")).await, "a\nb");
    assert_eq!(refuse(&pim, json!("123456")).await.len(), 1);
}

#[tokio::test]
async fn simple_select() {
    let pim = with("simpleselect", json!({})).await;
    pim.patch_all("attributes/it/options", &[json!({"code": "red"})]).await;
    assert_eq!(read_back(&pim, json!("RED")).await, "red");
    assert_eq!(
        refuse(&pim, json!("tommh")).await,
        ["The tommh value is not in the it attribute option list."]
    );
}

#[tokio::test]
async fn multi_select() {
    let pim = with("multiselect", json!({})).await;
    pim.patch_all("attributes/it/options", &[json!({"code": "b"}), json!({"code": "a"})]).await;
    assert_eq!(read_back(&pim, json!(["b", "a", "b"])).await, json!(["a", "b"]));
    assert_eq!(read_back(&pim, json!(["a"])).await, json!(["a"]), "replaced as a whole");
    assert_eq!(
        refuse(&pim, json!(["x"])).await,
        ["The x value is not in the it attribute option list."]
    );
    assert_eq!(
        refuse(&pim, json!("a")).await,
        [
            "Property \"it\" expects an array as data, \"string\" given. Check the expected format on the API documentation."
        ]
    );
}

#[tokio::test]
async fn boolean() {
    let pim = with("boolean", json!({})).await;
    assert_eq!(read_back(&pim, json!(true)).await, true);
    assert_eq!(
        refuse(&pim, json!("yes")).await,
        [
            "Property \"it\" expects a boolean as data, \"string\" given. Check the expected format on the API documentation."
        ]
    );
}

#[tokio::test]
async fn date() {
    let pim = with("date", json!({"date_min": "2016-01-01", "date_max": "2016-12-31"})).await;
    assert_eq!(read_back(&pim, json!("2016-06-13")).await, "2016-06-13T00:00:00+00:00");
    assert_eq!(
        read_back(&pim, json!("2016-06-14T00:00:00+02:00")).await,
        "2016-06-14T00:00:00+00:00"
    );
    assert_eq!(refuse(&pim, json!("2015-06-13")).await.len(), 1);
    assert_eq!(refuse(&pim, json!("soon")).await.len(), 1);
}

#[tokio::test]
async fn number_without_decimals() {
    let pim = with("number", json!({"number_min": "1", "number_max": "9"})).await;
    assert_eq!(read_back(&pim, json!("7")).await, 7);
    for bad in [json!(0), json!(10), json!(1.5), json!("x")] {
        assert_eq!(refuse(&pim, bad).await.len(), 1);
    }
}

#[tokio::test]
async fn number_with_decimals() {
    let pim = with("number", json!({"decimals_allowed": true, "negative_allowed": true})).await;
    assert_eq!(read_back(&pim, json!("12.56787697870")).await, "12.56787697870");
    assert_eq!(read_back(&pim, json!(-1.5)).await, "-1.5");
    let pim = with("number", json!({"decimals_allowed": true})).await;
    assert_eq!(refuse(&pim, json!("-1")).await.len(), 1);
}

#[tokio::test]
async fn decimal_places_are_rounded_trimmed_or_refused() {
    let places = |strategy: &str| json!({"decimals_allowed": true, "decimal_places_strategy": strategy, "decimal_places": 2});
    let pim = with("number", places("round")).await;
    assert_eq!(read_back(&pim, json!("1.235")).await, "1.24");
    let pim = with("number", places("trim")).await;
    assert_eq!(read_back(&pim, json!("1.239")).await, "1.23");
    let pim = with("number", places("forbid")).await;
    assert_eq!(refuse(&pim, json!("1.239")).await.len(), 1);
}

#[tokio::test]
async fn metric() {
    let power = |decimals: bool| json!({"metric_family": "Power", "default_metric_unit": "WATT", "decimals_allowed": decimals});
    let pim = with("metric", power(true)).await;
    let kilowatt = |amount: Value| json!({"amount": amount, "unit": "KILOWATT"});
    assert_eq!(
        read_back(&pim, json!({"amount": 10, "unit": "Kilowatt"})).await,
        kilowatt("10.0000".into())
    );
    assert_eq!(
        refuse(&pim, json!({"amount": 1, "unit": "PARSEC"})).await,
        ["Please specify a valid metric unit for the it attribute."]
    );
    assert_eq!(refuse(&pim, json!(1)).await.len(), 1);
    let pim = with("metric", power(false)).await;
    assert_eq!(read_back(&pim, kilowatt(10.into())).await, kilowatt(10.into()));
}

#[tokio::test]
async fn price_collection() {
    let pim = with("price_collection", json!({"decimals_allowed": true, "number_min": "1"})).await;
    let price = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    assert_eq!(
        read_back(&pim, json!([price("16", "USD"), price("15.5", "EUR")])).await,
        json!([price("15.50", "EUR"), price("16.00", "USD")])
    );
    assert_eq!(read_back(&pim, json!([price("2", "EUR")])).await, json!([price("2.00", "EUR")]));
    let patch = json!({"values": {"it": value(json!([price("0.5", "EUR"), price("5", "CHF"), price("0", "USD")]))}});
    let errors = pim.patch("products/A", patch).await.assert_status(422).json()["errors"].clone();
    let currencies: Vec<&Value> =
        errors.as_array().unwrap().iter().map(|error| &error["currency"]).collect();
    assert_eq!(
        currencies,
        ["EUR", "CHF", "USD"],
        "each price that breaks a rule is told: {errors}"
    );
    assert_eq!(
        refuse(&pim, json!([price("5", "CHF")])).await,
        ["The it attribute requires an activated currency, \"CHF\" given."]
    );
    assert_eq!(
        refuse(&pim, json!([1])).await,
        [
            "Property \"it\" expects an array with valid data, one of the values is not an array. Check the expected format on the API documentation."
        ]
    );
    let pim = with("price_collection", json!({"decimals_allowed": false})).await;
    assert_eq!(
        read_back(&pim, json!([{"amount": 2, "currency": "EUR"}])).await,
        json!([{"amount": 2, "currency": "EUR"}])
    );
}

#[tokio::test]
async fn file_and_image() {
    for kind in ["file", "image"] {
        let pim = with(kind, json!({})).await;
        assert_eq!(
            refuse(&pim, json!("/x")).await,
            [
                "Property \"it\" expects a valid pathname as data, \"/x\" given. Check the expected format on the API documentation."
            ]
        );
    }
}

#[tokio::test]
async fn a_value_stands_in_its_locale_and_channel() {
    let pim = with("text", json!({"localizable": true, "scopable": true})).await;
    let there = json!([{"locale": "en_US", "scope": "ecommerce", "data": "x"}]);
    pim.patch("products/A", json!({"values": {"it": there}})).await.assert_status(201);
    assert_eq!(pim.get("products/A").await.json()["values"]["it"], there);
    assert_eq!(
        refuse(&pim, json!("x")).await[0],
        "Attribute \"it\" expects a locale, none given. Check the expected format on the API documentation."
    );
}

#[tokio::test]
async fn a_locale_specific_attribute_has_values_in_its_locales_only() {
    let pim = with("text", json!({"localizable": true, "available_locales": ["de_DE"]})).await;
    let set = async |locale: &str| {
        let there = json!([{"locale": locale, "scope": null, "data": "x"}]);
        pim.patch("products/A", json!({"values": {"it": there}})).await
    };
    set("de_DE").await.assert_status(201);
    set("en_US").await.assert_status(422);
}

#[tokio::test]
async fn options_come_with_their_labels_when_asked() {
    let pim = Pim::stocked().await;
    let values = json!({"color": value("red"), "tags": value(json!(["new"]))});
    pim.patch_all("products", &[json!({"identifier": "A", "values": values})]).await;
    let shown = pim.get("products/A?with_attribute_options=true").await.json()["values"].clone();
    assert_eq!(
        shown["color"][0]["linked_data"],
        json!({"attribute": "color", "code": "red", "labels": {"en_US": "Red"}})
    );
    assert_eq!(
        shown["tags"][0]["linked_data"],
        json!({"new": {"attribute": "tags", "code": "new", "labels": {}}})
    );
    assert_eq!(pim.get("products/A").await.json()["values"]["color"][0].get("linked_data"), None);
}

#[tokio::test]
async fn measurements_are_converted_to_the_units_of_the_channel() {
    let pim = Pim::stocked().await;
    pim.patch("channels/ecommerce", json!({"conversion_units": {"volume": "MILLILITER"}}))
        .await
        .assert_status(204);
    let values = json!({"volume": value(json!({"amount": "0.25", "unit": "LITER"}))});
    pim.patch_all(
        "products",
        &[json!({"identifier": "A", "categories": ["kitchen"], "values": values})],
    )
    .await;
    let data = async |query: &str| {
        pim.get(&format!("products/A?{query}")).await.json()["values"]["volume"][0]["data"].clone()
    };
    assert_eq!(
        data("scope=ecommerce&convert_measurements=true").await,
        json!({"amount": "250.0000", "unit": "MILLILITER"})
    );
    assert_eq!(data("scope=ecommerce").await, json!({"amount": "0.2500", "unit": "LITER"}));
    pim.get("products/A?convert_measurements=true").await.assert_status(422);
}

#[tokio::test]
async fn a_rule_that_changed_holds_from_the_next_write_on() {
    let pim = with("text", json!({})).await;
    for _ in 0..5 {
        assert_eq!(read_back(&pim, json!("Blue mug")).await, "Blue mug");
        pim.patch_all("attributes", &[json!({"code": "it", "max_characters": 3})]).await;
        assert_eq!(refuse(&pim, json!("Blue cup")).await.len(), 1);
        pim.patch_all("attributes", &[json!({"code": "it", "max_characters": null})]).await;
    }
}

#[tokio::test]
async fn an_option_is_known_from_the_next_write_on_and_no_longer_than_it_is_there() {
    let pim = with("simpleselect", json!({})).await;
    for _ in 0..5 {
        assert_eq!(refuse(&pim, json!("red")).await.len(), 1);
        pim.patch_all("attributes/it/options", &[json!({"code": "red"})]).await;
        assert_eq!(read_back(&pim, json!("RED")).await, "red");
        pim.patch("products/A", json!({"values": {"it": value(Value::Null)}})).await;
        pim.delete("attributes/it/options/red").await.assert_status(204);
    }
}

#[tokio::test]
async fn amounts_have_the_decimal_places_of_their_attribute() {
    let rounded =
        json!({"decimals_allowed": true, "decimal_places": 2, "decimal_places_strategy": "round"});
    let forbidden =
        json!({"decimals_allowed": true, "decimal_places": 2, "decimal_places_strategy": "forbid"});
    let whole = json!({"decimals_allowed": false});
    let metric = |parameters: &Value| {
        let mut all = json!({"metric_family": "Weight", "default_metric_unit": "GRAM"});
        all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        all
    };
    let weight = |amount: &str| json!({"amount": amount, "unit": "GRAM"});
    let price = |amount: &str| json!([{"amount": amount, "currency": "EUR"}]);
    let too_many = ["The it attribute accepts at most 2 decimal places."];
    let fraction = ["The it attribute requires a non-decimal value, and 1.5 is not a valid value."];
    let pim = with("metric", metric(&rounded)).await;
    assert_eq!(read_back(&pim, weight("1.239")).await, weight("1.2400"));
    assert_eq!(
        refuse(&pim, weight("-1")).await,
        ["The it attribute requires an equal or greater than 0 value."]
    );
    assert_eq!(refuse(&with("metric", metric(&forbidden)).await, weight("1.239")).await, too_many);
    assert_eq!(refuse(&with("metric", metric(&whole)).await, weight("1.5")).await, fraction);
    let pim = with("price_collection", rounded).await;
    assert_eq!(read_back(&pim, price("1.239")).await, price("1.24"));
    assert_eq!(refuse(&with("price_collection", forbidden).await, price("1.239")).await, too_many);
    assert_eq!(refuse(&with("price_collection", whole).await, price("1.5")).await, fraction);
}

#[tokio::test]
async fn a_number_or_a_date_may_be_unique() {
    for (kind, data) in [("number", json!(5)), ("date", json!("2026-03-01"))] {
        let pim = with(kind, json!({"unique": true})).await;
        read_back(&pim, data.clone()).await;
        let other = json!({"values": {"it": value(data)}});
        let answer = pim.patch("products/B", other).await.assert_status(422).json();
        assert!(messages(&answer)[0].contains("is already set on another product"), "{answer}");
    }
}
