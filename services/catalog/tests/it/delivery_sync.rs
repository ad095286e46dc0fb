use std::collections::BTreeMap;

use serde_json::Value;

use crate::shop::{Shop, mug};

/// Follows the changes until there are none, as an app with a local copy does.
async fn follow(shop: &Shop, copy: &mut BTreeMap<String, Value>, cursor: &mut String) -> usize {
    let mut changes = 0;
    loop {
        let page = shop.get(&format!("/v1/sync?limit=2{cursor}")).await;
        for document in page["upserts"].as_array().unwrap() {
            copy.insert(document["id"].as_str().unwrap().to_owned(), document.clone());
            changes += 1;
        }
        for id in page["deletes"].as_array().unwrap() {
            copy.remove(id.as_str().unwrap());
            changes += 1;
        }
        *cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
        if page["has_more"] == false {
            return changes;
        }
    }
}

#[tokio::test]
async fn a_copy_begins_with_everything_and_goes_on_with_changes() {
    let shop = Shop::open().await;
    let products: Vec<_> = (1..=5).map(|n| mug(&format!("M-{n}"), &format!("Mug {n}"))).collect();
    shop.put_all(&products).await;
    shop.put(&products[4].clone().disabled()).await;
    let (mut copy, mut cursor) = (BTreeMap::new(), String::new());
    assert_eq!(follow(&shop, &mut copy, &mut cursor).await, 4);
    assert_eq!(copy.len(), 4);
    assert_eq!(follow(&shop, &mut copy, &mut cursor).await, 0);
    shop.put(&products[0].clone().disabled()).await;
    shop.put(&products[1].clone().localized("name", "en_US", "Cup")).await;
    shop.put(&products[4]).await;
    assert_eq!(follow(&shop, &mut copy, &mut cursor).await, 3);
    let mut names: Vec<_> = copy.values().map(|page| page["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Cup", "Mug 3", "Mug 4", "Mug 5"]);
}

#[tokio::test]
async fn what_is_synced_is_the_whole_page() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug").euros("3")).await;
    let synced = shop.get("/v1/sync").await;
    assert_eq!(synced["upserts"][0], shop.get("/v1/products/mug").await);
    shop.answer("/v1/sync?cursor=nonsense").await.assert_problem(422, "invalid");
    shop.answer("/v1/sync?limit=0").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_copy_equals_a_fresh_one_after_any_edits() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let shop = Shop::open().await;
    let products: Vec<_> = (0..12).map(|n| mug(&format!("M-{n}"), &format!("Mug {n}"))).collect();
    let (mut copy, mut cursor) = (BTreeMap::new(), String::new());
    for _ in 0..15 {
        for _ in 0..rng.u8(0..4) {
            let product = products[rng.usize(..products.len())].clone();
            let product = product.euros(&rng.u8(1..5).to_string());
            let product = product.localized("name", "en_US", ["Mug", "Cup"][rng.usize(..2)]);
            shop.write(&if rng.u8(..3) == 0 { product.disabled() } else { product }).await;
        }
        if rng.u8(..6) == 0 {
            let id = products[rng.usize(..products.len())].id;
            shop.sql(&format!("delete from product where id = '{id}'")).await;
            shop.touch(id).await;
        }
        if rng.bool() {
            follow(&shop, &mut copy, &mut cursor).await;
        }
        shop.settle().await;
    }
    follow(&shop, &mut copy, &mut cursor).await;
    let (mut fresh, mut begin) = (BTreeMap::new(), String::new());
    follow(&shop, &mut fresh, &mut begin).await;
    assert_eq!(copy, fresh);
}

#[tokio::test]
async fn a_cursor_of_thirty_days_goes_on_and_an_older_one_begins_anew() {
    let shop = Shop::open().await;
    let products = [mug("M-1", "Mug"), mug("M-2", "Cup"), mug("M-3", "Bowl")];
    shop.put_all(&products).await;
    let (mut copy, mut cursor) = (BTreeMap::new(), String::new());
    follow(&shop, &mut copy, &mut cursor).await;
    let old = cursor.clone();
    shop.put(&products[0].clone().disabled()).await;
    let now = chrono::Utc::now();
    catalog::delivery::purge(&shop.db, now + chrono::TimeDelta::days(29)).await.unwrap();
    follow(&shop, &mut copy, &mut cursor).await;
    assert_eq!(copy.len(), 2);
    catalog::delivery::purge(&shop.db, now + chrono::TimeDelta::days(31)).await.unwrap();
    shop.answer(&format!("/v1/sync?x=1{old}")).await.assert_problem(410, "cursor_expired");
    assert_eq!(follow(&shop, &mut copy, &mut cursor).await, 0);
    let (mut fresh, mut begin) = (BTreeMap::new(), String::new());
    follow(&shop, &mut fresh, &mut begin).await;
    assert_eq!(copy, fresh);
    shop.put(&products[1].clone().disabled()).await;
    assert_eq!(follow(&shop, &mut copy, &mut begin).await, 1);
}

#[tokio::test]
async fn a_copy_may_hold_chosen_members_only() {
    let shop = Shop::open().await;
    shop.put(&mug("M-1", "Mug").euros("3")).await;
    let page = shop.get("/v1/sync?fields=sku,price").await;
    let price = serde_json::json!({"amount": 300, "currency": "EUR"});
    assert_eq!(page["upserts"][0]["price"], price);
    assert_eq!(page["upserts"][0].as_object().unwrap().len(), 3);
    shop.answer("/v1/sync?fields=x").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn answers_are_packed_as_the_client_likes() {
    let shop = Shop::open().await;
    let text = "A mug that holds tea. ".repeat(100);
    shop.put(&mug("M-1", "Mug").localized("description", "en_US", &text)).await;
    let whole = shop.answer("/v1/products/mug").await;
    assert!(!whole.headers.contains_key("content-encoding"));
    for coding in ["br", "zstd", "gzip"] {
        let client = shop.client.header("accept-encoding", coding);
        for path in ["/v1/products/mug", "/v1/sync"] {
            let packed = client.get(path).await.assert_status(200);
            assert_eq!(packed.header("content-encoding"), coding);
            assert!(packed.body.len() < whole.body.len() / 2);
            assert!(packed.header("etag").starts_with("W/"));
            let known = client.header("if-none-match", packed.header("etag"));
            known.get(path).await.assert_status(304);
        }
    }
}
