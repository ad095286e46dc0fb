//! Reference entities: attributes, options, records, and products that refer to them.

use http::Method;
use serde_json::{Value, json};

use crate::pim::{Pim, encode, messages, value};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn entry(locale: Option<&str>, channel: Option<&str>, data: impl Into<Value>) -> Value {
    json!([{"locale": locale, "channel": channel, "data": data.into()}])
}

/// Brands with a country, and designers who work for them.
async fn brands() -> Pim {
    let pim = Pim::stocked().await;
    pim.patch("reference-entities/brand", json!({"labels": {"en_US": "Brand"}}))
        .await
        .assert_status(201);
    pim.patch("reference-entities/designer", json!({})).await.assert_status(201);
    let attributes = [
        ("country", json!({"type": "single_option", "is_required_for_completeness": true})),
        ("styles", json!({"type": "multiple_options"})),
        ("founded", json!({"type": "number", "min_value": "1800"})),
        (
            "story",
            json!({"type": "text", "is_textarea": true, "value_per_locale": true,
                   "value_per_channel": true, "is_required_for_completeness": true}),
        ),
        (
            "designers",
            json!({"type": "reference_entity_multiple_links", "reference_entity_code": "designer"}),
        ),
        (
            "parent",
            json!({"type": "reference_entity_single_link", "reference_entity_code": "brand"}),
        ),
    ];
    for (code, body) in attributes {
        pim.patch(&format!("reference-entities/brand/attributes/{code}"), body)
            .await
            .assert_status(201);
    }
    for path in ["country/options/it", "country/options/dk", "styles/options/modern"] {
        pim.patch(&format!("reference-entities/brand/attributes/{path}"), json!({}))
            .await
            .assert_status(201);
    }
    pim
}

async fn patch_records(pim: &Pim, entity: &str, records: Value) -> Vec<Value> {
    let answer = pim.patch(&format!("reference-entities/{entity}/records"), records).await;
    let text = answer.assert_status(200).text();
    assert!(!text.contains('\n'), "the answer is one line");
    serde_json::from_str(&text).unwrap()
}

