//! Limits of structure and values, each with its message.

use serde_json::{Value, json};

use crate::{
    media_file::{PNG, upload_to},
    pim::{Pim, messages, value},
};

#[tokio::test]
async fn a_family_varies_in_at_most_five_axes_and_has_an_attribute_on_one_level() {
    let pim = Pim::stocked().await;
    let axes: Vec<String> = (0..6).map(|number| format!("axis_{number}")).collect();
    let attributes: Vec<Value> = axes
        .iter()
        .map(|code| json!({"code": code, "type": "pim_catalog_boolean", "group": "other"}))
        .collect();
    pim.patch_all("attributes", &attributes).await;
    let codes: Vec<&str> =
        axes.iter().map(String::as_str).chain(["sku", "name", "color"]).collect();
    pim.patch_all("families", &[json!({"code": "many", "attributes": codes})]).await;
    let refused = async |levels: Value| {
        let body = json!({"code": "v", "variant_attribute_sets": levels});
        messages(&pim.post("families/many/variants", body).await.assert_status(422).json())
    };
    assert_eq!(
        refused(json!([{"level": 1, "axes": axes, "attributes": []}])).await,
        [
            "There should be no more than 5 attributes defined as axis for the attribute set for level \"1\""
        ]
    );
    assert_eq!(
        refused(json!([
            {"level": 1, "axes": ["color"], "attributes": ["name"]},
            {"level": 2, "axes": ["axis_0"], "attributes": ["name"]}
        ]))
        .await,
        ["Attributes must be unique in the variant attribute sets."]
    );
    let five = json!([{"level": 1, "axes": &axes[..5], "attributes": []}]);
    let body = json!({"code": "v", "variant_attribute_sets": five});
    pim.post("families/many/variants", body).await.assert_status(201);
}

#[tokio::test]
async fn a_measurement_family_has_at_most_fifty_units_of_five_operations() {
    let pim = Pim::open().await;
    let times = |count: usize| vec![json!({"operator": "mul", "value": "1"}); count];
    let family = |units: usize, operations: usize| {
        let unit = |number| {
            let operations = if number == 0 { 1 } else { operations };
            (format!("U{number}"), json!({"convert_from_standard": times(operations)}))
        };
        let units: serde_json::Map<String, Value> = (0..units).map(unit).collect();
        json!([{"code": "Mood", "standard_unit_code": "U0", "units": units}])
    };
    let write = async |body: Value| {
        pim.patch("measurement-families", body).await.assert_status(200).json()[0].clone()
    };
    let refused = write(family(51, 1)).await;
    assert_eq!(messages(&refused), ["A measurement family has 1 to 50 units."]);
    let refused = write(family(2, 6)).await;
    assert_eq!(messages(&refused), ["The unit \"U1\" needs 1 to 5 operations."]);
    let refused = write(family(2, 0)).await;
    assert_eq!(messages(&refused), ["The unit \"U1\" needs 1 to 5 operations."]);
    assert_eq!(write(family(50, 5)).await["status_code"], 201);
}

#[tokio::test]
async fn a_file_has_an_extension_and_a_size_that_its_attribute_allows() {
    let pim = Pim::stocked().await;
    let manual = json!({"code": "manual", "type": "pim_catalog_file", "group": "other",
                        "allowed_extensions": ["png"], "max_file_size": "0.001"});
    pim.post("attributes", manual).await.assert_status(201);
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let owner = json!({"identifier": "A", "attribute": "manual", "locale": null, "scope": null});
    let owner = owner.to_string();
    let upload = async |name: &str, file: &[u8]| {
        upload_to(&pim, "media-files", name, file, ("product", &owner)).await
    };
    let refused = upload("a.txt", b"text").await.assert_status(422).json();
    assert_eq!(
        messages(&refused),
        [
            "The txt file extension is not allowed for the manual attribute. Allowed extensions are png."
        ]
    );
    let large = [PNG, &[0; 2000]].concat();
    let refused = upload("a.png", &large).await.assert_status(422).json();
    assert_eq!(messages(&refused), ["The manual attribute accepts files of at most 0.001 MB."]);
    upload("a.png", PNG).await.assert_status(201);
}

#[tokio::test]
async fn amounts_of_measurements_and_prices_keep_the_limits_of_their_attribute() {
    let pim = Pim::stocked().await;
    let limits = json!({"number_min": "1", "number_max": "10"});
    for code in ["volume", "price"] {
        pim.patch(&format!("attributes/{code}"), limits.clone()).await.assert_status(204);
    }
    let refused = async |code: &str, data: Value| {
        let body = json!({"identifier": "A", "values": {code: value(data)}});
        messages(&pim.post("products", body).await.assert_status(422).json())
    };
    let volume = |amount: &str| json!({"amount": amount, "unit": "LITER"});
    let price = |amount: &str| json!([{"amount": amount, "currency": "EUR"}]);
    for (code, small, large) in
        [("volume", volume("0.99"), volume("10.01")), ("price", price("0.99"), price("10.01"))]
    {
        let (least, most) = (
            format!("The {code} attribute requires an equal or greater than 1 value."),
            format!("The {code} attribute requires an equal or lower than 10 value."),
        );
        assert_eq!(refused(code, small).await, [least]);
        assert_eq!(refused(code, large).await, [most]);
    }
    let body = json!({"identifier": "A", "values": {"volume": value(volume("10")), "price": value(price("1"))}});
    pim.post("products", body).await.assert_status(201);
}

#[tokio::test]
async fn a_product_is_named_by_a_uuid() {
    let pim = Pim::stocked().await;
    let refused = pim.post("products-uuid", json!({"uuid": "7"})).await.assert_status(422).json();
    assert_eq!(messages(&refused), ["This is not a valid UUID."]);
    let refused = pim.patch("products-uuid/7", json!({})).await.assert_status(422).json();
    assert_eq!(messages(&refused), ["This is not a valid UUID."]);
    let lines = pim.patch_lines("products-uuid", &[json!({"uuid": "7"})]).await;
    assert_eq!(lines[0]["status_code"], 422);
    assert_eq!(messages(&lines[0]), ["This is not a valid UUID."]);
}

/// As products do, which are streamed.
#[tokio::test]
async fn a_hundred_records_may_be_larger_than_one_body_of_another_kind() {
    let pim = Pim::stocked().await;
    pim.patch("reference-entities/brand", json!({"code": "brand"})).await.assert_status(201);
    let story = json!({"code": "story", "type": "text", "is_textarea": true});
    pim.patch("reference-entities/brand/attributes/story", story).await.assert_status(201);
    let text = "a".repeat(20_000);
    let story = json!([{"locale": null, "channel": null, "data": text}]);
    let record = |number| json!({"code": format!("r{number}"), "values": {"story": story}});
    let records: Vec<Value> = (0..100).map(record).collect();
    let path = "reference-entities/brand/records";
    let answers = pim.patch(path, records.into()).await.assert_status(200).json();
    assert_eq!(answers.as_array().unwrap().len(), 100);
    assert!(answers.as_array().unwrap().iter().all(|answer| answer["status_code"] == 201));
}
