use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::shop::{Shop, mug};

#[tokio::test]
async fn a_restarted_replica_goes_on_with_its_index() {
    let shop = Shop::open().await;
    shop.put_all(&[mug("1", "One mug"), mug("2", "Two mug")]).await;
    let shop = shop.restart().await;
    assert_eq!(shop.get("/v1/products?q=mug").await["total"], 2);
    shop.put(&mug("3", "Three mug")).await;
    assert_eq!(shop.get("/v1/products?q=mug").await["total"], 3);
}

#[tokio::test]
async fn an_index_of_another_catalog_is_built_anew() {
    let shop = Shop::open().await;
    shop.put(&mug("1", "One mug")).await;
    shop.sql("update projection_state set catalog_id = gen_random_uuid()").await;
    shop.sql("delete from product_document").await;
    let shop = shop.restart().await;
    assert_eq!(shop.get("/v1/products?q=mug").await["total"], 0);
}

#[tokio::test]
async fn a_new_replica_has_everything_before_it_serves_and_follows() {
    let shop = Shop::open().await;
    shop.put_all(&[mug("1", "One mug"), mug("2", "Two mug")]).await;
    let replica = shop.replica().await;
    assert_eq!(replica.get("/v1/products?q=mug").await["total"], 2);
    shop.put(&mug("3", "Three mug")).await;
    replica.settle().await;
    assert_eq!(replica.get("/v1/products?q=mug").await["total"], 3);
    assert_eq!(replica.get("/v1/products/three-mug").await["sku"], "3");
}

#[tokio::test]
async fn a_locale_that_joins_a_channel_is_served_too() {
    let shop = Shop::open().await;
    let product = mug("1", "One mug").localized("name", "fr_FR", "Une tasse");
    shop.put(&product).await;
    shop.sql("insert into channel_locale values ('ecommerce', 'fr_FR')").await;
    shop.put(&product).await;
    assert_eq!(shop.skus("/v1/products?locale=fr_FR&q=tasses").await, ["1"]);
    shop.sql("delete from channel_locale where locale = 'fr_FR'").await;
    shop.put(&product).await;
    shop.answer("/v1/products?locale=fr_FR").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn an_index_that_missed_that_a_page_is_gone_is_built_anew() {
    let shop = Shop::open().await;
    let product = mug("1", "One mug");
    shop.put_all(&[product.clone(), mug("2", "Two mug")]).await;
    let stopped = shop.replica().await.stop().await;
    shop.put(&product.disabled()).await;
    let later = chrono::Utc::now() + chrono::TimeDelta::days(31);
    catalog::delivery::purge(&shop.db, later).await.unwrap();
    let replica = stopped.start().await;
    assert_eq!(replica.skus("/v1/products?q=mug").await, ["2"]);
}

/// The folder of the default view's index.
fn index_folder(shop: &Shop) -> PathBuf {
    let version = fs::read_dir(&shop.app.config.index_dir).unwrap().next().unwrap().unwrap();
    version.path().join("ecommerce.en_US")
}

/// Leaves the end as it is, by which a file is recognized.
fn spoil_the_beginning(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].iter_mut().for_each(|byte| *byte ^= 0x55);
    fs::write(file, bytes).unwrap();
}

fn cut_in_half(file: &Path) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
}

#[tokio::test]
async fn a_damaged_index_is_built_anew_whatever_file_of_it_is_damaged() {
    let mut shop = Shop::open().await;
    shop.put_all(&[mug("1", "One mug").euros("3"), mug("2", "Two mug").euros("2")]).await;
    let path = "/v1/products?q=mug&sort=price&facets=price";
    let expected = shop.get(path).await;
    let is_of_segment = |file: &PathBuf| file.extension().is_some_and(|kind| kind != "lock");
    let files = |folder: &Path| {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(is_of_segment);
        files.sort();
        files
    };
    let count = files(&index_folder(&shop)).len();
    assert!(count > 5, "{count}");
    for place in 0..count {
        for damage in
            [spoil_the_beginning, cut_in_half, |file: &Path| fs::remove_file(file).unwrap()]
        {
            let folder = index_folder(&shop);
            let stopped = shop.stop().await;
            let file = files(&folder)[place % files(&folder).len()].clone();
            damage(&file);
            shop = stopped.start().await;
            assert_eq!(shop.get(path).await, expected, "{}", file.display());
        }
    }
}

#[tokio::test]
async fn an_index_that_cannot_be_written_serves_no_mixture_and_is_built_anew() {
    let shop = Shop::open().await;
    shop.put_all(&[mug("1", "One mug").euros("3"), mug("2", "Two mug").euros("2")]).await;
    let path = "/v1/products?q=mug&sort=price";
    assert_eq!(shop.skus(path).await, ["2", "1"]);
    // To whoever writes it is as with a full disk: no file can be made.
    let folder = index_folder(&shop);
    fs::rename(&folder, folder.with_extension("aside")).unwrap();
    fs::write(&folder, "").unwrap();
    shop.write(&mug("3", "Third mug").euros("1")).await;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        let answer = shop.answer(path).await.assert_status(200);
        assert_eq!(crate::shop::skus(&answer.json()), ["2", "1"]);
        if answer.header("age") == "2" {
            break;
        }
    }
    fs::remove_file(&folder).unwrap();
    shop.settle().await;
    assert_eq!(shop.skus(path).await, ["3", "2", "1"]);
}
