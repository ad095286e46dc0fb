//! The order of lists of products and models.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

const ROOT: &str = "https://pim.example/api/rest/v1/";

/// Four products: C has no value, D repeats those of B.
async fn shop() -> Pim {
    let pim = Pim::stocked().await;
    let options =
        [json!({"code": "red", "sort_order": 1}), json!({"code": "blue", "sort_order": 2})];
    pim.patch_all("attributes/color/options", &options).await;
    let product = |identifier: &str, values: Value| {
        let family = if identifier == "A" { Value::Null } else { "mugs".into() };
        json!({"identifier": identifier, "family": family, "enabled": identifier != "B", "values": values})
    };
    let name = |english: &str, german: &str| {
        json!([{"locale": "en_US", "scope": null, "data": english},
               {"locale": "de_DE", "scope": null, "data": german}])
    };
    let blurb = |text: &str| json!([{"locale": null, "scope": "ecommerce", "data": text}]);
    let repeated = json!({
        "name": name("mug", "Becher"), "brand": value("acme"), "blurb": blurb("a"), "pieces": value(12),
        "volume": value(json!({"amount": "0.5", "unit": "LITER"})), "color": value("red"),
        "price": value(json!([{"amount": "20", "currency": "EUR"}, {"amount": "5", "currency": "USD"}])),
        "dishwasher_safe": value(false), "released": value("2024-05-01"),
    });
    pim.patch_all("products", &[
        product("A", json!({
            "name": name("Cup", "Tasse"), "brand": value("Zinc"), "blurb": blurb("b"), "pieces": value(6),
            "volume": value(json!({"amount": "750", "unit": "MILLILITER"})), "color": value("blue"),
            "price": value(json!([{"amount": "100", "currency": "EUR"}, {"amount": "4", "currency": "USD"}])),
            "dishwasher_safe": value(true), "released": value("2024-06-01"),
        })),
        product("B", repeated.clone()),
        product("C", json!({})),
        product("D", repeated),
    ]).await;
    pim
}

/// Names on all pages of two, in order.
async fn walk(pim: &Pim, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = Some(format!("{path}&limit=2"));
    while let Some(path) = next {
        let page = pim.get(&path).await.assert_status(200).json();
        for item in page["_embedded"]["items"].as_array().unwrap() {
            let name = item.get("identifier").or_else(|| item.get("code")).unwrap();
            names.push(name.as_str().unwrap().to_owned());
        }
        let link = page["_links"]["next"]["href"].as_str();
        next = link.map(|link| link.strip_prefix(ROOT).unwrap().to_owned());
    }
    names
}

#[tokio::test]
async fn products_are_sorted_by_values_and_what_has_none_comes_last() {
    let pim = shop().await;
    let ascending = [
        ("brand", ["B", "D", "A", "C"]),
        ("name&sort_locale=en_US", ["A", "B", "D", "C"]),
        ("name&sort_locale=de_DE", ["B", "D", "A", "C"]),
        ("blurb&sort_scope=ecommerce", ["B", "D", "A", "C"]),
        ("pieces", ["A", "B", "D", "C"]),
        ("volume", ["B", "D", "A", "C"]),
        ("price&sort_currency=EUR", ["B", "D", "A", "C"]),
        ("price&sort_currency=USD", ["A", "B", "D", "C"]),
        // Options stand in their own order.
        ("color", ["B", "D", "A", "C"]),
        ("dishwasher_safe", ["B", "D", "A", "C"]),
        ("released", ["B", "D", "A", "C"]),
        ("family", ["B", "C", "D", "A"]),
    ];
    for (sort, expected) in ascending {
        for kind in ["page", "search_after"] {
            let path = |sort: &str| format!("products?pagination_type={kind}&sort={sort}");
            assert_eq!(walk(&pim, &path(sort)).await, expected, "{sort} by {kind}");
            let descending = walk(&pim, &path(&format!("-{sort}"))).await;
            let expected = match (sort, expected) {
                ("family", expected) => expected,
                (_, ["A", ..]) => ["B", "D", "A", "C"],
                _ => ["A", "B", "D", "C"],
            };
            assert_eq!(descending, expected, "-{sort} by {kind}");
        }
    }
}