async fn codes(pim: &Pim, search: Value) -> Vec<String> {
    let path = format!("reference-entities/brand/records?search={}", encode(&search.to_string()));
    let list = pim.get(&path).await.assert_status(200).json();
    let items = list["_embedded"]["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_reference_entity_reads_as_it_was_written() {
    let pim = Pim::open().await;
    let answer = pim
        .patch("reference-entities/brand", json!({"code": "brand", "labels": {"en_US": "Brand"}}))
        .await
        .assert_status(201);
    assert_eq!(
        answer.header("location"),
        "https://pim.example/api/rest/v1/reference-entities/brand"
    );
    pim.patch("reference-entities/brand", json!({"labels": {"de_DE": "Marke"}}))
        .await
        .assert_status(204);
    assert_eq!(
        pim.get("reference-entities/brand").await.assert_status(200).json(),
        json!({"code": "brand", "labels": {"de_DE": "Marke", "en_US": "Brand"}, "image": null})
    );
    let list =
        pim.get("reference-entities?limit=1&with_count=true").await.assert_status(200).json();
    let root = "https://pim.example/api/rest/v1/reference-entities";
    assert_eq!(
        list,
        json!({
            "_links": {"self": {"href": root}, "first": {"href": root}},
            "_embedded": {"items": [{
                "_links": {"self": {"href": format!("{root}/brand")}},
                "code": "brand", "labels": {"de_DE": "Marke", "en_US": "Brand"}, "image": null,
            }]},
        })
    );
    let missing = pim.get("reference-entities/x").await.assert_status(404).json();
    assert_eq!(missing["message"], "Reference entity \"x\" does not exist.");
    let answer = pim
        .patch("reference-entities/a%20b", json!({"image": "no/such", "extra": 1}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(
        messages(&answer),
        [
            "Property \"extra\" does not exist. Check the expected format on the API documentation.",
            "Reference entity code may contain only letters, numbers and underscores.",
            "Property \"image\" expects a valid pathname as data, \"no/such\" given. Check the expected format on the API documentation.",
        ]
    );
}

#[tokio::test]
async fn a_new_reference_entity_has_a_label_and_an_image() {
    let pim = Pim::open().await;
    pim.patch("reference-entities/brand", json!({})).await.assert_status(201);
    let attributes = pim.get("reference-entities/brand/attributes").await.assert_status(200).json();
    assert_eq!(
        attributes,
        json!([
            {"code": "image", "labels": {}, "type": "image", "value_per_locale": false,
             "value_per_channel": false, "is_required_for_completeness": false,
             "allowed_extensions": [], "max_file_size": null},
            {"code": "label", "labels": {}, "type": "text", "value_per_locale": true,
             "value_per_channel": false, "is_required_for_completeness": false,
             "max_characters": null, "is_textarea": false, "is_rich_text_editor": false,
             "validation_rule": "none", "validation_regexp": null},
        ])
    );
    let answer = pim.delete("reference-entities/brand/attributes/label").await;
    assert_eq!(
        messages(&answer.assert_status(422).json()),
        ["Attribute \"label\" is still needed by family \"brand\"."]
    );
}

#[tokio::test]
async fn an_attribute_of_records_keeps_its_rules() {
    let pim = brands().await;
    let path = "reference-entities/brand/attributes";
    let refused = async |code: &str, body: Value| {
        let answer = pim.patch(&format!("{path}/{code}"), body).await;
        messages(&answer.assert_status(422).json())
    };
    assert_eq!(refused("x", json!({})).await, ["This value should not be blank."]);
    assert!(
        refused("x", json!({"type": "media_file"})).await[0]
            .starts_with("Property \"type\" expects a valid attribute type."),
        "files are of assets"
    );
    assert_eq!(
        refused(
            "x",
            json!({"type": "number", "max_characters": 3, "min_value": 2, "max_value": 1})
        )
        .await,
        [
            "Property \"max_characters\" does not exist. Check the expected format on the API documentation.",
            "The min number must be lower than the max number.",
        ]
    );
    let link = json!({"type": "reference_entity_single_link", "reference_entity_code": "ghost"});
    assert_eq!(refused("x", link).await, ["The reference entity \"ghost\" does not exist."]);
    let rule = json!({"type": "text", "validation_rule": "regular_expression"});
    assert_eq!(refused("x", rule).await, ["This value should not be blank."]);
    let change = json!({"type": "text", "value_per_locale": true});
    assert_eq!(refused("founded", change).await.len(), 2, "nothing of these may change");
    let missing = pim.get(&format!("{path}/x")).await.assert_status(404).json();
    assert_eq!(
        missing["message"],
        "Attribute \"x\" does not exist for the reference entity \"brand\"."
    );
    pim.get("reference-entities/ghost/attributes").await.assert_status(404);
    pim.get("reference-entities/brand%2Fx/attributes").await.assert_status(404);
}

#[tokio::test]
async fn options_belong_to_option_attributes() {
    let pim = brands().await;
    let path = "reference-entities/brand/attributes";
    pim.patch(&format!("{path}/country/options/it"), json!({"labels": {"en_US": "Italy"}}))
        .await
        .assert_status(204);
    assert_eq!(
        pim.get(&format!("{path}/country/options")).await.assert_status(200).json(),
        json!([{"code": "dk", "labels": {}}, {"code": "it", "labels": {"en_US": "Italy"}}])
    );
    let one = pim.get(&format!("{path}/country/options/it")).await.assert_status(200).json();
    assert_eq!(one["labels"]["en_US"], "Italy");
    let message = async |path: String| {
        pim.get(&path).await.assert_status(404).json()["message"].as_str().unwrap().to_owned()
    };
    assert!(message(format!("{path}/founded/options")).await.contains("does not support options"));
    assert!(message(format!("{path}/ghost/options")).await.starts_with("Attribute \"ghost\""));
    assert_eq!(
        message(format!("{path}/country/options/x")).await,
        "Attribute option \"x\" does not exist for the attribute \"country\"."
    );
    let answer = pim.patch(&format!("{path}/country/options/IT"), json!({})).await;
    assert_eq!(messages(&answer.assert_status(422).json()), ["This value is already used."]);
}

#[tokio::test]
async fn a_record_reads_as_it_was_written() {
    let pim = brands().await;
    patch_records(&pim, "designer", json!([{"code": "eames"}, {"code": "castiglioni"}])).await;
    let values = json!({
        "label": entry(Some("en_US"), None, "Kartell"),
        "country": entry(None, None, "IT"),
        "styles": entry(None, None, json!(["modern"])),
        "founded": entry(None, None, 1949),
        "story": entry(Some("en_US"), Some("ecommerce"), "Plastic."),
        "designers": entry(None, None, json!(["eames", "castiglioni", "eames"])),
    });
    let answer = pim
        .patch("reference-entities/brand/records/kartell", json!({"values": values}))
        .await
        .assert_status(201);
    assert!(answer.header("location").ends_with("/reference-entities/brand/records/kartell"));
    let record = pim.get("reference-entities/brand/records/kartell").await.assert_status(200);
    assert!(record.header("etag").starts_with('"'));
    let record = record.json();
    assert_eq!(record["values"]["founded"], entry(None, None, "1949"), "numbers are texts");
    assert_eq!(record["values"]["country"], entry(None, None, "it"));
    assert_eq!(record["values"]["designers"], entry(None, None, json!(["eames", "castiglioni"])));
    assert_eq!(
        record["values"]["story"],
        entry(Some("en_US"), Some("ecommerce"), "Plastic."),
        "records say channel, not scope"
    );
    assert!(record["created"].is_string() && record["updated"].is_string());
    let answer = pim.patch("reference-entities/brand/records/kartell", record.clone()).await;
    assert_eq!(answer.assert_status(204).header("vitrine-changed"), "false");
    let change = json!({"values": {"founded": entry(None, None, Value::Null)}});
    pim.patch("reference-entities/brand/records/kartell", change).await.assert_status(204);
    let record = pim.get("reference-entities/brand/records/kartell").await.json();
    assert!(record["values"].get("founded").is_none());
    assert!(record["values"].get("label").is_some());
    let missing = pim.get("reference-entities/brand/records/x").await.assert_status(404).json();
    assert_eq!(
        missing["message"],
        "Record \"x\" does not exist for the reference entity \"brand\"."
    );
}

#[tokio::test]
async fn every_problem_of_a_record_is_reported_at_once() {
    let pim = brands().await;
    let values = json!({
        "label": entry(None, None, "x"),
        "country": entry(None, None, "atlantis"),
        "founded": entry(None, None, "12.5"),
        "designers": entry(None, None, json!(["ghost"])),
        "ghost": entry(None, None, "x"),
        "story": entry(Some("en_US"), Some("mars"), "x"),
        "image": entry(None, None, "no/such.png"),
    });
    let answer = pim
        .patch("reference-entities/brand/records/kartell", json!({"values": values}))
        .await
        .assert_status(422)
        .json();
    let mut found = messages(&answer);
    found.sort();
    let starts = [
        "Attribute \"label\" expects a locale, none given.",
        "Attribute \"story\" expects an existing scope, \"mars\" given.",
        "Property \"image\" expects a valid pathname as data, \"no/such.png\" given.",
        "The atlantis value is not in the country attribute option list.",
        "The founded attribute requires a non-decimal value, and 12.5 is not a valid value.",
        "The ghost attribute does not exist in your PIM.",
        "The ghost value of the designers attribute does not exist in the reference entity \"designer\".",
    ];
    assert_eq!(found.len(), starts.len(), "{found:?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
    pim.get("reference-entities/brand/records/kartell").await.assert_status(404);
}

#[tokio::test]
async fn records_of_one_request_are_independent_and_may_refer_to_each_other() {
    let pim = brands().await;
    let answers = patch_records(
        &pim,
        "brand",
        json!([
            {"code": "kartell"},
            {"code": "flos", "values": {"parent": entry(None, None, "kartell")}},
            {"code": "bad", "values": {"country": entry(None, None, "x")}},
            {"values": {}},
            3,
            {"code": "kartell", "values": {"country": entry(None, None, "it")}},
        ]),
    )
    .await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer["status_code"].clone()).collect();
    assert_eq!(statuses, [201, 201, 422, 422, 400, 204]);
    assert_eq!(answers[2]["code"], "bad");
    assert_eq!(answers[2]["message"], "Validation failed.");
    assert_eq!(answers[2]["errors"][0]["attribute"], "country");
    assert_eq!(answers[3]["message"], "Code is missing.");
    assert_eq!(codes(&pim, json!({})).await, ["flos", "kartell"]);
    pim.patch("reference-entities/ghost/records", json!([])).await.assert_status(404);
    let many = vec![json!({"code": "a"}); 101];
    pim.patch("reference-entities/brand/records", many.into()).await.assert_status(413);
}

#[tokio::test]
async fn records_come_by_a_hundred_and_the_cursor_reaches_all() {
    let pim = brands().await;
    let record = |number: usize| json!({"code": format!("b{number:03}")});
    patch_records(&pim, "brand", (0..100).map(record).collect()).await;
    patch_records(&pim, "brand", (100..103).map(record).collect()).await;
    let first = pim.get("reference-entities/brand/records?limit=5").await.assert_status(200).json();
    assert_eq!(first["_embedded"]["items"].as_array().unwrap().len(), 100);
    assert!(first.get("current_page").is_none() && first["_links"].get("previous").is_none());
    let next = first["_links"]["next"]["href"].as_str().unwrap();
    assert_eq!(
        next,
        "https://pim.example/api/rest/v1/reference-entities/brand/records?search_after=b099"
    );
    let second = pim.client.get(next.strip_prefix("https://pim.example").unwrap()).await;
    let second = second.assert_status(200).json();
    assert_eq!(second["_embedded"]["items"].as_array().unwrap().len(), 3);
    assert!(second["_links"].get("next").is_none());
    assert!(second["_links"]["first"]["href"].as_str().unwrap().ends_with("/records"));
}

#[tokio::test]
async fn records_are_found_by_code_time_completeness_and_values() {
    let pim = brands().await;
    patch_records(&pim, "designer", json!([{"code": "eames"}])).await;
    patch_records(
        &pim,
        "brand",
        json!([
            {"code": "flos"},
            {"code": "kartell", "values": {
                "label": entry(Some("en_US"), None, "Kartell"), "country": entry(None, None, "it"),
                "founded": entry(None, None, 1949), "designers": entry(None, None, json!(["eames"])),
                "story": entry(Some("en_US"), Some("ecommerce"), "Plastic.")}},
        ]),
    )
    .await;
    let complete = |is: bool, locales: &[&str]| json!({"complete": {"operator": "=", "value": is, "channel": "ecommerce", "locales": locales}});
    let kartell = vec!["kartell"];
    let cases = [
        (json!({"code": [{"operator": "IN", "value": ["kartell", "x"]}]}), kartell.clone()),
        (
            json!({"updated": [{"operator": ">", "value": "2020-01-01T00:00:00Z"}]}),
            vec!["flos", "kartell"],
        ),
        (
            json!({"updated": {"operator": "BETWEEN", "value": ["2019-01-01 00:00:00", "2020-01-01 00:00:00"]}}),
            vec![],
        ),
        (
            json!({"updated": [{"operator": "SINCE LAST N DAYS", "value": 1}]}),
            vec!["flos", "kartell"],
        ),
        (complete(true, &["en_US"]), kartell.clone()),
        (complete(true, &["en_US", "de_DE"]), vec![]),
        (complete(false, &["en_US"]), vec!["flos"]),
        (
            json!({"label": [{"operator": "CONTAINS", "value": "art", "locale": "en_US"}]}),
            kartell.clone(),
        ),
        (json!({"country": [{"operator": "IN", "value": ["it"]}]}), kartell.clone()),
        (json!({"country": [{"operator": "EMPTY"}]}), vec!["flos"]),
        (json!({"founded": [{"operator": ">=", "value": 1949}]}), kartell.clone()),
        (json!({"designers": {"operator": "IN", "value": ["eames"]}}), kartell.clone()),
        (
            json!({"story": {"operator": "NOT EMPTY", "locale": "en_US", "channel": "ecommerce"}}),
            kartell,
        ),
    ];
    for (search, expected) in cases {
        assert_eq!(codes(&pim, search.clone()).await, expected, "{search}");
    }
    let refused = async |search: Value| {
        let path =
            format!("reference-entities/brand/records?search={}", encode(&search.to_string()));
        pim.get(&path).await.assert_status(422).json()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused(json!({"color": [{"operator": "IN", "value": ["red"]}]})).await,
        "Filter on property \"color\" is not supported or does not support operator \"IN\""
    );
    assert_eq!(
        refused(json!({"complete": {"operator": "=", "value": true, "locales": ["en_US"]}})).await,
        "Property \"complete\" expects an array with the key \"channel\"."
    );
}

#[tokio::test]
async fn a_reader_chooses_values_and_sees_completeness() {
    let pim = brands().await;
    let values = json!({
        "label": [{"locale": "en_US", "channel": null, "data": "Kartell"},
                  {"locale": "de_DE", "channel": null, "data": "Kartell"}],
        "country": entry(None, None, "it"),
    });
    pim.patch("reference-entities/brand/records/kartell", json!({"values": values}))
        .await
        .assert_status(201);
    let path = "reference-entities/brand/records/kartell?channel=ecommerce&locales=de_DE&with_completenesses=true";
    let record = pim.get(path).await.assert_status(200).json();
    assert_eq!(record["values"]["label"], entry(Some("de_DE"), None, "Kartell"));
    assert_eq!(
        record["completenesses"],
        json!([{"channel": "ecommerce", "locale": "de_DE", "data": 50},
               {"channel": "ecommerce", "locale": "en_US", "data": 50}])
    );
    let path = "reference-entities/brand/records?channel=ecommerce";
    let list = pim.get(path).await.assert_status(200).json();
    let record = &list["_embedded"]["items"][0];
    assert_eq!(record["values"]["label"].as_array().unwrap().len(), 2);
    assert!(record.get("completenesses").is_none());
    let answer = pim.get("reference-entities/brand/records?channel=mars").await.assert_status(422);
    assert_eq!(answer.json()["message"], "Scope \"mars\" does not exist.");
}

#[tokio::test]
async fn a_picture_of_a_record_is_uploaded_first() {
    let pim = brands().await;
    let upload = pim.upload("reference-entities-media-files", "logo.png", PNG).await;
    let upload = upload.assert_status(201);
    let code = upload.header("reference-entities-media-file-code").to_owned();
    let url = format!("https://pim.example/api/rest/v1/reference-entities-media-files/{code}");
    assert_eq!(upload.header("location"), url);
    let file = pim.get(&format!("reference-entities-media-files/{code}")).await.assert_status(200);
    assert_eq!((file.body.as_slice(), file.header("content-type")), (PNG, "image/png"));
    pim.get("reference-entities-media-files/no/such").await.assert_status(404);
    let values = json!({"values": {"image": entry(None, None, code.as_str())}});
    pim.patch("reference-entities/brand/records/kartell", values).await.assert_status(201);
    let record = pim.get("reference-entities/brand/records/kartell").await.json();
    assert_eq!(record["values"]["image"][0]["_links"]["image_download"]["href"], url);
    pim.patch("reference-entities/brand", json!({"image": code})).await.assert_status(204);
    let entity = pim.get("reference-entities/brand").await.json();
    assert_eq!(entity["_links"]["image_download"]["href"], url);
    let list = pim.get("reference-entities").await.json();
    let links = &list["_embedded"]["items"][0]["_links"];
    assert!(links["self"].is_object() && links["image_download"].is_object());
    let text = pim.upload("reference-entities-media-files", "a.png", b"no picture").await;
    let text = text.assert_status(201).header("reference-entities-media-file-code").to_owned();
    let answer = pim.patch("reference-entities/brand", json!({"image": text})).await;
    assert_eq!(messages(&answer.assert_status(422).json()), ["The file is no image."]);
    let empty = pim
        .client
        .send(Method::POST, "/api/rest/v1/reference-entities-media-files", None, Vec::new())
        .await;
    empty.assert_status(415);
}

/// Products with a brand and designers.
async fn branded() -> Pim {
    let pim = brands().await;
    patch_records(&pim, "brand", json!([{"code": "flos"}, {"code": "kartell"}])).await;
    patch_records(&pim, "designer", json!([{"code": "eames"}, {"code": "starck"}])).await;
    let attribute = |code: &str, kind: &str, name: &str| json!({"code": code, "type": kind, "group": "other", "reference_data_name": name});
    pim.patch_all(
        "attributes",
        &[
            attribute("maker", "akeneo_reference_entity", "brand"),
            attribute("designers", "akeneo_reference_entity_collection", "designer"),
        ],
    )
    .await;
    pim
}

#[tokio::test]
async fn products_refer_to_records_that_exist() {
    let pim = branded().await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A", "values": {"maker": value("kartell"), "designers": value(json!(["starck", "eames"]))}}),
            json!({"identifier": "B", "values": {"maker": value("flos")}}),
            json!({"identifier": "C"}),
        ],
    )
    .await;
    let product = pim.get("products/A").await.assert_status(200).json();
    assert_eq!(product["values"]["maker"], value("kartell"));
    assert_eq!(product["values"]["designers"], value(json!(["starck", "eames"])), "in order");
    let body =
        json!({"values": {"maker": value("ghost"), "designers": value(json!(["ghost", "x"]))}});
    let answer = pim.patch("products/A", body).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        [
            "The ghost, x values of the designers attribute do not exist in the reference entity \"designer\".",
            "The ghost value of the maker attribute does not exist in the reference entity \"brand\".",
        ]
    );
    let identifiers = async |search: Value| -> Vec<String> {
        let path = format!("products?limit=100&search={}", encode(&search.to_string()));
        let list = pim.get(&path).await.assert_status(200).json();
        let items = list["_embedded"]["items"].as_array().unwrap().clone();
        let mut found: Vec<_> =
            items.iter().map(|item| item["identifier"].as_str().unwrap().to_owned()).collect();
        found.sort();
        found
    };
    let cases = [
        (json!({"maker": [{"operator": "IN", "value": ["kartell"]}]}), vec!["A"]),
        (json!({"maker": [{"operator": "NOT IN", "value": ["kartell"]}]}), vec!["B"]),
        (json!({"maker": [{"operator": "EMPTY"}]}), vec!["C"]),
        (json!({"maker": [{"operator": "NOT EMPTY"}]}), vec!["A", "B"]),
        (json!({"designers": [{"operator": "IN", "value": ["eames"]}]}), vec!["A"]),
        (json!({"designers": [{"operator": "NOT IN", "value": ["eames"]}]}), vec![]),
        (json!({"designers": [{"operator": "EMPTY"}]}), vec!["B", "C"]),
    ];
    for (search, expected) in cases {
        assert_eq!(identifiers(search.clone()).await, expected, "{search}");
    }
}

