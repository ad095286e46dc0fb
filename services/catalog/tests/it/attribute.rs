//! Attributes, their options, and measurement families.

use serde_json::{Value, json};

use crate::pim::{Pim, messages};

#[tokio::test]
async fn an_attribute_reads_with_all_its_keys() {
    let pim = Pim::open().await;
    let body = json!({"code": "weight", "type": "pim_catalog_metric", "group": "other",
                      "metric_family": "Weight", "default_metric_unit": "KILOGRAM", "number_min": 0.5});
    pim.post("attributes", body).await.assert_status(201);
    let attribute = pim.get("attributes/weight").await.assert_status(200).json();
    let expected = json!({
        "code": "weight", "type": "pim_catalog_metric", "group": "other",
        "group_labels": {"en_US": "Other", "de_DE": "Sonstiges", "fr_FR": "Autre"},
        "sort_order": 0, "localizable": false, "scopable": false, "unique": false,
        "is_main_identifier": false, "metric_family": "Weight", "available_locales": [], "labels": {},
        "useable_as_grid_filter": false, "allowed_extensions": [], "default_metric_unit": "KILOGRAM",
        "reference_data_name": null, "max_characters": null, "validation_rule": null,
        "validation_regexp": null, "wysiwyg_enabled": null, "number_min": "0.5", "number_max": null,
        "decimals_allowed": false, "negative_allowed": false, "date_min": null, "date_max": null,
        "max_file_size": null, "minimum_input_length": null, "guidelines": {},
        "auto_option_sorting": null, "default_value": null, "is_read_only": null,
        "is_mandatory": false, "decimal_places_strategy": null, "decimal_places": null,
        "table_configuration": null,
    });
    assert_eq!(attribute, expected);
    let answer = pim.patch("attributes/weight", attribute).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn every_problem_of_an_attribute_is_reported_at_once() {
    let pim = Pim::open().await;
    let body = json!({"code": "categories", "type": "pim_catalog_text", "unique": true, "localizable": true,
                      "validation_rule": "regexp", "validation_regexp": "/[/", "max_characters": 300});
    let answer = pim.post("attributes", body).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        [
            "This code is not available",
            "This value should not be blank.",
            "A unique attribute has one value for all locales and channels.",
            "This value should be between 1 and 255.",
            "This regular expression is not valid.",
        ]
    );
}

#[tokio::test]
async fn the_nature_of_an_attribute_never_changes() {
    let pim = Pim::open().await;
    pim.post("attributes", json!({"code": "name", "type": "pim_catalog_text", "group": "other"}))
        .await
        .assert_status(201);
    let body = json!({"type": "pim_catalog_number", "localizable": true, "scopable": true});
    let answer = pim.patch("attributes/name", body).await.assert_status(422).json();
    let properties: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["property"].clone())
        .collect();
    assert_eq!(properties, ["type", "localizable", "scopable"]);
    let body = json!({"code": "x", "type": "pim_catalog_ghost", "group": "other"});
    let answer = pim.post("attributes", body).await.assert_status(422).json();
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("The attribute type does not exist, \"pim_catalog_ghost\" given.")
    );
}