#[tokio::test]
async fn products_are_sorted_by_properties() {
    let pim = shop().await;
    pim.patch("products/B", json!({"enabled": false, "values": {"brand": value("b")}})).await;
    for (sort, expected) in [
        ("updated", ["A", "C", "D", "B"]),
        ("-updated", ["B", "A", "C", "D"]),
        ("created", ["A", "B", "C", "D"]),
        ("identifier", ["A", "B", "C", "D"]),
        ("-sku", ["D", "C", "B", "A"]),
        ("enabled", ["B", "A", "C", "D"]),
    ] {
        let path = format!("products?pagination_type=search_after&sort={sort}");
        let found = walk(&pim, &path).await;
        // Those written together have one time.
        assert_eq!(found, expected, "{sort}");
    }
}

#[tokio::test]
async fn a_search_is_sorted_too() {
    let pim = shop().await;
    let search =
        crate::pim::encode(&json!({"enabled": [{"operator": "=", "value": true}]}).to_string());
    let path = format!("products?pagination_type=search_after&sort=-brand&search={search}");
    assert_eq!(walk(&pim, &path).await, ["A", "D", "C"]);
    let body = json!({"sort": "-pieces", "search": "{}"});
    let page = pim.post("products-uuid/search?limit=1", body).await.assert_status(200).json();
    assert_eq!(page["_embedded"]["items"][0]["values"]["pieces"][0]["data"], 12);
}

#[tokio::test]
async fn models_are_sorted_by_what_they_inherit_too() {
    let pim = Pim::stocked().await.with_model().await;
    let model = |code: &str, brand: &str| json!({"code": code, "family_variant": "mugs_by_color", "values": {"brand": value(brand)}});
    pim.patch_all("product-models", &[model("zenith", "Aba"), model("basic", "Zinc")]).await;
    for (sort, expected) in [
        ("brand", ["zenith", "amor", "basic"]),
        ("-brand", ["basic", "amor", "zenith"]),
        ("-code", ["zenith", "basic", "amor"]),
        ("family", ["amor", "basic", "zenith"]),
    ] {
        let path = format!("product-models?pagination_type=search_after&sort={sort}");
        assert_eq!(walk(&pim, &path).await, expected, "{sort}");
    }
    let variant = |identifier: &str, parent: &str, color: &str| json!({"identifier": identifier, "parent": parent, "values": {"color": value(color)}});
    let variants =
        [variant("1", "amor", "red"), variant("2", "zenith", "red"), variant("3", "basic", "blue")];
    pim.patch_all("products", &variants).await;
    let found = walk(&pim, "products?pagination_type=search_after&sort=brand").await;
    assert_eq!(found, ["2", "1", "3"]);
}

#[tokio::test]
async fn an_order_that_is_not_understood_is_refused_with_the_reason() {
    let pim = shop().await;
    let cursor = |position: Value| {
        use base64::Engine;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(position.to_string())
    };
    let id = "0192f0c1-7c2e-7000-8000-000000000001";
    let foreign = "The \"search_after\" parameter is not a cursor of this list.";
    let after = |sort: &str, position: Value| {
        format!("{sort}&pagination_type=search_after&search_after={}", cursor(position))
    };
    for (query, expected) in [
        ("nothing".into(), "Sort on property \"nothing\" is not supported."),
        ("tags".into(), "Sort on property \"tags\" is not supported."),
        ("picture".into(), "Sort on property \"picture\" is not supported."),
        ("name".into(), "Attribute \"name\" expects a locale, none given."),
        ("blurb".into(), "Attribute \"blurb\" expects a scope, none given."),
        (
            "price".into(),
            "Attribute \"price\" expects a currency in \"sort_currency\", none given.",
        ),
        (format!("brand&pagination_type=search_after&search_after={id}"), foreign),
        (after("pieces", json!({"value": "1; --", "key": id})), foreign),
        (after("updated", json!({"value": "yesterday", "key": id})), foreign),
        (after("updated", json!({"key": id})), foreign),
        (after("released", json!({"value": "2024-13-01", "key": id})), foreign),
        (after("released", json!({"value": "0000-01-01", "key": id})), foreign),
        (after("updated", json!({"value": "-0001-01-01 00:00:00+00", "key": id})), foreign),
        (after("brand", json!({"value": "a\u{0}", "key": id})), foreign),
        (after("brand", json!({"value": "a", "key": "1"})), foreign),
    ] {
        let refused = pim.get(&format!("products?sort={query}")).await.assert_status(422).json();
        assert_eq!(refused["message"], expected, "{query}");
    }
}
