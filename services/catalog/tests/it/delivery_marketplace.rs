use std::{collections::BTreeSet, io::Read};

use proptest::{
    prelude::any,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    marketplace::{Item, good_mug, lines},
    shop::{NewProduct, Shop, mug, stored},
};

/// A shirt in red and blue, small and medium, whose variants are all good.
async fn shirts(shop: &Shop) -> Uuid {
    let text = |data: &str| json!([{"locale": "en_US", "scope": null, "data": data}]);
    let values = json!({"name": text("Shirt"), "description": text("<p>A <b>shirt</b></p>"),
                        "brand": stored("nordlicht")});
    let model = shop.put_model("shirt", values).await;
    let mut variants: Vec<NewProduct> = Vec::new();
    for color in ["red", "blue"] {
        let values = json!({"color": stored(color), "picture": stored(format!("{color}.png")),
                            "back_picture": stored(format!("{color}-back.png"))});
        let submodel = shop.put_submodel(&format!("shirt-{color}"), model, values).await;
        for size in ["m", "s"] {
            let variant = mug(&format!("S-{color}-{size}"), "").of(submodel).value("size", size);
            variants.push(variant.euros("10").value("ean", "4006381333931"));
        }
    }
    shop.put_all(&variants).await;
    model
}

fn by_sku(items: Vec<Item>, sku: &str) -> Item {
    items.into_iter().find(|item| item["id"] == sku).unwrap()
}

/// Severity, field and rule of each finding.
fn findings(report: &Value) -> Vec<String> {
    let items = report["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap();
            format!("{} {} {} {}", text("sku"), text("severity"), text("field"), text("rule"))
        })
        .collect()
}

#[tokio::test]
async fn an_item_has_what_the_document_has() {
    let shop = Shop::open().await;
    let product = good_mug("M-1", "Mug")
        .localized(
            "description",
            "en_US",
            "<p>Holds tea &amp; coffee.</p>\n<ul><li>1 < 2</li></ul>",
        )
        .value("back_picture", "back.png")
        .value("color", "blue")
        .value("materials", json!(["stoneware", "cork"]))
        .value("weight", json!({"amount": "350", "unit": "GRAM"}));
    shop.put(&product).await;
    let expected = json!({
        "id": "M-1",
        "title": "Mug",
        "description": "Holds tea & coffee. 1 < 2",
        "link": "http://127.0.0.1:8080/products/mug",
        "image_link": "http://127.0.0.1:8080/media/M-1.png",
        "additional_image_link": ["http://127.0.0.1:8080/media/back.png"],
        "availability": "in_stock",
        "price": "12.90 EUR",
        "brand": "Acme",
        "gtin": "4006381333931",
        "identifier_exists": "yes",
        "condition": "new",
        "product_type": "Kitchen > Mugs",
        "color": "Blue",
        "material": "Stoneware/Cork",
        "shipping_weight": "0.35 kg",
    });
    assert_eq!(lines(&shop.feed("jsonl").await), [expected]);
    let page = shop.get("/v1/products/mug").await;
    assert_eq!(page["seo"]["canonical"], "http://127.0.0.1:8080/products/mug");
    assert_eq!(
        lines(&shop.feed("schema-org.jsonl").await),
        [json!({
            "@context": "https://schema.org",
            "@type": "Product",
            "sku": "M-1",
            "name": "Mug",
            "description": "Holds tea & coffee. 1 < 2",
            "image": ["http://127.0.0.1:8080/media/M-1.png", "http://127.0.0.1:8080/media/back.png"],
            "brand": {"@type": "Brand", "name": "Acme"},
            "gtin": "4006381333931",
            "category": "Kitchen > Mugs",
            "color": "Blue",
            "material": "Stoneware/Cork",
            "weight": {"@type": "QuantitativeValue", "value": "0.35", "unitCode": "KGM"},
            "offers": {
                "@type": "Offer",
                "url": "http://127.0.0.1:8080/products/mug",
                "price": "12.90",
                "priceCurrency": "EUR",
                "availability": "https://schema.org/InStock",
                "itemCondition": "https://schema.org/NewCondition",
            },
        })]
    );
}

