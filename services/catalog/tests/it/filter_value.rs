//! Filters on values: for each type of attribute every operator.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// Two products that differ in everything, and `C` that has nothing.
async fn shop() -> Pim {
    let pim = Pim::stocked().await;
    let blurb = |text: &str| json!([{"locale": null, "scope": "ecommerce", "data": text}]);
    pim.patch_all("products", &[
        json!({"identifier": "A", "values": {
            "brand": value("Acme Corp"), "blurb": blurb("Blue. Big."), "pieces": value(6),
            "volume": value(json!({"amount": "250", "unit": "MILLILITER"})),
            "price": value(json!([{"amount": "15", "currency": "EUR"}, {"amount": "20", "currency": "USD"}])),
            "color": value("red"), "tags": value(json!(["new", "gift"])),
            "dishwasher_safe": value(true), "released": value("2024-05-01")}}),
        json!({"identifier": "B", "values": {
            "brand": value("Bigco"), "blurb": blurb("Red."), "pieces": value(12),
            "volume": value(json!({"amount": "0.5", "unit": "LITER"})),
            "price": value(json!([{"amount": "20", "currency": "EUR"}])),
            "color": value("blue"), "tags": value(json!(["new"])),
            "dishwasher_safe": value(false), "released": value("2024-06-01")}}),
        json!({"identifier": "C"}),
    ]).await;
    pim
}

async fn check(attribute: &str, more: Value, cases: &[(&str, Value, &[&str])]) {
    let pim = shop().await;
    for (operator, value, expected) in cases {
        let mut condition = json!({"operator": operator, "value": value});
        condition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found = pim.find("products", json!({attribute: [condition]})).await;
        assert_eq!(found, *expected, "{attribute} {operator} {value}");
    }
    let bad =
        pim.refuse("products", json!({attribute: [{"operator": "~", "scope": "ecommerce"}]})).await;
    let unsupported = format!(
        "Filter on property \"{attribute}\" is not supported or does not support operator \"~\""
    );
    assert_eq!(bad, unsupported);
}

