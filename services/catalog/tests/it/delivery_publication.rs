//! Shops see what is published in their channel, and nothing else.

use std::time::Duration;

use catalog::management::{publication, upkeep};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use testing::Client;

use crate::shop::{Shop, mug};

impl Shop {
    async fn with_schedule(self) -> Self {
        upkeep::keep(&self.db, Utc::now()).await.unwrap();
        for _replica in 0..2 {
            tokio::spawn(publication::publish_for_ever(self.db.clone()));
        }
        self
    }

    fn publisher(&self) -> Client {
        self.client.clone().bearer(&self.tokens.issue("editor", &["catalog:publish"]))
    }

    async fn publish(&self, path: &str, channels: Value) {
        let url = format!("/api/rest/v1/{path}/publication");
        self.publisher().patch(&url, json!({"channels": channels})).await.assert_status(204);
    }

    /// Waits until the page answers with this status; no longer than a shop would.
    async fn await_status(&self, page: &str, status: u16) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1500 {
            ticks.tick().await;
            if self.answer(page).await.status.as_u16() == status {
                return;
            }
        }
        panic!("{page} did not answer {status} within 30 seconds");
    }
}

fn in_a_second() -> String {
    (Utc::now() + TimeDelta::seconds(1)).to_rfc3339()
}

#[tokio::test]
async fn a_draft_is_hidden_in_its_channel_only() {
    let shop = Shop::open().await.with_schedule().await;
    shop.put_all(&[mug("MUG-1", "Blue Mug"), mug("MUG-2", "Red Mug")]).await;
    shop.publish("products/MUG-1", json!({"ecommerce": {"state": "draft"}})).await;
    shop.settle().await;
    shop.answer("/v1/products/blue-mug?channel=ecommerce").await.assert_status(404);
    assert_eq!(shop.skus("/v1/products?channel=ecommerce").await, ["MUG-2"]);
    shop.answer("/v1/products/blue-mug?channel=mobile").await.assert_status(200);
    assert_eq!(shop.skus("/v1/products?channel=mobile").await.len(), 2);
    let changes: i64 = sqlx::query_scalar("select count(*) from outbox where type = $1")
        .bind(contracts::catalog::PRODUCT_UNPUBLISHED)
        .fetch_one(&shop.db)
        .await
        .unwrap();
    assert_eq!(changes, 1, "other services are told");
    shop.publish("products/MUG-1", json!({"ecommerce": {"state": "published"}})).await;
    shop.settle().await;
    shop.answer("/v1/products/blue-mug?channel=ecommerce").await.assert_status(200);
}

#[tokio::test]
async fn a_page_appears_and_vanishes_by_time() {
    let shop = Shop::open().await.with_schedule().await;
    shop.put(&mug("MUG-1", "Blue Mug")).await;
    let plan = json!({"ecommerce": {"state": "draft", "publish_at": in_a_second()}});
    shop.publish("products/MUG-1", plan).await;
    shop.await_status("/v1/products/blue-mug", 404).await;
    shop.await_status("/v1/products/blue-mug", 200).await;
    shop.publish("products/MUG-1", json!({"ecommerce": {"unpublish_at": in_a_second()}})).await;
    shop.await_status("/v1/products/blue-mug", 404).await;
    shop.answer("/v1/products/blue-mug?channel=mobile").await.assert_status(200);
}

#[tokio::test]
async fn a_plan_outlives_a_restart() {
    let shop = Shop::open().await;
    upkeep::keep(&shop.db, Utc::now()).await.unwrap();
    shop.put(&mug("MUG-1", "Blue Mug")).await;
    let plan = json!({"ecommerce": {"state": "draft", "publish_at": in_a_second()}});
    shop.publish("products/MUG-1", plan).await;
    shop.settle().await;
    let shop = shop.restart().await.with_schedule().await;
    shop.await_status("/v1/products/blue-mug", 200).await;
}

#[tokio::test]
async fn variants_are_hidden_with_their_model() {
    let shop = Shop::open().await.with_schedule().await;
    let model = shop.put_model("shirt", json!({})).await;
    let red =
        shop.put_submodel("shirt-red", model, json!({"color": crate::shop::stored("red")})).await;
    shop.put(&mug("SHIRT-RED-S", "").of(red).value("size", "s")).await;
    let page = format!("/v1/products/{model}");
    shop.answer(&page).await.assert_status(200);
    shop.publish("product-models/shirt", json!({"ecommerce": {"state": "draft"}})).await;
    shop.settle().await;
    shop.answer(&page).await.assert_status(404);
    shop.answer("/v1/products/by-sku/SHIRT-RED-S").await.assert_status(404);
    let follows = shop.client.clone().bearer(&shop.tokens.issue("editor", &["catalog:read"]));
    let variant = follows.get("/api/rest/v1/product-models/shirt-red/publication").await;
    assert_eq!(variant.assert_status(200).json()["follows"], "shirt");
}