#[tokio::test]
async fn an_attribute_of_a_product_names_its_reference_entity_for_ever() {
    let pim = branded().await;
    let attribute = |name: Value| json!({"code": "x", "type": "akeneo_reference_entity", "group": "other", "reference_data_name": name});
    let refused =
        async |body: Value| messages(&pim.post("attributes", body).await.assert_status(422).json());
    assert_eq!(
        refused(attribute(json!("ghost"))).await,
        ["The reference entity \"ghost\" does not exist."]
    );
    assert_eq!(refused(attribute(Value::Null)).await, ["This value should not be blank."]);
    let answer = pim.patch("attributes/maker", json!({"reference_data_name": "designer"})).await;
    assert_eq!(messages(&answer.assert_status(422).json()), ["This property cannot be changed."]);
    assert_eq!(pim.get("attributes/maker").await.json()["reference_data_name"], "brand");
}

#[tokio::test]
async fn a_record_can_tell_variants_apart() {
    let pim = branded().await;
    pim.patch("families/mugs", json!({"attributes": ["sku", "name", "maker"], "attribute_as_image": null, "attribute_requirements": {"ecommerce": ["sku"]}}))
        .await
        .assert_status(204);
    let variant = json!({"code": "by_maker", "variant_attribute_sets": [{"level": 1, "axes": ["maker"], "attributes": []}]});
    pim.patch_all("families/mugs/variants", &[variant]).await;
    pim.patch_all("product-models", &[json!({"code": "cup", "family_variant": "by_maker"})]).await;
    let product = |code: &str| json!({"identifier": code, "parent": "cup", "values": {"maker": value("flos")}});
    pim.post("products", product("A")).await.assert_status(201);
    let answer = pim.post("products", product("B")).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        [
            "Cannot set value \"flos\" for the attribute axis \"maker\", as another sibling entity already has this value"
        ]
    );
}

