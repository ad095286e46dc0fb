//! Answers are kept as long as the catalog does not change, and no longer.

use std::{io::Read, time::Duration};

use chrono::{TimeDelta, Utc};
use futures::future::join_all;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use crate::shop::{NewProduct, Shop, mug};

/// A page that is worth packing.
fn long_mug() -> NewProduct {
    mug("M-1", "Mug").localized("description", "en_US", &"A mug that holds tea. ".repeat(100))
}

/// What a counter stands at, over all its labels.
fn total(metrics: &PrometheusHandle, counter: &str) -> u64 {
    let text = metrics.render();
    let lines = text.lines().filter(|line| line.starts_with(&format!("{counter}{{")));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

fn made(metrics: &PrometheusHandle) -> u64 {
    total(metrics, "catalog_answers_made_total")
}

fn packed(metrics: &PrometheusHandle) -> u64 {
    total(metrics, "catalog_answers_packed_total")
}

/// One of each sort of read.
const READS: [&str; 6] = [
    "/v1/products?q=mug&facets=*",
    "/v1/products?category=mugs&sort=price",
    "/v1/products/mug",
    "/v1/suggest?q=mu",
    "/v1/categories",
    "/v1/categories/mugs",
];

#[tokio::test]
async fn what_many_ask_for_at_the_same_time_is_made_once() {
    let shop = Shop::open().await;
    shop.put(&long_mug()).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _guard) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    let client = shop.client.header("accept-encoding", "br");
    for (before, path) in (0..).zip(READS) {
        assert_eq!(made(&metrics), before);
        let answers = join_all((0..50).map(|_| client.get(path))).await;
        assert_eq!(made(&metrics), before + 1, "{path}");
        for answer in answers {
            assert_eq!(answer.assert_status(200).body, client.get(path).await.body);
        }
    }
    assert_eq!(packed(&metrics), 1, "only the page is long enough");
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_is_not_kept() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug")).await;
    shop.sql("alter table product_document rename to product_document_gone").await;
    for answer in join_all((0..20).map(|_| shop.answer("/v1/products/mug"))).await {
        answer.assert_problem(500, "internal");
    }
    shop.sql("alter table product_document_gone rename to product_document").await;
    assert_eq!(shop.get("/v1/products/mug").await["sku"], "M-1");
}

#[tokio::test]
async fn an_answer_is_made_anew_after_a_change_and_not_before() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug").euros("3")).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _guard) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    for price in 4..8 {
        for path in READS {
            shop.answer(path).await.assert_status(200);
        }
        let before = made(&metrics);
        for path in READS {
            shop.answer(path).await.assert_status(200);
        }
        assert_eq!(made(&metrics), before);
        shop.put(&mug_priced(&shop, price).await).await;
        for path in ["/v1/products?q=mug", "/v1/products?category=mugs&sort=price"] {
            let list = shop.get(path).await;
            assert_eq!(list["items"][0]["price"]["amount"], price * 100, "{path}");
        }
        assert_eq!(shop.get("/v1/products/mug").await["price"]["amount"], price * 100);
        assert_eq!(
            shop.get("/v1/suggest?q=mu").await["products"][0]["price"]["amount"],
            price * 100
        );
    }
}

/// The mug that there is, at another price.
async fn mug_priced(shop: &Shop, euros: i64) -> NewProduct {
    let id = shop.get("/v1/products/by-sku/M-1").await["id"].clone();
    let mut product = mug("M-1", "Mug").euros(&euros.to_string());
    product.id = serde_json::from_value(id).unwrap();
    product
}

#[tokio::test]
async fn a_changed_label_or_rule_shows_in_the_next_answer() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug")).await;
    assert_eq!(shop.get("/v1/categories/mugs").await["label"], "Mugs");
    shop.say("categories/mugs", json!({"labels": {"en_US": "Cups"}})).await;
    assert_eq!(shop.get("/v1/categories/mugs").await["label"], "Cups");
    let redirect = async || shop.get("/v1/products?q=mug").await["query"]["redirect"].clone();
    assert_eq!(redirect().await, json!(null));
    shop.say("search-rules/mug", json!({"query": "mug", "redirect": "/mugs"})).await;
    assert_eq!(redirect().await, "/mugs");
}

