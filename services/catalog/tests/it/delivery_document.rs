use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::{Shop, mug};

#[tokio::test]
async fn a_product_is_shown_as_one_flat_page() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Blue Mug")
        .localized("description", "en_US", "<p>A mug.</p>")
        .value("brand", "acme")
        .value(
            "price",
            json!([{"amount": "19.99", "currency": "EUR"}, {"amount": "22", "currency": "USD"}]),
        )
        .value("color", "blue")
        .value("materials", json!(["stoneware", "cork"]))
        .value("dishwasher_safe", true)
        .value("weight", json!({"amount": "350", "unit": "GRAM"}))
        .value("picture", "1/2/mug.png");
    shop.put(&product).await;
    let page = shop.get("/v1/products/blue-mug").await;
    assert_eq!(page["id"], json!(product.id));
    assert_eq!(page["sku"], "MUG-1");
    assert_eq!(page["price"], json!({"amount": 1999, "currency": "EUR"}));
    assert_eq!(page["image"], json!({"url": "/media/1/2/mug.png", "alt": "Blue Mug"}));
    assert_eq!(page["brand"], "Acme");
    assert_eq!(
        page["category_path"],
        json!([{"code": "kitchen", "label": "Kitchen"}, {"code": "mugs", "label": "Mugs"}])
    );
    assert_eq!(page["variant_count"], 1);
    assert_eq!(page["description"], "<p>A mug.</p>");
    assert_eq!(page["seo"]["title"], "Blue Mug – Acme");
    assert_eq!(page["seo"]["description"], "A mug.");
    assert_eq!(page["completeness"], 100);
    assert_eq!(
        page["attributes"],
        json!([
            entry("brand", "Brand", "Marketing", "select", json!("acme"), "Acme"),
            entry("color", "Color", "Technical", "select", json!("blue"), "Blue"),
            entry("materials", "Materials", "Technical", "multi_select",
                  json!(["stoneware", "cork"]), "Stoneware, Cork"),
            entry("dishwasher_safe", "Dishwasher safe", "Technical", "boolean", json!(true), "Yes"),
            {"code": "weight", "label": "Weight", "group": "Technical", "type": "metric",
             "value": 0.35, "unit": "KILOGRAM", "formatted": "0.35 kg"},
        ])
    );
    assert_eq!(page["variants"][0]["sku"], "MUG-1");
    assert_eq!(page["variants"][0]["price"]["amount"], 1999);
    assert!(page.get("prices").is_none() && page["variants"][0].get("prices").is_none());
}

fn entry(code: &str, label: &str, group: &str, kind: &str, value: Value, text: &str) -> Value {
    json!({"code": code, "label": label, "group": group, "type": kind, "value": value,
           "formatted": text})
}

#[tokio::test]
async fn a_page_is_found_by_id_slug_and_sku() {
    let shop = Shop::open().await;
    let product = mug("MUG 1/2", "Grüner Becher");
    shop.put(&product).await;
    for path in [product.id.to_string(), "gruner-becher".into(), "by-sku/MUG%201%2F2".into()] {
        assert_eq!(shop.get(&format!("/v1/products/{path}")).await["sku"], "MUG 1/2", "{path}");
    }
    for path in [Uuid::now_v7().to_string(), "nothing".into(), "by-sku/nothing".into()] {
        shop.answer(&format!("/v1/products/{path}")).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn locale_and_currency_decide_what_is_shown() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Blue mug")
        .localized("name", "de_DE", "Blauer Becher")
        .value("color", "blue")
        .value("weight", json!({"amount": "1500.5", "unit": "GRAM"}))
        .value(
            "price",
            json!([{"amount": "19.99", "currency": "EUR"}, {"amount": "22", "currency": "USD"}]),
        );
    shop.put(&product).await;
    let page = shop.get("/v1/products/blauer-becher?locale=de_DE&currency=USD").await;
    assert_eq!(page["name"], "Blauer Becher");
    assert_eq!(page["price"], json!({"amount": 2200, "currency": "USD"}));
    assert_eq!(page["attributes"][0]["label"], "Farbe");
    assert_eq!(page["attributes"][0]["formatted"], "Blau");
    assert_eq!(page["attributes"][1]["formatted"], "1,5005 kg");
    let german = shop.client.header("accept-language", "de-AT,de;q=0.9");
    let answer = german.get(&format!("/v1/products/{}", product.id)).await.assert_status(200);
    assert_eq!(answer.json()["name"], "Blauer Becher");
    assert_eq!(answer.header("content-language"), "de-DE");
    let mobile = shop.get("/v1/products/blue-mug?channel=mobile").await;
    assert_eq!(mobile["attributes"][1]["formatted"], "1,500.5 g".replace(",", ""));
}

#[tokio::test]
async fn an_unknown_channel_locale_or_currency_is_refused_by_name() {
    let shop = Shop::open().await;
    for (parameter, value) in
        [("channel", "shop"), ("locale", "fr_FR"), ("locale", "x"), ("currency", "GBP")]
    {
        for path in ["/v1/products", "/v1/products/x", "/v1/categories", "/v1/sync", "/v1/suggest"]
        {
            let answer = shop.answer(&format!("{path}?{parameter}={value}")).await;
            let problem = answer.assert_problem(422, "invalid").json();
            assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}");
            assert_eq!(problem["errors"][0]["code"], format!("unknown_{parameter}"));
        }
    }
}