#[tokio::test]
async fn each_variant_is_an_item_of_its_model() {
    let shop = Shop::open().await;
    let model = shirts(&shop).await;
    let items = shop.items("google.xml").await;
    assert_eq!(items.len(), 4);
    let page = shop.get("/v1/products/shirt").await;
    for variant in page["variants"].as_array().unwrap() {
        let item = by_sku(items.clone(), variant["sku"].as_str().unwrap());
        assert_eq!(item["title"], variant["name"].as_str().unwrap());
        assert_eq!(item["item_group_id"], model.to_string());
        assert_eq!(item["brand"], "Nordlicht");
        let image = variant["image"]["url"].as_str().unwrap();
        assert_eq!(item["image_link"], format!("http://127.0.0.1:8080{image}"));
    }
    let item = |sku| by_sku(items.clone(), sku);
    assert_eq!((&*item("S-red-m")["color"], &*item("S-red-m")["size"]), ("Red", "Medium"));
    // The page shows blue; its other pictures are of blue shirts.
    let back = "http://127.0.0.1:8080/media/blue-back.png";
    let others = |sku| item(sku).get("additional_image_link").cloned();
    assert!([others("S-blue-s"), others("S-blue-m")].iter().flatten().any(|link| link == back));
    assert_eq!(others("S-red-s"), None);
    let group = &lines(&shop.feed("schema-org.jsonl").await)[0];
    assert_eq!(group["@type"], "ProductGroup");
    assert_eq!(group["productGroupID"], json!(model));
    assert_eq!(group["description"], "A shirt");
    assert_eq!(group["variesBy"], json!(["https://schema.org/color", "https://schema.org/size"]));
    let variants = group["hasVariant"].as_array().unwrap();
    assert_eq!(variants.len(), 4);
    assert_eq!(variants[0]["inProductGroupWithID"], json!(model));
}

/// Names with whatever people and programs may write, more than are read at once.
fn names() -> Vec<String> {
    let mut runner = TestRunner::default();
    let mut name = || any::<String>().new_tree(&mut runner).unwrap().current().replace('\0', "");
    let nasty =
        ["<b>&amp;\"'</b>", "]]>", "\"\"", "a\t\"b\"\r\nc", "=1+1,2;3", "\u{1f}\u{b}\u{fffe}x"];
    let nasty = nasty.into_iter().map(str::to_owned);
    let names = nasty.chain((0..200).map(|_| name())).enumerate();
    names.map(|(number, name)| format!("{number} {name}")).collect()
}

/// What is left of a name in one line of characters that XML has.
fn in_one_line(name: &str) -> String {
    let is_kept =
        |c: &char| !c.is_control() && !c.is_whitespace() && !['\u{fffe}', '\u{ffff}'].contains(c);
    let (mut line, mut was_kept) = (String::new(), true);
    for character in name.chars() {
        let is_kept = is_kept(&character);
        if is_kept {
            if !was_kept {
                line.push(' ');
            }
            line.push(character);
        }
        was_kept = is_kept;
    }
    line
}