#[tokio::test]
async fn a_rule_that_begins_shows_without_any_change() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug")).await;
    let soon = Utc::now() + TimeDelta::seconds(2);
    let rule = json!({"query": "mug", "redirect": "/mugs", "starts_at": soon});
    shop.say("search-rules/mug", rule).await;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut was_without = false;
    for _ in 0..1500 {
        ticks.tick().await;
        if shop.get("/v1/products?q=mug").await["query"]["redirect"] == "/mugs" {
            assert!(was_without && Utc::now() >= soon);
            return;
        }
        was_without = true;
    }
    panic!("the rule did not begin");
}

#[tokio::test]
async fn a_packed_answer_is_the_plain_one_and_is_packed_once_until_its_bytes_change() {
    let shop = Shop::open().await;
    let product = long_mug();
    shop.put(&product).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _guard) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    for path in ["/v1/products/mug", "/v1/sync", "/v1/products?fields=description"] {
        let plain = shop.answer(path).await.assert_status(200);
        assert_eq!(plain.header("vary"), "accept-language, accept-encoding");
        for coding in ["br", "zstd", "gzip"] {
            let client = shop.client.header("accept-encoding", coding);
            let before = packed(&metrics);
            let answers = join_all((0..5).map(|_| client.get(path))).await;
            assert_eq!(packed(&metrics), before + 1, "{path} {coding}");
            for answer in answers {
                assert_eq!(answer.header("content-encoding"), coding);
                assert_eq!(unpacked(coding, &answer.body), plain.body, "{path} {coding}");
            }
        }
    }
    // Another page changes: lists are made anew, and are the same bytes as before.
    shop.put(&mug("M-2", "Bowl").disabled()).await;
    let client = shop.client.header("accept-encoding", "br");
    let before = packed(&metrics);
    client.get("/v1/products?fields=description").await.assert_status(200);
    assert_eq!(packed(&metrics), before);
    shop.put(&product.euros("3")).await;
    client.get("/v1/products/mug").await.assert_status(200);
    assert_eq!(packed(&metrics), before + 1);
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
async fn an_answer_that_the_client_has_costs_no_computation() {
    let shop = Shop::open().await;
    shop.put(&long_mug()).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _guard) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));
    for path in READS {
        let etag = shop.answer(path).await.assert_status(200).header("etag").to_owned();
        let (before, client) = (made(&metrics), shop.client.header("if-none-match", &etag));
        let client = client.header("accept-encoding", "br");
        let answer = client.get(path).await.assert_status(304);
        assert!(answer.body.is_empty());
        assert_eq!((made(&metrics), packed(&metrics)), (before, 0), "{path}");
    }
}

#[tokio::test]
async fn answers_say_how_long_they_may_be_kept_and_how_old_they_are_where_changes_are_cut_off() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug")).await;
    let fresh = shop.answer("/v1/products/mug").await.assert_status(200);
    assert_eq!(fresh.header("cache-control"), "public, max-age=30, stale-while-revalidate=60");
    assert_eq!(fresh.header("age"), "");
    let list = shop.answer("/v1/products").await.assert_status(200);
    assert_eq!(list.header("cache-control"), "public, max-age=15, stale-while-revalidate=60");
    shop.sql("alter table product_document rename to product_document_gone").await;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        let answer = shop.answer("/v1/products/mug").await.assert_status(200);
        assert_eq!(answer.body, fresh.body);
        if answer.header("age") == "2" {
            break;
        }
    }
    shop.sql("alter table product_document_gone rename to product_document").await;
    while !shop.answer("/v1/products/mug").await.header("age").is_empty() {
        ticks.tick().await;
    }
}
