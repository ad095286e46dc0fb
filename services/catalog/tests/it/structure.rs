//! Categories, channels, groups, association types, locales and currencies.

use serde_json::{Value, json};

use crate::pim::{Pim, messages};

#[tokio::test]
async fn a_category_reads_as_it_was_written() {
    let pim = Pim::open().await;
    let answer = pim
        .post("categories", json!({"code": "master", "labels": {"en_US": "Master"}}))
        .await
        .assert_status(201);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/categories/master");
    pim.patch("categories/mugs", json!({"parent": "master"})).await.assert_status(201);
    pim.patch("categories/master", json!({"labels": {"de_DE": "Wurzel", "en_US": null}}))
        .await
        .assert_status(204);
    let master = pim.get("categories/master").await.assert_status(200).json();
    assert_eq!(master["labels"], json!({"de_DE": "Wurzel"}));
    assert_eq!(master["parent"], Value::Null);
    assert_eq!(pim.get("categories/mugs").await.json()["parent"], "master");
    let missing = pim.get("categories/x").await.assert_status(404).json();
    assert_eq!(missing["message"], "Category \"x\" does not exist.");
    assert_eq!(missing["code"], 404);
}

#[tokio::test]
async fn a_category_keeps_its_rules() {
    let pim = Pim::open().await;
    pim.post("categories", json!({"code": "a"})).await.assert_status(201);
    pim.post("categories", json!({"code": "b", "parent": "a"})).await.assert_status(201);
    let refused = async |answer: testing::Answer| messages(&answer.assert_status(422).json());
    assert_eq!(
        refused(pim.post("categories", json!({"code": "a"})).await).await,
        ["This value is already used."]
    );
    assert_eq!(
        refused(pim.post("categories", json!({})).await).await,
        ["This value should not be blank."]
    );
    assert_eq!(
        refused(pim.post("categories", json!({"code": "a b"})).await).await,
        ["Category code may contain only letters, numbers and underscores."]
    );
    assert_eq!(
        refused(pim.patch("categories/a", json!({"parent": "b"})).await).await,
        ["A category cannot be moved below itself."]
    );
    assert_eq!(
        refused(
            pim.patch("categories/b", json!({"parent": "ghost", "labels": {"xx_XX": "?"}})).await
        )
        .await,
        [
            "The locale \"xx_XX\" does not exist.",
            "Property \"parent\" expects a valid category code. The category does not exist, \"ghost\" given. Check the expected format on the API documentation.",
        ]
    );
    let answer = pim.patch("categories/b", json!({"code": "a"})).await.assert_status(422).json();
    assert_eq!(
        answer["message"],
        "The code \"a\" provided in the request body must match the code \"b\" provided in the url."
    );
}

#[tokio::test]
async fn what_is_needed_cannot_be_deleted_and_its_users_are_named() {
    let pim = Pim::stocked().await;
    pim.patch_all(
        "products",
        &[json!({"identifier": "A", "categories": ["kitchen"], "family": "mugs"})],
    )
    .await;
    let refused =
        async |path: &str| messages(&pim.delete(path).await.assert_status(422).json())[0].clone();
    assert_eq!(
        refused("categories/master").await,
        "Category \"master\" is still needed by category \"kitchen\", channel \"ecommerce\"."
    );
    assert_eq!(
        refused("categories/kitchen").await,
        "Category \"kitchen\" is still needed by product \"A\"."
    );
    assert_eq!(
        refused("attributes/brand").await,
        "Attribute \"brand\" is still needed by family \"mugs\"."
    );
    assert_eq!(refused("families/mugs").await, "Family \"mugs\" is still needed by product \"A\".");
    assert!(refused("attributes/sku").await.contains("main identifier"));
    pim.delete("products/A").await.assert_status(204);
    pim.delete("families/mugs").await.assert_status(204);
    pim.delete("attributes/brand").await.assert_status(204);
    pim.delete("attributes/color/options/red").await.assert_status(204);
    pim.delete("categories/kitchen").await.assert_status(204);
    pim.delete("categories/kitchen").await.assert_status(404);
}