#[tokio::test]
async fn a_page_needs_an_enabled_product_in_the_tree_of_the_channel() {
    let shop = Shop::open().await;
    let unclassified = mug("NO-CATEGORY", "One").categories(&[]);
    let elsewhere = mug("OTHER-TREE", "Two").categories(&["other_tree"]);
    let disabled = mug("DISABLED", "Three").disabled();
    let published = mug("PUBLISHED", "Four");
    shop.put_all(&[unclassified, elsewhere, disabled, published]).await;
    assert_eq!(shop.skus("/v1/products").await, ["PUBLISHED"]);
}

#[tokio::test]
async fn a_page_that_is_disabled_or_deleted_is_gone() {
    let shop = Shop::open().await;
    let (one, two) = (mug("ONE", "One"), mug("TWO", "Two"));
    shop.put_all(&[one.clone(), two.clone()]).await;
    shop.put(&one.clone().disabled()).await;
    shop.answer("/v1/products/one").await.assert_problem(404, "not_found");
    shop.sql(&format!("delete from product where id = '{}'", two.id)).await;
    shop.touch(two.id).await;
    shop.settle().await;
    shop.answer("/v1/products/two").await.assert_problem(404, "not_found");
    assert_eq!(shop.get("/v1/products").await["total"], 0);
}

#[tokio::test]
async fn pages_of_one_name_have_different_addresses_that_stay() {
    let shop = Shop::open().await;
    let (one, two) = (mug("M-1", "Mug"), mug("M-2", "Mug"));
    shop.put(&one).await;
    shop.put(&two).await;
    assert_eq!(shop.get("/v1/products/mug").await["sku"], "M-1");
    assert_eq!(shop.get("/v1/products/mug-m-2").await["sku"], "M-2");
    shop.put(&one.localized("name", "en_US", "Cup")).await;
    assert_eq!(shop.get("/v1/products/cup").await["sku"], "M-1");
    shop.put(&two.value("color", "red")).await;
    assert_eq!(shop.get("/v1/products/mug-m-2").await["sku"], "M-2");
}

#[tokio::test]
async fn a_change_that_does_not_show_writes_nothing() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Mug");
    shop.put(&product).await;
    let before = shop.answer("/v1/products/mug").await;
    shop.put(&product).await;
    let after = shop.answer("/v1/products/mug").await;
    assert_eq!(before.body, after.body);
    let position = "vitrine-catalog-position";
    assert_eq!(before.header(position), after.header(position));
}

#[tokio::test]
async fn a_page_that_the_client_has_is_not_sent_again() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Mug");
    shop.put(&product).await;
    for path in ["/v1/products/mug", "/v1/products/by-sku/MUG-1", "/v1/products", "/v1/categories"]
    {
        let first = shop.answer(path).await.assert_status(200);
        assert!(first.header("cache-control").starts_with("public, max-age="));
        let client = shop.client.header("if-none-match", first.header("etag"));
        let again = client.get(path).await.assert_status(304);
        assert!(again.body.is_empty());
        shop.put(&product.clone().value("color", if path.len() % 2 == 0 { "red" } else { "blue" }))
            .await;
        if path.starts_with("/v1/products/") {
            client.get(path).await.assert_status(200);
        }
    }
}

