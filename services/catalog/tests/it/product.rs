//! Products, named by ids and by identifiers.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::pim::{Pim, messages, value};

const BLUE_MUG: &str = "0192f0c1-7c2e-7000-8000-000000000001";

fn blue_mug() -> Value {
    json!({
        "identifier": "MUG-1", "family": "mugs", "categories": ["kitchen"],
        "values": {
            "name": [{"locale": "en_US", "scope": null, "data": "Blue mug"},
                     {"locale": "de_DE", "scope": null, "data": "Blaue Tasse"}],
            "color": value("Blue"),
            "tags": value(json!(["new", "gift", "new"])),
            "dishwasher_safe": value(true),
            "released": value("2024-05-01"),
            "pieces": value(6),
            "volume": value(json!({"amount": 0.25, "unit": "liter"})),
            "price": value(json!([{"amount": "15.5", "currency": "USD"}, {"amount": 14, "currency": "EUR"}])),
            "blurb": [{"locale": null, "scope": "ecommerce", "data": "Blue."}],
        },
    })
}

#[tokio::test]
async fn a_product_reads_as_it_was_written_in_the_forms_of_its_types() {
    let pim = Pim::stocked().await;
    let answer = pim.post("products", blue_mug()).await.assert_status(201);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/products/MUG-1");
    assert_eq!(answer.text(), "");
    let product = pim.get("products/MUG-1").await.assert_status(200).json();
    assert_eq!(product["identifier"], "MUG-1");
    assert_eq!(product["categories"], json!(["kitchen"]));
    assert_eq!(product["groups"], json!([]));
    let data = |code: &str| product["values"][code][0]["data"].clone();
    assert_eq!(data("sku"), "MUG-1");
    assert_eq!(data("color"), "blue");
    assert_eq!(data("tags"), json!(["gift", "new"]));
    assert_eq!(data("released"), "2024-05-01T00:00:00+00:00");
    assert_eq!(data("pieces"), 6);
    assert_eq!(data("volume"), json!({"amount": "0.2500", "unit": "LITER"}));
    assert_eq!(
        data("price"),
        json!([{"amount": "14.00", "currency": "EUR"}, {"amount": "15.50", "currency": "USD"}])
    );
    let none = json!({"products": [], "product_models": [], "groups": []});
    assert_eq!(
        product["associations"],
        json!({"PACK": none, "SUBSTITUTION": none, "UPSELL": none, "X_SELL": none})
    );
    assert_eq!(product["quantified_associations"], json!({}));
}

#[tokio::test]
async fn a_patch_sets_what_it_lists_and_null_removes() {
    let pim = Pim::stocked().await;
    pim.post("products", blue_mug()).await.assert_status(201);
    let patch = json!({"values": {
        "name": [{"locale": "de_DE", "scope": null, "data": null}],
        "brand": value("Acme"),
    }});
    let answer = pim.patch("products/MUG-1", patch).await.assert_status(204);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/products/MUG-1");
    let product = pim.get("products/MUG-1").await.json();
    assert_eq!(
        product["values"]["name"],
        json!([{"locale": "en_US", "scope": null, "data": "Blue mug"}])
    );
    assert_eq!(product["values"]["brand"][0]["data"], "Acme");
    assert_eq!(product["values"]["color"][0]["data"], "blue");
}