#[tokio::test]
async fn options_belong_to_select_attributes_and_ignore_case() {
    let pim = Pim::stocked().await;
    let option = pim.get("attributes/color/options/red").await.assert_status(200).json();
    assert_eq!(
        option,
        json!({"code": "red", "attribute": "color", "sort_order": 0, "labels": {"en_US": "Red"}})
    );
    let answer = pim
        .post("attributes/color/options", json!({"code": "RED"}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(messages(&answer), ["This value is already used."]);
    let answer = pim.get("attributes/name/options").await.assert_status(404).json();
    assert_eq!(
        answer["message"],
        "Attribute \"name\" does not support options. Only attributes of type \"pim_catalog_simpleselect\", \"pim_catalog_multiselect\" support options."
    );
    let answer = pim.get("attributes/color/options/x").await.assert_status(404).json();
    assert_eq!(
        answer["message"],
        "Attribute option \"x\" does not exist or is not an option of the attribute \"color\"."
    );
    pim.get("attributes/ghost/options").await.assert_status(404);
}

#[tokio::test]
async fn an_option_in_use_cannot_be_deleted_and_a_new_label_rebuilds_its_pages() {
    let pim = Pim::stocked().await;
    let value = |data: Value| json!([{"locale": null, "scope": null, "data": data}]);
    let mug = json!({"identifier": "A", "values": {"color": value("red".into()), "tags": value(json!(["gift"]))}});
    pim.patch_all("products", &[mug, json!({"identifier": "B"})]).await;
    assert_eq!(pim.take_tasks().await.len(), 2);
    pim.patch("attributes/tags/options/gift", json!({"labels": {"en_US": "Gift"}}))
        .await
        .assert_status(204);
    assert_eq!(pim.take_tasks().await.len(), 1);
    let answer = pim.delete("attributes/color/options/red").await.assert_status(422).json();
    assert_eq!(messages(&answer), ["Attribute option \"red\" is still needed by product \"A\"."]);
}

#[tokio::test]
async fn measurement_families_are_plain_arrays() {
    let pim = Pim::open().await;
    let families = pim.get("measurement-families").await.assert_status(200).json();
    let temperature = families
        .as_array()
        .unwrap()
        .iter()
        .find(|family| family["code"] == "Temperature")
        .unwrap()
        .clone();
    assert_eq!(
        temperature["units"]["CELSIUS"],
        json!({"code": "CELSIUS", "labels": {"en_US": "Degree Celsius"}, "symbol": "°C",
               "convert_from_standard": [{"operator": "add", "value": "273.15"}]})
    );
    let custom = json!([
        {"code": "Gloss", "standard_unit_code": "GU", "units": {"GU": {"code": "GU", "convert_from_standard": [{"operator": "mul", "value": "1"}]}}},
        {"code": "Bad", "standard_unit_code": "X", "units": {}},
        temperature,
    ]);
    let answer = pim.patch("measurement-families", custom).await.assert_status(200);
    assert!(!answer.text().contains('\n'));
    let answers = answer.json();
    assert_eq!(answers[0], json!({"code": "Gloss", "status_code": 201}));
    assert_eq!(answers[1]["status_code"], 422);
    assert_eq!(answers[2], json!({"code": "Temperature", "status_code": 204, "changed": false}));
}

#[tokio::test]
async fn units_are_frozen_while_an_attribute_uses_them() {
    let pim = Pim::stocked().await;
    let unit = json!({"LITER": {"code": "LITER", "convert_from_standard": [{"operator": "mul", "value": "0.002"}]}});
    let answers =
        pim.patch("measurement-families", json!([{"code": "Volume", "units": unit}])).await.json();
    assert_eq!(
        messages(&answers[0]),
        ["The units cannot change while attributes use the family: volume."]
    );
    pim.delete("measurement-families/Volume").await.assert_status(422);
    pim.delete("measurement-families/Decibel").await.assert_status(204);
}

#[tokio::test]
async fn limits_of_numbers_and_days_can_be_read_and_are_in_order() {
    let pim = Pim::open().await;
    let create = async |kind: &str, limits: Value| {
        let mut body = json!({"code": "a", "type": kind, "group": "other"});
        body.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
        let answer = pim.post("attributes", body).await;
        if answer.status == 422 { messages(&answer.json()) } else { Vec::new() }
    };
    let (number, date) = ("pim_catalog_number", "pim_catalog_date");
    let cases = [
        (
            number,
            json!({"number_min": "3", "number_max": "2.5"}),
            "The min number must be lower than the max number.",
        ),
        (date, json!({"date_max": "1.3.2026"}), "This value is not a valid date."),
        (
            date,
            json!({"date_min": "2026-03-02", "date_max": "2026-03-01"}),
            "The min date must be lower than the max date.",
        ),
    ];
    for (kind, limits, message) in cases {
        assert_eq!(create(kind, limits.clone()).await, [message], "{limits}");
    }
    let days = json!({"date_min": "2026-03-01", "date_max": "2026-03-31T00:00:00+00:00"});
    assert!(create(date, days).await.is_empty());
    let write = async |day: &str| {
        let body = json!({"values": {"a": [{"locale": null, "scope": null, "data": day}]}});
        let answer = pim.patch("products/A", body).await;
        if answer.status == 422 { messages(&answer.json()) } else { Vec::new() }
    };
    assert!(write("2026-03-01").await.is_empty());
    assert!(write("2026-03-31").await.is_empty());
    assert_eq!(
        write("2026-04-01").await,
        ["The a attribute requires a date that should be 2026-03-31 or before."]
    );
    assert_eq!(
        write("2026-02-28").await,
        ["The a attribute requires a date that should be 2026-03-01 or after."]
    );
}

#[tokio::test]
async fn a_new_attribute_says_its_type() {
    let pim = Pim::open().await;
    for kind in [json!({}), json!({"type": ""})] {
        let mut body = json!({"code": "name", "group": "other"});
        body.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        let answer = pim.post("attributes", body).await.assert_status(422).json();
        assert_eq!(answer["errors"][0]["property"], "type");
        assert_eq!(messages(&answer), ["This value should not be blank."]);
    }
}

#[tokio::test]
async fn what_the_values_of_an_attribute_rest_on_never_changes() {
    let pim = Pim::open().await;
    for (body, change) in [
        (json!({"type": "pim_catalog_text"}), json!({"unique": true})),
        (
            json!({"type": "pim_catalog_metric", "metric_family": "Weight", "default_metric_unit": "GRAM"}),
            json!({"metric_family": "Length", "default_metric_unit": "METER"}),
        ),
        (json!({"type": "pim_catalog_identifier"}), json!({"is_main_identifier": true})),
    ] {
        let mut body = body;
        body["code"] = json!("it");
        body["group"] = json!("other");
        pim.post("attributes", body).await.assert_status(201);
        let answer = pim.patch("attributes/it", change.clone()).await.assert_status(422).json();
        let property = answer["errors"][0]["property"].as_str().unwrap();
        assert!(change.get(property).is_some(), "{answer}");
        assert_eq!(messages(&answer)[0], "This property cannot be changed.");
        pim.delete("attributes/it").await.assert_status(204);
    }
}