#[tokio::test]
async fn a_channel_enables_its_locales_and_currencies() {
    let pim = Pim::stocked().await;
    let channel = pim.get("channels/ecommerce").await.assert_status(200).json();
    assert_eq!(
        channel,
        json!({"code": "ecommerce", "category_tree": "master", "locales": ["de_DE", "en_US"],
               "currencies": ["EUR", "USD"], "conversion_units": {}, "labels": {}})
    );
    let enabled = async |path: &str| pim.get(path).await.json()["enabled"].clone();
    assert_eq!(enabled("locales/de_DE").await, true);
    assert_eq!(enabled("locales/fr_FR").await, false);
    assert_eq!(
        pim.get("currencies/EUR").await.json(),
        json!({"code": "EUR", "enabled": true, "label": "EUR (Euro)"})
    );
    pim.patch(
        "channels/ecommerce",
        json!({"locales": ["en_US", "fr_FR"], "conversion_units": {"volume": "LITER"}}),
    )
    .await
    .assert_status(204);
    assert_eq!(enabled("locales/de_DE").await, false);
    assert_eq!(enabled("locales/fr_FR").await, true);
    let search = r#"locales?search={"enabled":[{"operator":"=","value":true}]}"#
        .replace('"', "%22")
        .replace('{', "%7B")
        .replace('}', "%7D");
    let list = pim.get(&search).await.assert_status(200).json();
    let codes: Vec<_> = list["_embedded"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(codes, ["en_US", "fr_FR"]);
}

#[tokio::test]
async fn a_channel_keeps_its_rules() {
    let pim = Pim::stocked().await;
    let refused =
        async |body: Value| messages(&pim.post("channels", body).await.assert_status(422).json());
    assert_eq!(
        refused(json!({"code": "mobile"})).await,
        [
            "This collection should contain 1 element or more.",
            "This collection should contain 1 element or more.",
            "This value should not be blank.",
        ]
    );
    let found = refused(json!({"code": "mobile", "category_tree": "kitchen", "locales": ["xx_XX"], "currencies": ["EUR"]})).await;
    assert_eq!(found[0], "The category \"kitchen\" has to be the root of a tree.");
    assert!(found[1].starts_with("Property \"locales\" expects a valid locale code. The locale does not exist, \"xx_XX\" given."));
}

#[tokio::test]
async fn a_channel_names_the_locales_that_stand_in() {
    let pim = Pim::stocked().await;
    let give = async |body: Value| pim.patch("channels/ecommerce", body).await;
    let fallbacks = async || pim.get("channels/ecommerce").await.json()["fallback_locales"].clone();
    give(json!({"locales": ["de_DE", "en_US", "fr_FR"],
                "fallback_locales": {"fr_FR": "de_DE", "de_DE": "en_US"}}))
    .await
    .assert_status(204);
    assert_eq!(fallbacks().await, json!({"de_DE": "en_US", "fr_FR": "de_DE"}));
    for (given, message) in [
        (json!({"en_US": "fr_FR"}), "The fallbacks of \"de_DE\" lead back to it."),
        (json!({"en_US": "en_US"}), "The fallbacks of \"en_US\" lead back to it."),
        (json!({"en_US": "sv_SE"}), "\"sv_SE\" is not a locale of the channel."),
        (json!({"sv_SE": "en_US"}), "\"sv_SE\" is not a locale of the channel."),
        (json!({"en_US": 1}), "Property \"fallback_locales\" expects an array of strings"),
    ] {
        let answer = give(json!({"fallback_locales": given})).await.assert_status(422).json();
        let said = answer.to_string().replace("\\\"", "\"");
        assert!(said.contains(message), "{said}");
    }
    give(json!({"locales": ["en_US", "fr_FR"], "fallback_locales": {"fr_FR": "en_US"}}))
        .await
        .assert_status(204);
    assert_eq!(fallbacks().await, json!({"fr_FR": "en_US"}));
    give(json!({"fallback_locales": {"fr_FR": null}})).await.assert_status(204);
    assert_eq!(fallbacks().await, Value::Null);
}

#[tokio::test]
async fn attributes_move_between_groups() {
    let pim = Pim::stocked().await;
    pim.post("attribute-groups", json!({"code": "marketing", "attributes": ["name", "brand"]}))
        .await
        .assert_status(201);
    assert_eq!(pim.get("attributes/name").await.json()["group"], "marketing");
    pim.patch("attribute-groups/marketing", json!({"attributes": ["name"]}))
        .await
        .assert_status(204);
    assert_eq!(pim.get("attributes/brand").await.json()["group"], "other");
    assert_eq!(pim.get("attribute-groups/marketing").await.json()["attributes"], json!(["name"]));
    pim.patch("attribute-groups/other", json!({"attributes": []})).await.assert_status(422);
}

#[tokio::test]
async fn the_flags_of_an_association_type_never_change() {
    let pim = Pim::open().await;
    pim.post("association-types", json!({"code": "BUNDLE", "is_quantified": true}))
        .await
        .assert_status(201);
    let answer = pim
        .patch("association-types/BUNDLE", json!({"is_quantified": false}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(
        answer["errors"],
        json!([{"property": "is_quantified", "message": "This property cannot be changed."}])
    );
}

#[tokio::test]
async fn bulk_lines_of_structure_are_independent_and_idempotent() {
    let pim = Pim::open().await;
    let body = "{\"code\":\"a\"}\n{\"code\":\"b c\"}\n{\n{}\n{\"code\":\"a\"}";
    let answer = pim.patch_text("categories", body).await.assert_status(200).text();
    let lines: Vec<Value> =
        answer.split('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"line": 1, "code": "a", "status_code": 201}));
    assert_eq!(lines[1]["status_code"], 422);
    assert_eq!(lines[1]["message"], "Validation failed.");
    assert_eq!(
        lines[2],
        json!({"line": 3, "status_code": 400, "message": "Invalid json message received"})
    );
    assert_eq!(lines[3], json!({"line": 4, "status_code": 422, "message": "Code is missing."}));
    assert_eq!(lines[4], json!({"line": 5, "code": "a", "status_code": 204, "changed": false}));
    let answer = pim
        .client
        .send(
            http::Method::PATCH,
            "/api/rest/v1/categories",
            Some("application/json"),
            b"{}".to_vec(),
        )
        .await;
    let answer = answer.assert_status(415).json();
    assert_eq!(
        answer["message"],
        "\"application/json\" in \"Content-Type\" header is not valid. Only \"application/vnd.akeneo.collection+json\" is allowed."
    );
}