#[tokio::test]
async fn titles_of_any_characters_survive_every_format() {
    let shop = Shop::open().await;
    let names = names();
    let products: Vec<_> =
        names.iter().enumerate().map(|(n, name)| good_mug(&format!("M-{n}"), name)).collect();
    shop.put_all(&products).await;
    let expected: BTreeSet<String> = names.iter().map(|name| in_one_line(name)).collect();
    let json = shop.items("jsonl").await;
    for format in ["google.xml", "google.tsv", "jsonl"] {
        let items = shop.items(format).await;
        assert_eq!(items.len(), names.len(), "{format}");
        let titles: BTreeSet<String> = items.iter().map(|item| item["title"].clone()).collect();
        assert_eq!(titles, expected, "{format}");
        assert_eq!(items, json, "{format}");
    }
    let of_meta = |mut item: Item| {
        item.remove("identifier_exists");
        item.insert("availability".into(), "in stock".into());
        item
    };
    let of_meta: Vec<Item> = json.into_iter().map(of_meta).collect();
    assert_eq!(shop.items("meta.csv").await, of_meta);
    let products = lines(&shop.feed("schema-org.jsonl").await);
    let titles = products.iter().map(|product| product["name"].as_str().unwrap().to_owned());
    assert_eq!(titles.collect::<BTreeSet<_>>(), expected);
    let tsv = shop.feed("google.tsv").await;
    assert!(tsv.lines().all(|line| line.matches('\t').count() == 23), "{tsv}");
    for coding in ["br", "zstd", "gzip"] {
        let client = shop.client.header("accept-encoding", coding);
        let answer = client.get("/feeds/ecommerce/google.tsv").await.assert_status(200);
        assert_eq!(answer.header("content-encoding"), coding);
        assert!(answer.body.len() < tsv.len());
        assert_eq!(unpacked(coding, &answer.body), tsv.as_bytes(), "{coding}");
    }
}

fn unpacked(coding: &str, mut bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "br" => brotli::BrotliDecompress(&mut bytes, &mut plain).unwrap(),
        "zstd" => plain = zstd::decode_all(bytes).unwrap(),
        _ => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap()),
    }
    plain
}

#[tokio::test]
async fn what_a_marketplace_would_refuse_is_left_out_and_told() {
    let shop = Shop::open().await;
    let long = "word ".repeat(40);
    shop.put_all(&[
        good_mug("GOOD", "Mug"),
        mug("BARE", "Bare mug"),
        good_mug("FREE", "Free mug").euros("0"),
        good_mug("DOLLAR", "Mug in dollars")
            .value("price", json!([{"amount": "1", "currency": "USD"}])),
        good_mug("DIGIT", "Wrong digit").value("ean", "4006381333932"),
        good_mug("HOUSE", "House number").value("ean", "2000000000008"),
        good_mug(&"X".repeat(51), "Long sku"),
        good_mug("LONG", &long),
        good_mug("NO-EAN", "Mug without number").value("ean", ""),
    ])
    .await;
    assert_eq!(shop.skus_of_feed().await, ["GOOD", "LONG", "NO-EAN"]);
    let report = shop.get("/feeds/ecommerce/google.xml/report").await;
    let mut found = findings(&report);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "BARE error description missing",
            "BARE error image_link missing",
            "BARE error price missing",
            "BARE warning brand missing",
            "BARE warning gtin missing",
            "DIGIT error gtin invalid",
            "DOLLAR error price missing",
            "FREE error price not_positive",
            "HOUSE error gtin restricted",
            "LONG warning title cut",
            "NO-EAN warning gtin missing",
            &format!("{} error id too_long", "X".repeat(51)),
        ]
    );
    let counts = &report["counts"];
    for (name, expected) in [
        ("complete", json!(true)),
        ("pages", json!(9)),
        ("items", json!(3)),
        ("left_out", json!(6)),
    ] {
        assert_eq!(counts[name], expected, "{name}");
    }
    let price = json!({"severity": "error", "field": "price", "rule": "missing", "count": 2});
    assert!(counts["findings"].as_array().unwrap().contains(&price), "{counts}");
    let items = shop.items("jsonl").await;
    let title = &by_sku(items.clone(), "LONG")["title"];
    assert!(title.chars().count() <= 150 && title.ends_with("word…"), "{title}");
    assert_eq!(by_sku(items.clone(), "NO-EAN")["identifier_exists"], "no");
    let dollars = shop.get("/feeds/ecommerce/jsonl/report?currency=USD").await;
    assert_eq!(dollars["counts"]["items"], 1);
}