#[tokio::test]
async fn identifier() {
    check(
        "sku",
        json!({}),
        &[
            ("STARTS WITH", json!("a"), &["A"]),
            ("CONTAINS", json!("b"), &["B"]),
            ("DOES NOT CONTAIN", json!("b"), &["A", "C"]),
            ("=", json!("A"), &["A"]),
            ("!=", json!("A"), &["B", "C"]),
            ("EMPTY", Value::Null, &[]),
            ("NOT EMPTY", Value::Null, &["A", "B", "C"]),
            ("IN", json!(["A", "B"]), &["A", "B"]),
            ("NOT IN", json!(["A", "B"]), &["C"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn text() {
    check(
        "brand",
        json!({}),
        &[
            ("STARTS WITH", json!("acme"), &["A"]),
            ("CONTAINS", json!("co"), &["A", "B"]),
            ("DOES NOT CONTAIN", json!("corp"), &["B"]),
            ("=", json!("Bigco"), &["B"]),
            ("!=", json!("Bigco"), &["A"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
            ("IN", json!(["Bigco", "x"]), &["B"]),
            ("NOT IN", json!(["Bigco", "x"]), &["A"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn textarea_of_a_channel() {
    check(
        "blurb",
        json!({"scope": "ecommerce"}),
        &[
            ("STARTS WITH", json!("red"), &["B"]),
            ("CONTAINS", json!("big"), &["A"]),
            ("DOES NOT CONTAIN", json!("big"), &["B"]),
            ("=", json!("Red."), &["B"]),
            ("!=", json!("Red."), &["A"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn number() {
    check(
        "pieces",
        json!({}),
        &[
            ("<", json!(12), &["A"]),
            ("<=", json!(12), &["A", "B"]),
            ("=", json!("12"), &["B"]),
            ("!=", json!(12), &["A"]),
            (">=", json!(6), &["A", "B"]),
            (">", json!(6.5), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

/// Compared in the standard unit, whatever unit either side is in.
#[tokio::test]
async fn metric() {
    let volume = |amount: &str, unit: &str| json!({"amount": amount, "unit": unit});
    check(
        "volume",
        json!({}),
        &[
            ("<", volume("0.5", "LITER"), &["A"]),
            ("<=", volume("500", "MILLILITER"), &["A", "B"]),
            ("=", volume("25", "CENTILITER"), &["A"]),
            ("!=", volume("25", "CENTILITER"), &["B"]),
            (">=", volume("0.25", "liter"), &["A", "B"]),
            (">", volume("250", "MILLILITER"), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn price() {
    let price = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    check(
        "price",
        json!({}),
        &[
            ("<", price("20", "EUR"), &["A"]),
            ("<=", price("20", "EUR"), &["A", "B"]),
            ("=", price("20.00", "USD"), &["A"]),
            ("!=", price("20", "EUR"), &["A"]),
            (">=", price("15", "EUR"), &["A", "B"]),
            (">", price("15", "EUR"), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn simple_select() {
    check(
        "color",
        json!({}),
        &[
            ("IN", json!(["red"]), &["A"]),
            ("NOT IN", json!(["red"]), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn multi_select() {
    check(
        "tags",
        json!({}),
        &[
            ("IN", json!(["gift"]), &["A"]),
            ("NOT IN", json!(["gift"]), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn boolean() {
    check(
        "dishwasher_safe",
        json!({}),
        &[
            ("=", json!(true), &["A"]),
            ("!=", json!(true), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn date() {
    check(
        "released",
        json!({}),
        &[
            ("<", json!("2024-06-01"), &["A"]),
            ("=", json!("2024-06-01"), &["B"]),
            ("!=", json!("2024-06-01"), &["A"]),
            (">", json!("2024-05-01"), &["B"]),
            ("BETWEEN", json!(["2024-05-01", "2024-05-31"]), &["A"]),
            ("NOT BETWEEN", json!(["2024-05-01", "2024-05-31"]), &["B"]),
            ("EMPTY", Value::Null, &["C"]),
            ("NOT EMPTY", Value::Null, &["A", "B"]),
        ],
    )
    .await;
}

/// By the name that the file had where it came from.
#[tokio::test]
async fn image() {
    let pim = shop().await;
    for (identifier, name) in [("A", "blue mug.png"), ("B", "red.png")] {
        let code = format!("1/2/3/4/1234_{identifier}.png");
        sqlx::query(
            "insert into media_file (code, original_filename, mime_type, size_bytes, extension, sha256)
             values ($1, $2, 'image/png', 1, 'png', '')",
        )
        .bind(&code)
        .bind(name)
        .execute(&pim.db)
        .await
        .unwrap();
        pim.patch(&format!("products/{identifier}"), json!({"values": {"picture": value(code)}}))
            .await
            .assert_status(204);
    }
    let cases: [(&str, Value, &[&str]); 7] = [
        ("STARTS WITH", json!("blue"), &["A"]),
        ("CONTAINS", json!("ED"), &["B"]),
        ("DOES NOT CONTAIN", json!("red"), &["A"]),
        ("=", json!("red.png"), &["B"]),
        ("!=", json!("red.png"), &["A"]),
        ("EMPTY", Value::Null, &["C"]),
        ("NOT EMPTY", Value::Null, &["A", "B"]),
    ];
    for (operator, value, expected) in cases {
        let condition = json!({"operator": operator, "value": value});
        assert_eq!(
            pim.find("products", json!({"picture": [condition]})).await,
            expected,
            "{operator}"
        );
    }
}

#[tokio::test]
async fn a_localized_value_is_sought_in_its_locale_only() {
    let pim = shop().await;
    let name = json!([{"locale": "de_DE", "scope": null, "data": "Tasse"}]);
    pim.patch("products/A", json!({"values": {"name": name}})).await.assert_status(204);
    let find = async |locale: &str| {
        let condition = json!({"operator": "=", "value": "Tasse", "locale": locale});
        pim.find("products", json!({"name": [condition]})).await
    };
    assert_eq!(find("de_DE").await, ["A"]);
    assert_eq!(find("en_US").await, Vec::<String>::new());
}

/// Also where the conversion has no end, as a division by 1.8.
#[tokio::test]
async fn a_measurement_equals_itself_in_its_own_unit() {
    let pim = shop().await;
    let attribute = json!({"code": "heat", "type": "pim_catalog_metric", "group": "other", "metric_family": "Temperature", "default_metric_unit": "KELVIN", "decimals_allowed": true, "negative_allowed": true});
    pim.patch_all("attributes", &[attribute]).await;
    let heat = json!({"amount": "100", "unit": "FAHRENHEIT"});
    pim.patch("products/A", json!({"values": {"heat": value(heat.clone())}}))
        .await
        .assert_status(204);
    for (operator, expected) in [("=", vec!["A"]), (">", vec![]), ("<=", vec!["A"])] {
        let condition = json!({"operator": operator, "value": heat});
        assert_eq!(pim.find("products", json!({"heat": [condition]})).await, expected);
    }
}
