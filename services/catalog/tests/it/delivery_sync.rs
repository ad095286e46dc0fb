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
