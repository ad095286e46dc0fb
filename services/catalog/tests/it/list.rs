//! Lists: pages, filters, and what readers may ask for.

use serde_json::{Value, json};

use crate::pim::{Pim, encode, value};

async fn identifiers(pim: &Pim, search: Value) -> Vec<String> {
    let path = format!("products?limit=100&search={}", encode(&search.to_string()));
    let list = pim.get(&path).await.assert_status(200).json();
    let items = list["_embedded"]["items"].as_array().unwrap().clone();
    let mut found: Vec<String> =
        items.iter().map(|item| item["identifier"].as_str().unwrap().to_owned()).collect();
    found.sort();
    found
}

async fn shop() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    let name = |text: &str| json!([{"locale": "en_US", "scope": null, "data": text}]);
    pim.patch_all("products", &[
        json!({"identifier": "A", "family": "mugs", "categories": ["kitchen"], "values": {
            "name": name("Blue mug"), "color": value("blue"), "tags": value(json!(["new", "gift"])),
            "pieces": value(6), "released": value("2024-05-01"), "dishwasher_safe": value(true),
            "volume": value(json!({"amount": 250, "unit": "MILLILITER"})),
            "price": value(json!([{"amount": 15, "currency": "EUR"}]))}}),
        json!({"identifier": "B", "enabled": false, "categories": ["master"], "values": {
            "name": name("Green cup"), "tags": value(json!(["new"])), "pieces": value(12),
            "released": value("2023-01-01"), "dishwasher_safe": value(false),
            "volume": value(json!({"amount": "0.5", "unit": "LITER"})),
            "price": value(json!([{"amount": 20, "currency": "USD"}]))}}),
        json!({"identifier": "C"}),
        json!({"identifier": "V", "parent": "amor", "values": {"color": value("red"), "pieces": value(2)}}),
    ]).await;
    pim
}

#[tokio::test]
async fn filters_on_properties_find_what_they_name() {
    let pim = shop().await;
    let cases = [
        (json!({"identifier": [{"operator": "IN", "value": ["A", "V"]}]}), vec!["A", "V"]),
        (json!({"sku": [{"operator": "CONTAINS", "value": "a"}]}), vec!["A"]),
        (json!({"enabled": [{"operator": "=", "value": false}]}), vec!["B"]),
        (json!({"family": [{"operator": "IN", "value": ["mugs"]}]}), vec!["A", "V"]),
        (json!({"family": [{"operator": "EMPTY"}]}), vec!["B", "C"]),
        (json!({"categories": [{"operator": "IN", "value": ["kitchen"]}]}), vec!["A", "V"]),
        (json!({"categories": [{"operator": "NOT IN", "value": ["kitchen"]}]}), vec!["B", "C"]),
        (
            json!({"categories": [{"operator": "IN CHILDREN", "value": ["master"]}]}),
            vec!["A", "B", "V"],
        ),
        (json!({"categories": [{"operator": "NOT IN CHILDREN", "value": ["master"]}]}), vec!["C"]),
        (json!({"categories": [{"operator": "UNCLASSIFIED"}]}), vec!["C"]),
        (
            json!({"categories": [{"operator": "IN OR UNCLASSIFIED", "value": ["kitchen"]}]}),
            vec!["A", "C", "V"],
        ),
        (json!({"parent": [{"operator": "=", "value": "amor"}]}), vec!["V"]),
        (json!({"parent": [{"operator": "EMPTY"}]}), vec!["A", "B", "C"]),
        (json!({"groups": [{"operator": "EMPTY"}]}), vec!["A", "B", "C", "V"]),
        (
            json!({"updated": [{"operator": ">", "value": "2020-01-01 00:00:00"}]}),
            vec!["A", "B", "C", "V"],
        ),
        (json!({"updated": [{"operator": "<", "value": "2020-01-01 00:00:00"}]}), vec![]),
        (
            json!({"created": [{"operator": "SINCE LAST N DAYS", "value": 1}]}),
            vec!["A", "B", "C", "V"],
        ),
        (
            json!({"created": [{"operator": "BETWEEN", "value": ["2019-01-01 00:00:00", "2020-01-01 00:00:00"]}]}),
            vec![],
        ),
        (
            json!({"enabled": [{"operator": "=", "value": true}], "family": [{"operator": "EMPTY"}]}),
            vec!["C"],
        ),
    ];
    for (search, expected) in cases {
        assert_eq!(identifiers(&pim, search.clone()).await, expected, "{search}");
    }
}