#[tokio::test]
async fn associated_products_follow_their_own_changes() {
    let shop = Shop::open().await;
    let saucer = mug("SAUCER", "Saucer").euros("5");
    let product = mug("MUG-1", "Mug").associated_with(saucer.id);
    shop.put(&product).await;
    assert_eq!(shop.get("/v1/products/mug").await["associations"], json!([]));
    shop.put(&saucer).await;
    let association = &shop.get("/v1/products/mug").await["associations"][0];
    assert_eq!(association["label"], "Cross sell");
    assert_eq!(association["products"][0]["slug"], "saucer");
    assert_eq!(association["products"][0]["price"]["amount"], 500);
    shop.put(&saucer.clone().localized("name", "en_US", "Plate")).await;
    let page = shop.get("/v1/products/mug").await;
    assert_eq!(page["associations"][0]["products"][0]["name"], "Plate");
    shop.put(&saucer.disabled()).await;
    assert_eq!(shop.get("/v1/products/mug").await["associations"], json!([]));
}

#[tokio::test]
async fn a_changed_label_shows_on_pages_that_are_built_after_it() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Mug").value("color", "blue");
    shop.put(&product).await;
    shop.sql("update attribute_option set labels = '{\"en_US\": \"Azure\"}' where code = 'blue'")
        .await;
    shop.put(&product).await;
    assert_eq!(shop.get("/v1/products/mug").await["attributes"][0]["formatted"], "Azure");
    let facet = &shop.get("/v1/products?facets=color").await["facets"][0];
    assert_eq!(facet["values"][0]["label"], "Azure");
}

#[tokio::test]
async fn a_page_needs_everything_that_its_family_requires_in_the_locale() {
    let shop = Shop::open().await;
    shop.sql("insert into family_requirement values ('mug', 'ecommerce', 'description')").await;
    let product = mug("MUG-1", "Mug");
    shop.put(&product).await;
    shop.answer("/v1/products/mug").await.assert_problem(404, "not_found");
    shop.answer("/v1/products/mug?channel=mobile").await.assert_status(200);
    let product = product.localized("description", "en_US", "Holds tea.");
    shop.put(&product).await;
    assert_eq!(shop.get("/v1/products/mug").await["completeness"], 100);
    let german = format!("/v1/products/{}?locale=de_DE", product.id);
    shop.answer(&german).await.assert_problem(404, "not_found");
    let product = product.localized("name", "de_DE", "Becher");
    shop.put(&product.localized("description", "de_DE", "Hält Tee.")).await;
    assert_eq!(shop.get(&german).await["slug"], "becher");
}

#[tokio::test]
async fn an_attribute_of_other_locales_is_not_required() {
    let shop = Shop::open().await;
    shop.sql(
        "update attribute set available_locales = '{de_DE}' where code = 'description';
         insert into family_requirement values ('mug', 'ecommerce', 'description')",
    )
    .await;
    shop.put(&mug("MUG-1", "Mug").localized("name", "de_DE", "Becher")).await;
    assert_eq!(shop.skus("/v1/products").await, ["MUG-1"]);
    assert_eq!(shop.get("/v1/products?locale=de_DE").await["total"], 0);
}