#[tokio::test]
async fn records_and_what_they_are_made_of_go_when_nobody_needs_them() {
    let pim = branded().await;
    pim.patch_all("products", &[json!({"identifier": "A", "values": {"maker": value("kartell")}})])
        .await;
    let values = json!({"parent": entry(None, None, "flos"), "country": entry(None, None, "it"),
                        "designers": entry(None, None, json!(["eames"]))});
    pim.patch("reference-entities/brand/records/kartell", json!({"values": values}))
        .await
        .assert_status(204);
    let refused = async |path: &str| {
        messages(&pim.delete(&format!("reference-entities/{path}")).await.assert_status(422).json())
            .remove(0)
    };
    assert_eq!(
        refused("brand/records/kartell").await,
        "Record \"kartell\" is still needed by product \"A\"."
    );
    assert_eq!(
        refused("brand/records/flos").await,
        "Record \"flos\" is still needed by record \"kartell\"."
    );
    assert_eq!(
        refused("designer/records/eames").await,
        "Record \"eames\" is still needed by record \"kartell\"."
    );
    assert_eq!(
        refused("brand/attributes/country/options/it").await,
        "Attribute option \"it\" is still needed by record \"kartell\"."
    );
    assert_eq!(
        refused("brand/attributes/country").await,
        "Attribute \"country\" is still needed by record \"kartell\"."
    );
    assert_eq!(
        refused("brand").await,
        "Reference entity \"brand\" is still needed by record \"flos\", record \"kartell\", attribute \"maker\"."
    );
    pim.delete("products/A").await.assert_status(204);
    pim.delete("attributes/maker").await.assert_status(204);
    for path in [
        "brand/records/kartell",
        "brand/records/flos",
        "brand/attributes/country/options/it",
        "brand/attributes/country",
        "brand",
    ] {
        pim.delete(&format!("reference-entities/{path}")).await.assert_status(204);
        pim.delete(&format!("reference-entities/{path}")).await.assert_status(404);
    }
}