#[tokio::test]
async fn filters_on_values_find_what_they_name_inherited_ones_too() {
    let pim = shop().await;
    let in_english = |mut condition: Value| {
        condition["locale"] = "en_US".into();
        json!({"name": [condition]})
    };
    let cases = [
        (in_english(json!({"operator": "CONTAINS", "value": "MUG"})), vec!["A"]),
        (in_english(json!({"operator": "STARTS WITH", "value": "green"})), vec!["B"]),
        (in_english(json!({"operator": "DOES NOT CONTAIN", "value": "mug"})), vec!["B"]),
        (in_english(json!({"operator": "=", "value": "Blue mug"})), vec!["A"]),
        (in_english(json!({"operator": "!=", "value": "Blue mug"})), vec!["B"]),
        (in_english(json!({"operator": "EMPTY"})), vec!["C", "V"]),
        (in_english(json!({"operator": "NOT EMPTY"})), vec!["A", "B"]),
        (json!({"brand": [{"operator": "=", "value": "Acme"}]}), vec!["V"]),
        (json!({"color": [{"operator": "IN", "value": ["red", "blue"]}]}), vec!["A", "V"]),
        (json!({"color": [{"operator": "NOT IN", "value": ["red"]}]}), vec!["A"]),
        (json!({"tags": [{"operator": "IN", "value": ["gift"]}]}), vec!["A"]),
        (json!({"tags": [{"operator": "NOT IN", "value": ["gift"]}]}), vec!["B"]),
        (json!({"dishwasher_safe": [{"operator": "=", "value": true}]}), vec!["A"]),
        (json!({"pieces": [{"operator": ">=", "value": 6}]}), vec!["A", "B"]),
        (json!({"pieces": [{"operator": "<", "value": "6"}]}), vec!["V"]),
        (json!({"released": [{"operator": ">", "value": "2024-01-01"}]}), vec!["A"]),
        (
            json!({"released": [{"operator": "BETWEEN", "value": ["2022-12-31", "2023-01-01"]}]}),
            vec!["B"],
        ),
        (
            json!({"volume": [{"operator": "<", "value": {"amount": "30", "unit": "CENTILITER"}}]}),
            vec!["A"],
        ),
        (
            json!({"volume": [{"operator": "=", "value": {"amount": 500, "unit": "MILLILITER"}}]}),
            vec!["B"],
        ),
        (
            json!({"price": [{"operator": ">", "value": {"amount": "14.99", "currency": "EUR"}}]}),
            vec!["A"],
        ),
        (json!({"picture": [{"operator": "EMPTY"}]}), vec!["A", "B", "C", "V"]),
    ];
    for (search, expected) in cases {
        assert_eq!(identifiers(&pim, search.clone()).await, expected, "{search}");
    }
}

#[tokio::test]
async fn bad_filters_are_refused_in_words() {
    let pim = shop().await;
    let refused = async |search: Value| {
        let path = format!("products-uuid?search={}", encode(&search.to_string()));
        pim.get(&path).await.assert_status(422).json()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused(json!({"color": [{"operator": "BETWEEN", "value": ["a", "b"]}]})).await,
        "Filter on property \"color\" is not supported or does not support operator \"BETWEEN\""
    );
    assert_eq!(
        refused(json!({"ghost": [{"operator": "=", "value": 1}]})).await,
        "Filter on property \"ghost\" is not supported or does not support operator \"=\""
    );
    assert_eq!(
        refused(json!({"name": [{"operator": "EMPTY"}]})).await,
        "Attribute \"name\" expects a locale, none given."
    );
    assert_eq!(
        refused(json!({"blurb": [{"operator": "EMPTY", "scope": "y"}]})).await,
        "Attribute \"blurb\" expects an existing scope, \"y\" given."
    );
    assert_eq!(
        refused(json!({"categories": [{"operator": "IN", "value": ["x"]}]})).await,
        "Category \"x\" does not exist."
    );
    pim.get("products-uuid?search=%7B").await.assert_status(400);
}

