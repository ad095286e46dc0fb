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