#[tokio::test]
async fn a_write_that_saw_another_version_is_refused() {
    let pim = brands().await;
    pim.patch("reference-entities/brand/records/flos", json!({})).await.assert_status(201);
    let path = "/api/rest/v1/reference-entities/brand/records/flos";
    let stale = pim.client.header("if-match", "\"7\"");
    let change = json!({"values": {"country": entry(None, None, "it")}});
    stale.patch(path, change.clone()).await.assert_status(412);
    let etag = pim.client.get(path).await.header("etag").to_owned();
    pim.client.header("if-match", &etag).patch(path, change).await.assert_status(204);
    stale.delete(path).await.assert_status(412);
    let reader = pim.with_scopes(&["catalog:read"]);
    let answer = reader.delete(path).await.assert_status(403).json();
    assert_eq!(
        answer["message"],
        "Access forbidden. You are not allowed to delete reference entity records."
    );
}

#[tokio::test]
async fn records_and_what_they_are_made_of_have_a_history() {
    let pim = brands().await;
    let record = "reference-entities/brand/records/alvar";
    let founded = |year: &str| json!({"values": {"founded": entry(None, None, year)}});
    pim.patch(record, founded("1899")).await.assert_status(201);
    pim.patch(record, founded("1900")).await.assert_status(204);
    let history = pim.get(&format!("{record}/versions")).await.assert_status(200).json();
    let items = history["_embedded"]["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["action"]), (2, &json!("updated")));
    let version = items[1]["version"].as_i64().unwrap();
    pim.post(&format!("{record}/versions/{version}/restore"), json!({})).await.assert_status(204);
    let restored = pim.get(record).await.assert_status(200).json();
    assert_eq!(restored["values"]["founded"], entry(None, None, "1899"));
    let label = |locale: &str| json!({"values": {"label": entry(Some(locale), None, "Alvar")}});
    pim.patch(record, label("en_US")).await.assert_status(204);
    let with_label = pim.get(record).await.json();
    pim.patch(record, label("de_DE")).await.assert_status(204);
    for (version, expected) in [(4, &with_label), (3, &restored)] {
        pim.post(&format!("{record}/versions/{version}/restore"), json!({}))
            .await
            .assert_status(204);
        let values = pim.get(record).await.json()["values"].clone();
        assert_eq!(values, expected["values"], "what came after version {version} is gone");
    }
    let story =
        |scope: &str| json!({"values": {"story": entry(Some("en_US"), Some(scope), "Once")}});
    let channel = json!({"code": "print", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]});
    pim.patch_all("channels", &[channel]).await;
    pim.patch(record, story("ecommerce")).await.assert_status(204);
    let told = pim.get(record).await.json();
    let version = async || {
        let history = pim.get(&format!("{record}/versions")).await.json();
        history["_embedded"]["items"][0]["version"].as_i64().unwrap()
    };
    let told_version = version().await;
    pim.patch(record, story("print")).await.assert_status(204);
    assert_eq!(pim.get(record).await.json()["values"]["story"].as_array().unwrap().len(), 2);
    let path = format!("{record}/versions/{told_version}/restore");
    pim.post(&path, json!({})).await.assert_status(204);
    assert_eq!(pim.get(record).await.json()["values"], told["values"], "also those of channels");
    for path in ["reference-entities/brand", "reference-entities/brand/attributes/country"] {
        let history = pim.get(&format!("{path}/versions")).await.assert_status(200).json();
        assert_eq!(history["_embedded"]["items"][0]["action"], "created", "{path}");
    }
    pim.get("reference-entities/brand/colours/x/versions").await.assert_status(404);
}

#[tokio::test]
async fn an_upload_that_is_sent_again_is_kept_once() {
    let mut pim = Pim::stocked().await;
    for (path, code_header) in [
        ("reference-entities-media-files", "reference-entities-media-file-code"),
        ("asset-media-files", "asset-media-file-code"),
        ("category-media-files", "location"),
    ] {
        pim.client = pim.client.clone().header("idempotency-key", path);
        let first = pim.upload(path, "logo.png", PNG).await.assert_status(201);
        let again = pim.upload(path, "logo.png", PNG).await.assert_status(201);
        assert_ne!(first.header(code_header), "", "{path}");
        assert_eq!(first.header(code_header), again.header(code_header), "{path}");
        pim.upload(path, "other.png", PNG).await.assert_status(422);
    }
}