#[tokio::test]
async fn a_page_is_full_or_the_last_and_its_links_are_absolute() {
    let pim = shop().await;
    let first = pim.get("products?limit=2&with_count=true").await.assert_status(200).json();
    let root = "https://pim.example/api/rest/v1/products";
    assert_eq!(
        first["_links"]["self"]["href"],
        format!("{root}?page=1&with_count=true&pagination_type=page&limit=2")
    );
    assert_eq!(
        first["_links"]["next"]["href"],
        format!("{root}?page=2&with_count=true&pagination_type=page&limit=2")
    );
    assert!(first["_links"].get("previous").is_none());
    assert_eq!((&first["items_count"], &first["current_page"]), (&json!(4), &json!(1)));
    let item = &first["_embedded"]["items"][0];
    assert_eq!(
        item["_links"]["self"]["href"],
        format!("{root}/{}", item["identifier"].as_str().unwrap())
    );
    let third = pim.get("products?limit=2&page=3").await.assert_status(200).json();
    assert_eq!(third["_embedded"]["items"], json!([]));
    assert!(third["_links"].get("next").is_none());
    assert!(third["_links"].get("previous").is_some());
    assert!(third.get("items_count").is_none());
}

#[tokio::test]
async fn cursors_reach_every_product_once() {
    let pim = shop().await;
    let mut path =
        "/api/rest/v1/products-uuid?pagination_type=search_after&limit=3&with_count=true"
            .to_owned();
    let mut seen = Vec::new();
    loop {
        let page = pim.client.get(&path).await.assert_status(200).json();
        assert!(page.get("items_count").is_none() && page.get("current_page").is_none());
        assert!(page["_links"]["first"]["href"].is_string());
        let items = page["_embedded"]["items"].as_array().unwrap().clone();
        seen.extend(items.iter().map(|item| item["uuid"].as_str().unwrap().to_owned()));
        let Some(next) = page["_links"]["next"]["href"].as_str() else { break };
        path = next.strip_prefix("https://pim.example").unwrap().to_owned();
    }
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn a_reader_chooses_values_by_attribute_locale_and_channel() {
    let pim = shop().await;
    pim.patch(
        "channels/ecommerce",
        json!({"currencies": ["EUR"], "conversion_units": {"volume": "CENTILITER"}}),
    )
    .await
    .assert_status(204);
    let product = pim.get("products/A?attributes=name,%20color").await.assert_status(200).json();
    assert_eq!(
        product["values"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["color", "name"]
    );
    let product = pim.get("products/A?locales=de_DE").await.json();
    assert!(product["values"].get("name").is_none());
    assert!(product["values"].get("color").is_some());
    let list = pim.get("products?scope=ecommerce&convert_measurements=true&with_attribute_options=true&with_completenesses=true").await.assert_status(200).json();
    let items = list["_embedded"]["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 3, "C is not in the channel's tree");
    let find = |identifier: &str| {
        items.iter().find(|item| item["identifier"] == identifier).unwrap().clone()
    };
    assert!(find("B")["values"].get("price").is_none(), "the channel has no dollars");
    assert_eq!(
        find("A")["values"]["volume"][0]["data"],
        json!({"amount": "25.0000", "unit": "CENTILITER"})
    );
    assert_eq!(
        find("V")["values"]["color"][0]["linked_data"],
        json!({"attribute": "color", "code": "red", "labels": {"en_US": "Red"}})
    );
    assert_eq!(
        find("A")["completenesses"],
        json!([{"scope": "ecommerce", "locale": "de_DE", "data": 33}, {"scope": "ecommerce", "locale": "en_US", "data": 66}])
    );
    assert_eq!(find("B")["completenesses"], json!([]));
    let message = async |path: &str| {
        pim.get(path).await.assert_status(422).json()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message("products?scope=x").await, "Scope \"x\" does not exist.");
    assert_eq!(message("products?attributes=x").await, "Attribute \"x\" does not exist.");
    assert_eq!(message("products?attributes=x,y").await, "Attributes \"x, y\" do not exist.");
    assert_eq!(
        message("products?locales=fr_FR").await,
        "Locale \"fr_FR\" does not exist or is not activated."
    );
    assert_eq!(
        message("products?locales=fr_FR&scope=ecommerce").await,
        "Locale \"fr_FR\" is not activated for the scope \"ecommerce\"."
    );
}

#[tokio::test]
async fn a_search_may_stand_in_a_body() {
    let pim = shop().await;
    let search = json!({"color": [{"operator": "IN", "value": ["red"]}]}).to_string();
    let reader = pim.with_scopes(&["catalog:read"]);
    let answer = reader
        .post(
            "/api/rest/v1/products-uuid/search?limit=5",
            json!({"search": search, "attributes": "color"}),
        )
        .await;
    let page = answer.assert_status(200).json();
    let items = page["_embedded"]["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["values"].as_object().unwrap().len(), 1);
    for link in ["self", "first"] {
        let url = page["_links"][link]["href"].as_str().unwrap();
        let path = "https://pim.example/api/rest/v1/products-uuid/search?";
        assert!(url.starts_with(path), "where the body is sent again: {url}");
    }
}

#[tokio::test]
async fn models_are_filtered_by_their_code_under_both_names() {
    let pim = shop().await;
    for property in ["identifier", "code"] {
        let search = json!({property: [{"operator": "IN", "value": ["amor"]}]}).to_string();
        let list = pim
            .get(&format!("product-models?search={}", encode(&search)))
            .await
            .assert_status(200)
            .json();
        assert_eq!(list["_embedded"]["items"][0]["code"], "amor");
    }
    let search = json!({"family": [{"operator": "IN", "value": ["mugs"]}], "categories": [{"operator": "IN CHILDREN", "value": ["master"]}]}).to_string();
    let list = pim
        .get(&format!("product-models?with_count=true&search={}", encode(&search)))
        .await
        .assert_status(200)
        .json();
    assert_eq!(list["items_count"], 1);
}

#[tokio::test]
async fn structure_lists_are_filtered() {
    let pim = shop().await;
    let codes = async |path: &str, search: Value| -> Vec<String> {
        let list = pim
            .get(&format!("{path}?limit=100&search={}", encode(&search.to_string())))
            .await
            .assert_status(200)
            .json();
        let items = list["_embedded"]["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("attributes", json!({"type": [{"operator": "IN", "value": ["pim_catalog_date", "pim_catalog_boolean"]}]})).await, ["dishwasher_safe", "released"]);
    assert_eq!(
        codes("attributes", json!({"is_main_identifier": [{"operator": "=", "value": true}]}))
            .await,
        ["sku"]
    );
    assert_eq!(
        codes("categories", json!({"is_root": [{"operator": "=", "value": true}]})).await,
        ["master"]
    );
    assert_eq!(
        codes("categories", json!({"parent": [{"operator": "=", "value": "master"}]})).await,
        ["kitchen"]
    );
    assert_eq!(
        codes("families", json!({"has_products": [{"operator": "=", "value": true}]})).await,
        ["mugs"]
    );
    assert_eq!(
        codes("families", json!({"updated": [{"operator": ">", "value": "2999-01-01T00:00:00Z"}]}))
            .await,
        Vec::<String>::new()
    );
    assert_eq!(
        codes("currencies", json!({"enabled": [{"operator": "=", "value": true}]})).await,
        ["EUR", "USD"]
    );
}