#[tokio::test]
async fn a_report_is_read_page_by_page_and_follows_changes() {
    let shop = Shop::open().await;
    let products: Vec<_> = (0..7).map(|n| mug(&format!("M-{n}"), &format!("Mug {n}"))).collect();
    shop.put_all(&products).await;
    for severity in ["", "&severity=error", "&severity=warning"] {
        let whole = findings(
            &shop.get(&format!("/feeds/ecommerce/jsonl/report?limit=100{severity}")).await,
        );
        assert_eq!(
            whole.len(),
            7 * if severity.is_empty() {
                5
            } else if severity.ends_with("error") {
                3
            } else {
                2
            }
        );
        let (mut told, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/feeds/ecommerce/jsonl/report?limit=4{severity}{cursor}");
            let page = shop.get(&path).await;
            told.extend(findings(&page));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(told, whole, "{severity}");
    }
    let first = shop.get("/feeds/ecommerce/jsonl/report").await["counts"].clone();
    assert_eq!(first["items"], 0);
    let mut better = good_mug("M-0", "Mug 0");
    better.id = products[0].id;
    shop.put(&better).await;
    let second = shop.get("/feeds/ecommerce/jsonl/report").await["counts"].clone();
    assert_eq!((&second["items"], &second["left_out"]), (&json!(1), &json!(6)));
    assert!(second["position"].as_i64() > first["position"].as_i64());
    let path = "/feeds/ecommerce/jsonl/report?cursor=nonsense";
    shop.answer(path).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_feed_that_the_client_has_is_not_sent_again_until_it_changes() {
    let shop = Shop::open().await;
    let product = good_mug("M-1", "Mug");
    shop.put(&product).await;
    let path = "/feeds/ecommerce/google.xml";
    let answer = shop.answer(path).await.assert_status(200);
    assert_eq!(answer.header("content-type"), "application/xml");
    assert_eq!(answer.header("cache-control"), "public, max-age=30, stale-while-revalidate=60");
    assert_eq!(answer.header("vary"), "accept-encoding");
    assert_eq!(answer.header("content-language"), "en-US");
    let head = shop.client.send(http::Method::HEAD, path, None, Vec::new()).await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("etag"), answer.header("etag"));
    let mut tag = answer.header("etag").to_owned();
    let is_known = async |tag: &str| {
        let answer = shop.client.header("if-none-match", tag).get(path).await;
        assert!(answer.status == 200 || (answer.status == 304 && answer.body.is_empty()));
        assert_eq!(answer.status == 304, answer.header("etag") == tag);
        (answer.status == 304, answer.header("etag").to_owned())
    };
    assert!(is_known(&tag).await.0);
    let other = shop.client.header("if-none-match", &tag);
    other.get("/feeds/ecommerce/google.tsv").await.assert_status(200);
    other.get(&format!("{path}?currency=USD")).await.assert_status(200);
    // A product changes, staff say something, say nothing new, say nothing any more, and it goes.
    let (mut changes, mut earlier) = (0, Vec::new());
    for change in 0..5 {
        match change {
            0 => shop.put(&product.clone().euros("13")).await,
            1 => shop.say("feeds/ecommerce", json!({"condition": "used"})).await,
            2 => shop.say("feeds/ecommerce", json!({"condition": "used"})).await,
            3 => shop.sql("delete from feed").await,
            _ => shop.put(&product.clone().disabled()).await,
        }
        let (is_known, new) = is_known(&tag).await;
        assert_eq!(is_known, change == 2, "change {change}");
        changes += usize::from(new != tag);
        earlier.push(std::mem::replace(&mut tag, new));
    }
    assert_eq!(changes, 4);
    assert_eq!(shop.items("google.xml").await.len(), 0);
    // When it is forgotten that it went, here and in other locales, the tag does not become that of before.
    shop.sql("update product_document set changed_at = now() - interval '40 days'").await;
    catalog::delivery::purge(&shop.db, chrono::Utc::now()).await.unwrap();
    let (is_known, now) = is_known(&tag).await;
    assert!(is_known || !earlier.contains(&now));
}

#[tokio::test]
async fn staff_say_how_a_feed_is_made() {
    let shop = Shop::open().await;
    shop.sql(
        "insert into attribute (code, type, attribute_group, sort_order) values
             ('barcode', 'pim_catalog_text', 'technical', 10),
             ('sex', 'pim_catalog_simpleselect', 'technical', 11),
             ('state', 'pim_catalog_simpleselect', 'technical', 12),
             ('before', 'pim_catalog_price_collection', 'technical', 13)",
    )
    .await;
    let before = json!([{"amount": "20", "currency": "EUR"}]);
    shop.put_all(&[
        good_mug("M-1", "Mug one")
            .value("ean", "")
            .value("barcode", "96385074")
            .value("sex", "female"),
        good_mug("M-2", "Mug/two")
            .value("state", "Refurbished")
            .value("sex", "all")
            .value("before", before),
        good_mug("K-1", "Kettle").categories(&["kettles"]),
    ])
    .await;
    shirts(&shop).await;
    shop.say(
        "feeds/ecommerce",
        json!({
            "link": "https://shop.example/{language}/{channel}/{slug}?v={sku}",
            "condition": "used",
            "attributes": {"gtin": "barcode", "gender": "sex", "condition": "state", "list_price": "before"},
            "google_product_categories": {"master": "1", "kitchen": "Home & Garden > Kitchen & Dining"},
            "excluded_categories": ["kettles"],
        }),
    )
    .await;
    let items = shop.items("google.tsv").await;
    assert_eq!(items.len(), 6);
    let one = by_sku(items.clone(), "M-1");
    assert_eq!(one["link"], "https://shop.example/en/ecommerce/mug-one?v=M-1");
    assert_eq!(
        (&*one["gtin"], &*one["gender"], &*one["condition"]),
        ("96385074", "female", "used")
    );
    assert_eq!(one["google_product_category"], "Home & Garden > Kitchen & Dining");
    let two = by_sku(items.clone(), "M-2");
    assert_eq!((&*two["price"], &*two["sale_price"]), ("20.00 EUR", "12.90 EUR"));
    assert_eq!((two.get("gender"), &*two["condition"]), (None, "refurbished"));
    assert_eq!(by_sku(items, "S-red-s")["google_product_category"], "1");
    let offer = lines(&shop.feed("schema-org.jsonl").await)
        .into_iter()
        .find(|product| product["sku"] == "M-2")
        .unwrap()["offers"]
        .clone();
    assert_eq!(offer["price"], "12.90");
    assert_eq!(offer["priceSpecification"]["price"], "20.00");
    let report = findings(&shop.get("/feeds/ecommerce/google.tsv/report?limit=100").await);
    assert!(report.contains(&"M-2 warning gender unknown_value".into()), "{report:?}");
    assert!(report.contains(&"K-1 error product_type excluded_category".into()), "{report:?}");
    shop.say("feeds/ecommerce", json!({"excluded_families": ["shirt"]})).await;
    assert_eq!(shop.skus_of_feed().await, ["M-1", "M-2"]);
    let report = findings(&shop.get("/feeds/ecommerce/google.tsv/report?severity=error").await);
    assert!(report.contains(&"S-red-s error family excluded_family".into()), "{report:?}");
}

#[tokio::test]
async fn a_channel_or_format_that_there_is_not_is_named() {
    let shop = Shop::open().await;
    for end in ["", "/report"] {
        let answer = shop.answer(&format!("/feeds/nowhere/google.xml{end}")).await;
        let problem = answer.assert_problem(404, "unknown_channel").json();
        assert_eq!(problem["detail"], "there is no channel nowhere");
        let answer = shop.answer(&format!("/feeds/ecommerce/bing.xml{end}")).await;
        let problem = answer.assert_problem(404, "unknown_format").json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("there is no format bing.xml; there are google.xml,"),
            "{detail}"
        );
        for query in ["locale=fr_FR", "currency=GBP"] {
            let answer = shop.answer(&format!("/feeds/ecommerce/jsonl{end}?{query}")).await;
            answer.assert_problem(422, "invalid");
        }
    }
    assert_eq!(shop.feed("jsonl").await, "");
    assert_eq!(shop.feed("google.tsv").await.lines().count(), 1);
    assert_eq!(shop.items("google.xml").await.len(), 0);
}