#[tokio::test]
async fn writing_what_is_there_already_writes_nothing() {
    let pim = Pim::stocked().await;
    let lines = [blue_mug()];
    let first = pim.patch_lines("products", &lines).await;
    assert_eq!(first, [json!({"line": 1, "identifier": "MUG-1", "status_code": 201})]);
    assert_eq!(pim.take_tasks().await.len(), 1);
    let etag = pim.get("products/MUG-1").await.header("etag").to_owned();
    let second = pim.patch_lines("products", &lines).await;
    assert_eq!(
        second,
        [json!({"line": 1, "identifier": "MUG-1", "status_code": 204, "changed": false})]
    );
    assert!(pim.take_tasks().await.is_empty());
    assert_eq!(pim.get("products/MUG-1").await.header("etag"), etag);
    let single = pim.patch("products/MUG-1", blue_mug()).await.assert_status(204);
    assert_eq!(single.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn bulk_lines_are_answered_one_by_one_in_order() {
    let pim = Pim::stocked().await;
    let body = [
        format!(r#"{{"uuid":"{BLUE_MUG}","values":{{}}}}"#),
        format!(r#" {{"uuid":"{BLUE_MUG}","enabled":false}}"#),
        "{".to_owned(),
        r#"{"values":{}}"#.to_owned(),
        r#"{"uuid":12}"#.to_owned(),
        r#"{"uuid":"nonsense"}"#.to_owned(),
        format!(
            r#"{{"uuid":"{}","values":{{"sku":[{{"locale":null,"scope":null,"data":"A"}}]}}}}"#,
            Uuid::now_v7()
        ),
        format!(
            r#"{{"uuid":"{}","values":{{"sku":[{{"locale":null,"scope":null,"data":"A"}}]}}}}"#,
            Uuid::now_v7()
        ),
    ];
    let answer = pim.patch_text("products-uuid", &body.join("\n")).await.assert_status(200);
    assert!(!answer.text().ends_with('\n'));
    let lines: Vec<Value> =
        answer.text().split('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<_> = lines.iter().map(|line| line["status_code"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 204, 400, 422, 422, 422, 201, 422]);
    assert_eq!(lines[0], json!({"line": 1, "uuid": BLUE_MUG, "status_code": 201}));
    assert_eq!(lines[2]["message"], "Invalid json message received");
    assert_eq!(lines[3]["message"], "Uuid is missing.");
    assert_eq!(lines[4]["message"], "uuid must be of type string.");
    assert_eq!(lines[7]["errors"][0]["property"], "identifier");
    assert_eq!(messages(&lines[7]), ["The A identifier is already used for another product."]);
}

#[tokio::test]
async fn more_than_a_hundred_lines_are_refused_whole() {
    let pim = Pim::stocked().await;
    let line = format!("{{\"uuid\":\"{}\"}}\n", Uuid::now_v7());
    let answer = pim.patch_text("products-uuid", &line.repeat(101)).await.assert_status(413);
    assert_eq!(
        answer.json()["message"],
        "Too many resources to process, 100 is the maximum allowed."
    );
    assert_eq!(answer.json()["code"], 413);
    let answer = pim.get(&format!("products-uuid/{}", Uuid::nil())).await.assert_status(404).json();
    let expected = format!("Product \"{}\" does not exist.", Uuid::nil());
    assert_eq!((&answer["code"], &answer["message"]), (&json!(404), &json!(expected)));
}

#[tokio::test]
async fn every_problem_of_a_product_is_reported_at_once() {
    let pim = Pim::stocked().await;
    let body = json!({
        "identifier": "MUG-1",
        "values": {
            "color": value("tommh"),
            "tags": value(json!(["new", "a", "b"])),
            "ean": value("12345678901234"),
            "pieces": value(0),
            "volume": value(json!({"amount": 1, "unit": "PARSEC"})),
            "price": value(json!([{"amount": 1, "currency": "CHF"}])),
        },
    });
    let answer = pim.post("products", body).await.assert_status(422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let answer = answer.json();
    assert_eq!((answer["code"].as_u64(), answer["status"].as_u64()), (Some(422), Some(422)));
    assert_eq!(answer["message"], "Validation failed.");
    assert_eq!(answer["type"], "urn:vitrine:problem:validation_failed");
    assert_eq!(
        messages(&answer),
        [
            "The tommh value is not in the color attribute option list.",
            "The ean attribute must not contain more than 13 characters. The submitted value is too long.",
            "The pieces attribute requires an equal or greater than 1 value.",
            "The price attribute requires an activated currency, \"CHF\" given.",
            "The a, b values are not in the tags attribute option list.",
            "Please specify a valid metric unit for the volume attribute.",
        ]
    );
    assert_eq!(
        answer["errors"][0],
        json!({"property": "values", "attribute": "color", "locale": null, "scope": null,
               "message": "The tommh value is not in the color attribute option list."})
    );
    assert_eq!(answer["errors"][3]["currency"], "CHF");
}

#[tokio::test]
async fn a_body_that_is_not_as_documented_links_to_the_documentation() {
    let pim = Pim::stocked().await;
    let message = async |body: Value| -> String {
        let answer =
            pim.patch(&format!("products-uuid/{BLUE_MUG}"), body).await.assert_status(422).json();
        assert!(answer["_links"]["documentation"]["href"].is_string(), "{answer}");
        let message = answer["message"].as_str().unwrap();
        message
            .strip_suffix(" Check the expected format on the API documentation.")
            .unwrap()
            .to_owned()
    };
    let cases = [
        (json!({"extra_property": 1}), "Property \"extra_property\" does not exist."),
        (
            json!({"enabled": null}),
            "Property \"enabled\" expects a boolean as data, \"NULL\" given.",
        ),
        (json!({"values": {"ghost": value(1)}}), "The ghost attribute does not exist in your PIM."),
        (json!({"categories": ["ghost"]}), "The ghost category does not exist in your PIM."),
        (json!({"family": "ghost"}), "The ghost family does not exist in your PIM."),
        (
            json!({"values": {"name": value("x")}}),
            "Attribute \"name\" expects a locale, none given.",
        ),
        (
            json!({"values": {"name": [{"locale": "fr_FR", "scope": null, "data": "x"}]}}),
            "Attribute \"name\" expects an existing and activated locale, \"fr_FR\" given.",
        ),
        (
            json!({"values": {"brand": [{"locale": "en_US", "scope": null, "data": "x"}]}}),
            "Attribute \"brand\" does not expect a locale, \"en_US\" given.",
        ),
        (
            json!({"values": {"brand": [{"locale": null, "scope": null, "data": "x"}, {"locale": null, "scope": null, "data": "y"}]}}),
            "You cannot update the same product value on the \"brand\" attribute twice, with the same scope and locale.",
        ),
        (
            json!({"values": {"volume": value(json!([1]))}}),
            "Property \"volume\" expects an array as data, \"array\" given.",
        ),
        (
            json!({"values": {"picture": value("/x")}}),
            "Property \"picture\" expects a valid pathname as data, \"/x\" given.",
        ),
        (
            json!({"associations": {"PACK": {"products": [BLUE_MUG]}}}),
            "Property \"associations\" expects a valid product uuid. The product does not exist, \"0192f0c1-7c2e-7000-8000-000000000001\" given.",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(message(body).await, expected);
    }
}

#[tokio::test]
async fn a_unique_value_belongs_to_one_product() {
    let pim = Pim::stocked().await;
    let product = |identifier: &str, ean: Value| json!({"identifier": identifier, "values": {"ean": value(ean)}});
    let lines = [product("A", "1".into()), product("B", "1".into()), product("B", "2".into())];
    let answers = pim.patch_lines("products", &lines).await;
    assert_eq!(answers[1]["status_code"], 422);
    assert_eq!(
        messages(&answers[1]),
        ["The 1 value is already set on another product for the unique ean attribute"]
    );
    assert_eq!(answers[2]["status_code"], 201);
    let answers =
        pim.patch_lines("products", &[product("A", Value::Null), product("B", "1".into())]).await;
    assert_eq!(answers[1]["status_code"], 204, "the line before gave the value up");
    let swapped = [product("A", "1".into()), product("B", Value::Null), product("A", "1".into())];
    let statuses: Vec<Value> = pim
        .patch_lines("products", &swapped)
        .await
        .iter()
        .map(|answer| answer["status_code"].clone())
        .collect();
    assert_eq!(statuses, [422, 204, 204], "a line after gives it up too late");
}

#[tokio::test]
async fn associations_are_replaced_by_type_and_kind() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"}), json!({"identifier": "B"})]).await;
    let link = |kind: &str| json!({"associations": {kind: {"products": ["B"]}}});
    pim.patch("products/A", link("UPSELL")).await.assert_status(204);
    pim.patch("products/A", link("X_SELL")).await.assert_status(204);
    pim.patch("products/A", json!({"associations": {"X_SELL": {"product_models": []}}}))
        .await
        .assert_status(204);
    let product = pim.get("products/A").await.json();
    assert_eq!(product["associations"]["UPSELL"]["products"], json!(["B"]));
    assert_eq!(product["associations"]["X_SELL"]["products"], json!(["B"]));
    pim.patch("products/A", json!({"associations": {"X_SELL": {"products": []}}}))
        .await
        .assert_status(204);
    assert_eq!(pim.get("products/A").await.json()["associations"]["X_SELL"]["products"], json!([]));
}

#[tokio::test]
async fn a_deleted_product_is_gone_and_its_page_rebuilt() {
    let pim = Pim::stocked().await;
    pim.patch_all("products-uuid", &[json!({"uuid": BLUE_MUG})]).await;
    pim.take_tasks().await;
    pim.delete(&format!("products-uuid/{BLUE_MUG}")).await.assert_status(204);
    assert_eq!(pim.take_tasks().await, [BLUE_MUG.parse::<Uuid>().unwrap()]);
    let answer = pim.get(&format!("products-uuid/{BLUE_MUG}")).await.assert_status(404);
    assert_eq!(answer.json()["message"], format!("Product \"{BLUE_MUG}\" does not exist."));
}

#[tokio::test]
async fn the_page_of_one_product_does_not_wait_for_those_of_many() {
    let pim = Pim::stocked().await;
    let many: Vec<Value> =
        (0..30).map(|number| json!({"identifier": format!("M-{number}")})).collect();
    pim.patch_all("products", &many).await;
    pim.patch_all("products-uuid", &[json!({"uuid": BLUE_MUG})]).await;
    let next: Uuid =
        sqlx::query_scalar("select root_id from projection_task order by is_bulk, task_id limit 1")
            .fetch_one(&pim.db)
            .await
            .unwrap();
    assert_eq!(next.to_string(), BLUE_MUG);
}

#[tokio::test]
async fn a_write_against_an_older_version_is_refused() {
    let pim = Pim::stocked().await;
    pim.post("products", blue_mug()).await.assert_status(201);
    let etag = pim.get("products/MUG-1").await.header("etag").to_owned();
    let client = pim.client.header("if-match", &etag);
    client.patch("/api/rest/v1/products/MUG-1", json!({"enabled": false})).await.assert_status(204);
    client.patch("/api/rest/v1/products/MUG-1", json!({"enabled": true})).await.assert_status(412);
}

#[tokio::test]
async fn of_many_writers_of_one_identifier_one_creates_it() {
    let pim = Pim::stocked().await;
    let writers = (0..8).map(|_| {
        let line = json!({"uuid": Uuid::now_v7(), "values": {"sku": value("SAME")}});
        let filler = json!({"uuid": Uuid::now_v7()});
        let pim = &pim;
        async move { pim.patch_lines("products-uuid", &[filler, line]).await }
    });
    let answers = futures::future::join_all(writers).await;
    let statuses: Vec<_> =
        answers.iter().map(|lines| lines[1]["status_code"].as_u64().unwrap()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 7, "{statuses:?}");
    assert!(answers.iter().all(|lines| lines[0]["status_code"] == 201));
}

/// Whether it is given as a property, as the key or as a value.
#[tokio::test]
async fn the_identifier_follows_the_rules_of_its_attribute() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "before the rules"})]).await;
    let rules = json!({"max_characters": 6, "validation_rule": "regexp", "validation_regexp": "/^[A-Z]+$/"});
    pim.patch("attributes/sku", rules).await.assert_status(204);
    let long = "The sku attribute must not contain more than 6 characters. The submitted value is too long.";
    let other = "The sku attribute must match the following regular expression: /^[A-Z]+$/.";
    for (identifier, message) in [("MUGMUGMUG", long), ("mug", other)] {
        let as_value = json!({"values": {"sku": value(identifier)}});
        for (path, body) in
            [("products", json!({"identifier": identifier})), ("products-uuid", as_value)]
        {
            let refused = pim.post(path, body).await.assert_status(422).json();
            let violation = json!({"property": "identifier", "message": message});
            assert_eq!(refused["errors"], json!([violation]), "{path}");
        }
        let path = format!("products/{identifier}");
        pim.patch(&path, json!({"enabled": true})).await.assert_status(422);
    }
    pim.post("products", json!({"identifier": "MUG"})).await.assert_status(201);
    let path = "products/before%20the%20rules";
    pim.patch(path, json!({"enabled": false})).await.assert_status(204);
    pim.patch(path, json!({"values": {"sku": value("CUP")}})).await.assert_status(204);
}

#[tokio::test]
async fn a_refused_line_takes_nothing_from_those_after_it() {
    let pim = Pim::stocked().await;
    let product = |uuid: u32, family: &str, ean: &str| {
        json!({"uuid": format!("0192f0c1-7c2e-7000-8000-{uuid:012}"), "identifier": "A",
               "family": family, "values": {"ean": value(ean)}})
    };
    let lines = [product(1, "ghost", "1"), product(2, "mugs", "1"), product(3, "mugs", "1")];
    let answers = pim.patch_lines("products-uuid", &lines).await;
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status_code"]).collect();
    assert_eq!(statuses, [422, 201, 422]);
    assert_eq!(
        messages(&answers[2]),
        [
            "The A identifier is already used for another product.",
            "The 1 value is already set on another product for the unique ean attribute"
        ]
    );
}
