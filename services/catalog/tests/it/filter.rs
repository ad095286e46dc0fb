//! Filters on properties of products: for each property every operator.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// `A` in a family and complete in English, `B` without family, `V` below a model, `W` in a group.
async fn shop() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("groups", &[json!({"code": "party"}), json!({"code": "office"})]).await;
    let name = json!([{"locale": "en_US", "scope": null, "data": "Mug"}]);
    let lines = [
        json!({"identifier": "A", "family": "mugs", "categories": ["kitchen"],
               "values": {"name": name, "brand": value("Acme")}}),
        json!({"identifier": "B", "enabled": false, "categories": ["master"]}),
        json!({"identifier": "V", "parent": "amor", "values": {"color": value("red")}}),
        json!({"identifier": "W", "family": "mugs", "groups": ["party"]}),
    ];
    pim.patch_all("products", &lines).await;
    pim
}

async fn check(property: &str, cases: &[(Value, &[&str])]) {
    let pim = shop().await;
    for (condition, expected) in cases {
        let found = pim.find("products", json!({property: [condition]})).await;
        assert_eq!(found, *expected, "{property}: {condition}");
    }
}

#[tokio::test]
async fn uuid() {
    let pim = shop().await;
    let id = pim.get("products/A").await.json()["uuid"].clone();
    let find = async |operator: &str| {
        pim.find("products", json!({"uuid": [{"operator": operator, "value": [id]}]})).await
    };
    assert_eq!(find("IN").await, ["A"]);
    assert_eq!(find("NOT IN").await, ["B", "V", "W"]);
}