#[tokio::test]
async fn a_fallback_locale_stands_in_for_what_is_missing() {
    let shop = Shop::open().await;
    shop.sql("update channel_locale set fallback = 'en_US' where locale = 'de_DE'").await;
    let product = mug("MUG-1", "Blue mug").localized("description", "de_DE", "Hält Tee.");
    shop.put(&product).await;
    let page = shop.get("/v1/products/blue-mug?locale=de_DE").await;
    assert_eq!((&page["name"], &page["description"]), (&json!("Blue mug"), &json!("Hält Tee.")));
    assert_eq!(page["completeness"], 50);
    let page = shop.get("/v1/products/blue-mug").await;
    assert_eq!((&page["description"], &page["completeness"]), (&Value::Null, &json!(100)));
    shop.sql("update channel_locale set fallback = null where locale = 'de_DE'").await;
    shop.put(&product).await;
    shop.answer("/v1/products/blue-mug?locale=de_DE").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_former_address_leads_to_the_one_of_now() {
    let shop = Shop::open().await;
    let product = mug("M-1", "Blue mug");
    shop.put(&product).await;
    shop.put(&product.clone().localized("name", "en_US", "Azure mug")).await;
    shop.put(&product.clone().localized("name", "en_US", "Cup")).await;
    for former in ["blue-mug", "azure-mug"] {
        let path = format!("/v1/products/{former}?currency=EUR");
        let answer = shop.answer(&path).await.assert_status(301);
        assert_eq!(answer.header("location"), "cup?currency=EUR");
    }
    shop.put(&mug("M-2", "Blue mug")).await;
    shop.answer("/v1/products/blue-mug").await.assert_status(301);
    assert_eq!(shop.get("/v1/products/blue-mug-m-2").await["sku"], "M-2");
    shop.put(&product).await;
    assert_eq!(shop.get("/v1/products/blue-mug").await["sku"], "M-1");
    assert_eq!(shop.answer("/v1/products/cup").await.header("location"), "blue-mug");
}

#[tokio::test]
async fn an_address_is_kept_for_a_page_that_is_hidden_and_free_when_it_is_deleted() {
    let shop = Shop::open().await;
    let product = mug("M-1", "Mug");
    shop.put(&product).await;
    shop.put(&product.clone().disabled()).await;
    shop.put(&mug("M-2", "Mug")).await;
    shop.answer("/v1/products/mug").await.assert_problem(404, "not_found");
    shop.put(&product).await;
    assert_eq!(shop.get("/v1/products/mug").await["sku"], "M-1");
    shop.sql(&format!("delete from product where id = '{}'", product.id)).await;
    shop.touch(product.id).await;
    shop.settle().await;
    shop.put(&mug("M-3", "Mug")).await;
    assert_eq!(shop.get("/v1/products/mug").await["sku"], "M-3");
}

#[tokio::test]
async fn a_rebuild_from_nothing_gives_the_same_bytes() {
    let shop = Shop::open().await;
    let products = [mug("M-1", "Mug"), mug("M-2", "Mug").euros("5"), mug("M-3", "Mug")];
    shop.put_all(&products).await;
    shop.put(
        &products[0].clone().localized("name", "en_US", "Cup").associated_with(products[1].id),
    )
    .await;
    let documents = async || -> Vec<(String, String, Uuid, String, String)> {
        sqlx::query_as(
            "select channel, locale, root_id, card::text, detail::text from product_document
             where card is not null order by channel, locale, root_id",
        )
        .fetch_all(&shop.db)
        .await
        .unwrap()
    };
    let before = documents().await;
    shop.sql("delete from product_document").await;
    for product in products.iter().rev() {
        shop.touch(product.id).await;
        shop.settle().await;
    }
    assert_eq!(documents().await, before);
    assert!(before.len() >= 6);
}

#[tokio::test]
async fn other_services_hear_of_pages_in_the_default_view() {
    let shop = Shop::open().await;
    let service = shop.client.bearer(&shop.tokens.service("recommendation"));
    let product = mug("MUG-1", "Mug").value("color", "blue").euros("2.50").value("brand", "acme");
    shop.put(&product).await;
    shop.put(&product.clone().disabled()).await;
    let events = service.get("/internal/feed").await.assert_status(200).json();
    assert_eq!(events[0]["type"], "catalog.product.published");
    assert_eq!(events[0]["subject"], json!(product.id));
    assert_eq!(
        events[0]["data"],
        json!({"product_id": product.id, "skus": ["MUG-1"], "name": "Mug", "brand": "Acme",
               "categories": ["kitchen", "mugs"], "price": 250,
               "features": ["brand=acme", "color=blue"]})
    );
    assert_eq!(events[1]["type"], "catalog.product.unpublished");
    assert_eq!(events.as_array().unwrap().len(), 2);
    shop.answer("/internal/feed").await.assert_problem(401, "unauthenticated");
    let shopper = shop.client.bearer(&shop.tokens.customer());
    shopper.get("/internal/feed").await.assert_problem(403, "insufficient_scope");
}