#[tokio::test]
async fn categories() {
    check(
        "categories",
        &[
            (json!({"operator": "IN", "value": ["kitchen"]}), &["A", "V"]),
            (json!({"operator": "NOT IN", "value": ["kitchen"]}), &["B", "W"]),
            (json!({"operator": "IN OR UNCLASSIFIED", "value": ["kitchen"]}), &["A", "V", "W"]),
            (json!({"operator": "IN CHILDREN", "value": ["master"]}), &["A", "B", "V"]),
            (json!({"operator": "NOT IN CHILDREN", "value": ["master"]}), &["W"]),
            (json!({"operator": "UNCLASSIFIED"}), &["W"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn enabled() {
    check(
        "enabled",
        &[
            (json!({"operator": "=", "value": false}), &["B"]),
            (json!({"operator": "!=", "value": false}), &["A", "V", "W"]),
        ],
    )
    .await;
}

/// `A` has all three in English, two in German; `V` inherits the brand and has its identifier.
#[tokio::test]
async fn completeness_in_any_locale_or_in_one() {
    let in_channel = |operator: &str, percent: i32| json!({"operator": operator, "value": percent, "scope": "ecommerce"});
    let in_german = |operator: &str, percent: i32| json!({"operator": operator, "value": percent, "scope": "ecommerce", "locale": "de_DE"});
    check(
        "completeness",
        &[
            (in_channel("=", 100), &["A"]),
            (in_channel("!=", 66), &["A", "W"]),
            (in_channel("<", 66), &["W"]),
            (in_channel("<=", 66), &["A", "V", "W"]),
            (in_channel(">=", 66), &["A", "V"]),
            (in_channel(">", 66), &["A"]),
            (in_german("=", 66), &["A", "V"]),
            (in_german(">", 66), &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn completeness_in_all_locales() {
    let on_all = |operator: &str, percent: i32| {
        json!({"operator": format!("{operator} ON ALL LOCALES"), "value": percent,
               "scope": "ecommerce", "locales": ["en_US", "de_DE"]})
    };
    check(
        "completeness",
        &[
            (on_all("GREATER THAN", 33), &["A", "V"]),
            (on_all("GREATER THAN", 66), &[]),
            (on_all("GREATER OR EQUALS THAN", 66), &["A", "V"]),
            (on_all("LOWER THAN", 66), &["W"]),
            (on_all("LOWER OR EQUALS THAN", 66), &["V", "W"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_filter_on_completeness_agrees_with_what_is_read() {
    let pim = shop().await;
    for identifier in ["A", "B", "V", "W"] {
        let product =
            pim.get(&format!("products/{identifier}?with_completenesses=true")).await.json();
        for entry in product["completenesses"].as_array().unwrap() {
            let condition = json!({"operator": "=", "value": entry["data"], "scope": entry["scope"], "locale": entry["locale"]});
            let found = pim.find("products", json!({"completeness": [condition]})).await;
            assert!(found.contains(&identifier.to_owned()), "{identifier}: {entry}");
        }
    }
}

#[tokio::test]
async fn completeness_needs_a_channel_and_locales() {
    let pim = shop().await;
    let refuse =
        async |condition: Value| pim.refuse("products", json!({"completeness": [condition]})).await;
    assert_eq!(
        refuse(json!({"operator": "=", "value": 100})).await,
        "Property \"completeness\" expects a scope, none given."
    );
    assert_eq!(
        refuse(json!({"operator": "=", "value": 100, "scope": "x"})).await,
        "Property \"completeness\" expects an existing scope, \"x\" given."
    );
    let on_all = "GREATER THAN ON ALL LOCALES";
    assert_eq!(
        refuse(json!({"operator": on_all, "value": 1, "scope": "ecommerce"})).await,
        "Property \"completeness\" expects an array with the key \"locales\"."
    );
    assert_eq!(
        refuse(json!({"operator": on_all, "value": 1, "scope": "ecommerce", "locales": ["xx_XX"]}))
            .await,
        "Locale \"xx_XX\" does not exist or is not activated."
    );
    assert_eq!(
        refuse(json!({"operator": "BETWEEN", "value": 1, "scope": "ecommerce"})).await,
        "Filter on property \"completeness\" is not supported or does not support operator \"BETWEEN\""
    );
    assert_eq!(
        refuse(json!({"operator": "=", "value": "x", "scope": "ecommerce"})).await,
        "Property \"completeness\" expects an integer as data, \"string\" given."
    );
}

#[tokio::test]
async fn groups() {
    check(
        "groups",
        &[
            (json!({"operator": "IN", "value": ["party"]}), &["W"]),
            (json!({"operator": "NOT IN", "value": ["party"]}), &["A", "B", "V"]),
            (json!({"operator": "EMPTY"}), &["A", "B", "V"]),
            (json!({"operator": "NOT EMPTY"}), &["W"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn family() {
    check(
        "family",
        &[
            (json!({"operator": "IN", "value": ["mugs"]}), &["A", "V", "W"]),
            (json!({"operator": "NOT IN", "value": ["mugs"]}), &["B"]),
            (json!({"operator": "EMPTY"}), &["B"]),
            (json!({"operator": "NOT EMPTY"}), &["A", "V", "W"]),
        ],
    )
    .await;
}

/// `=` means: during that day.
#[tokio::test]
async fn created_and_updated() {
    let pim = shop().await;
    for (column, identifier, time) in [
        ("created_at", "A", "2024-05-01 08:00:00+00"),
        ("updated_at", "A", "2024-05-01 08:00:00+00"),
        ("created_at", "B", "2024-05-02 08:00:00+00"),
        ("updated_at", "B", "2024-05-02 08:00:00+00"),
    ] {
        let statement =
            format!("update product set {column} = '{time}' where identifier = '{identifier}'");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pim.db).await.unwrap();
    }
    let cases: [(Value, &[&str]); 7] = [
        (json!({"operator": "=", "value": "2024-05-01 20:00:00"}), &["A"]),
        (json!({"operator": "!=", "value": "2024-05-01 00:00:00"}), &["B", "V", "W"]),
        (json!({"operator": "<", "value": "2024-05-01 08:00:01"}), &["A"]),
        (json!({"operator": ">", "value": "2024-05-01 08:00:00"}), &["B", "V", "W"]),
        (
            json!({"operator": "BETWEEN", "value": ["2024-05-02 00:00:00", "2024-05-03 00:00:00"]}),
            &["B"],
        ),
        (
            json!({"operator": "NOT BETWEEN", "value": ["2024-05-02 00:00:00", "2024-05-03 00:00:00"]}),
            &["A", "V", "W"],
        ),
        (json!({"operator": "SINCE LAST N DAYS", "value": 3}), &["V", "W"]),
    ];
    for property in ["created", "updated"] {
        for (condition, expected) in &cases {
            let found = pim.find("products", json!({property: [condition]})).await;
            assert_eq!(found, *expected, "{property}: {condition}");
        }
        assert_eq!(
            pim.refuse("products", json!({property: [{"operator": ">", "value": "soon"}]})).await,
            format!(
                "Property \"{property}\" expects a string with the format \"yyyy-mm-dd H:i:s\" as data, \"soon\" given."
            )
        );
    }
}

#[tokio::test]
async fn parent() {
    check(
        "parent",
        &[
            (json!({"operator": "=", "value": "amor"}), &["V"]),
            (json!({"operator": "IN", "value": ["amor"]}), &["V"]),
            (json!({"operator": "EMPTY"}), &["A", "B", "W"]),
            (json!({"operator": "NOT EMPTY"}), &["V"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn quality_score() {
    let pim = shop().await;
    let graded = |grade: &str| json!({"quality_score": [{"operator": "IN", "value": [grade], "scope": "ecommerce", "locale": "en_US"}]});
    let product = pim.get("products/A?with_quality_scores=true").await.json();
    let entries = product["quality_scores"].as_array().unwrap();
    let english = entries.iter().find(|entry| entry["locale"] == "en_US").unwrap();
    assert!(
        pim.find("products", graded(english["data"].as_str().unwrap()))
            .await
            .contains(&"A".to_owned())
    );
    let all = json!({"quality_score": [{"operator": "IN", "value": ["A", "B", "C", "D", "E"], "scope": "ecommerce", "locale": "en_US"}]});
    assert_eq!(pim.find("products", all).await, ["A", "V", "W"]);
    let refuse = async |condition: Value| {
        pim.refuse("products", json!({"quality_score": [condition]})).await
    };
    assert_eq!(
        refuse(json!({"operator": "IN", "value": ["F"], "scope": "ecommerce", "locale": "en_US"}))
            .await,
        "Property \"quality_score\" expects an array with the grades \"A\" to \"E\", \"F\" given."
    );
    assert_eq!(
        refuse(json!({"operator": "IN", "value": ["A"], "scope": "ecommerce"})).await,
        "Property \"quality_score\" expects a locale, none given."
    );
}

#[tokio::test]
async fn default_locale_and_channel_of_filters_must_exist() {
    let pim = shop().await;
    let refuse = async |query: &str| {
        let refused = pim.get(&format!("products?{query}")).await.assert_status(422).json();
        refused["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refuse("search_locale=xx_XX").await,
        "Locale \"xx_XX\" does not exist or is not activated."
    );
    assert_eq!(refuse("search_scope=x").await, "Scope \"x\" does not exist.");
    assert_eq!(
        refuse("locales=xx_XX,yy_YY").await,
        "Locales \"xx_XX, yy_YY\" do not exist or are not activated."
    );
    assert_eq!(refuse("attributes=x").await, "Attribute \"x\" does not exist.");
    assert_eq!(refuse("attributes=x,y").await, "Attributes \"x, y\" do not exist.");
    assert_eq!(refuse("scope=x").await, "Scope \"x\" does not exist.");
    assert_eq!(
        refuse("scope=ecommerce&locales=fr_FR").await,
        "Locale \"fr_FR\" is not activated for the scope \"ecommerce\"."
    );
    let found = pim
        .find(
            "products?search_scope=ecommerce&search_locale=de_DE",
            json!({"completeness": [{"operator": ">", "value": 66}]}),
        )
        .await;
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_filter_is_refused_in_words() {
    let pim = shop().await;
    let bad = pim.get("products?search=%7B").await.assert_status(400).json();
    assert_eq!(bad["message"], "Search query parameter should be valid JSON.");
    let cases = [
        (
            json!({"family": 1}),
            "Structure of filter \"family\" should respect this structure: {\"family\":[{\"operator\": \"my_operator\", \"value\": \"my_value\"}]}",
        ),
        (json!({"family": [{}]}), "Operator is missing for the property \"family\"."),
        (json!({"family": [{"operator": []}]}), "Operator has to be a string, \"array\" given."),
        (
            json!({"family": [{"operator": "BETWEEN"}]}),
            "Filter on property \"family\" is not supported or does not support operator \"BETWEEN\"",
        ),
        (
            json!({"ghost": [{"operator": "EMPTY"}]}),
            "Filter on property \"ghost\" is not supported or does not support operator \"EMPTY\"",
        ),
        (
            json!({"name": [{"operator": "EMPTY"}]}),
            "Attribute \"name\" expects a locale, none given.",
        ),
        (
            json!({"blurb": [{"operator": "EMPTY"}]}),
            "Attribute \"blurb\" expects a scope, none given.",
        ),
        (
            json!({"blurb": [{"operator": "EMPTY", "scope": "x"}]}),
            "Attribute \"blurb\" expects an existing scope, \"x\" given.",
        ),
        (
            json!({"categories": [{"operator": "IN", "value": ["ghost"]}]}),
            "Category \"ghost\" does not exist.",
        ),
    ];
    for (search, message) in cases {
        assert_eq!(pim.refuse("products", search).await, message);
    }
}
