//! A shop with a few products, and who works and buys there.

use std::sync::Arc;

use contracts::{
    Peer,
    catalog::{PRODUCT_PUBLISHED, PRODUCT_UNPUBLISHED},
    order::OrderClient,
};
use recommendation::{
    App, MIGRATOR, Recommender, SCHEMA, follow_auth, follow_catalog, follow_orders,
    follow_sold_out, router,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{Answer, Client, Tokens};
use uuid::Uuid;
use web::Secret;

use crate::feed::Feed;

pub(crate) struct Shop {
    /// Without token.
    pub(crate) anyone: Client,
    pub(crate) staff: Client,
    pub(crate) tokens: Arc<Tokens>,
    recommender: Recommender,
    pub(crate) catalog: Feed,
    pub(crate) orders: Feed,
    pub(crate) accounts: Feed,
    pub(crate) db: PgPool,
    pub(crate) database_url: Secret,
}

/// The id of the product page with this letter.
pub(crate) fn page(letter: char) -> Uuid {
    Uuid::from_u128(letter as u128)
}

/// A product page with one sku, named by the letter.
pub(crate) fn product(letter: char) -> Value {
    json!({
        "product_id": page(letter), "skus": [letter.to_string()],
        "name": format!("Product {letter}{letter}"), "brand": null, "categories": ["all"],
        "price": 1000, "features": []
    })
}

/// NDJSON of orders of one day: each a word whose letters are the skus.
pub(crate) fn orders(words: &[&str]) -> String {
    let line = |order: usize, letter: char| {
        json!({
            "type": "purchase", "order": order.to_string(), "customer": format!("c{order}"),
            "sku": letter.to_string(), "at": "2026-11-01T12:00:00Z"
        })
        .to_string()
    };
    let lines: Vec<String> = words
        .iter()
        .enumerate()
        .flat_map(|(order, word)| word.chars().map(move |letter| line(order, letter)))
        .collect();
    lines.join("\n")
}

impl Shop {
    /// With these products, a letter each.
    pub(crate) async fn open(letters: &str) -> Self {
        let shop = Self::empty().await;
        shop.publish(letters.chars().map(product)).await;
        shop.train().await;
        shop
    }

    pub(crate) async fn empty() -> Self {
        let database = testing::database(SCHEMA, &MIGRATOR).await;
        Self::on(database.pool, database.url, Arc::new(Tokens::new())).await
    }

    async fn on(db: PgPool, database_url: Secret, tokens: Arc<Tokens>) -> Self {
        let app = App::start(db.clone(), tokens.verifier()).await.unwrap();
        let recommender = app.recommender.clone();
        recommender.train_first().await.unwrap();
        let anyone = Client::new(router(app));
        let staff = tokens.staff(&["recommendations:read", "recommendations:write"]);
        Self {
            staff: anyone.bearer(&staff),
            anyone,
            tokens,
            recommender,
            catalog: Feed::new(),
            orders: Feed::new(),
            accounts: Feed::new(),
            db,
            database_url,
        }
    }

    /// Another replica of the service, on the same database.
    pub(crate) async fn replica(&self) -> Self {
        Self::on(self.db.clone(), self.database_url.clone(), self.tokens.clone()).await
    }

    /// Learns by itself from now on.
    pub(crate) fn keep_learning(&self) {
        tokio::spawn(self.recommender.clone().keep_learning());
    }

    /// Trains by itself from now on, at once where there is enough to learn from.
    pub(crate) fn keep_trained(&self) {
        let pause = std::time::Duration::from_millis(20);
        tokio::spawn(self.recommender.clone().keep_trained(pause));
    }

    /// Asks this order service what is sold out from now on.
    pub(crate) fn follow_sold_out(&self, order: Peer) {
        let order = OrderClient::new(order);
        tokio::spawn(follow_sold_out(order, self.recommender.clone()));
    }

    /// Asks until the list begins with these skus.
    pub(crate) async fn eventually(&self, path: &str, first: &str) {
        let mut skus = String::new();
        for _ in 0..200 {
            skus = self.skus(path).await;
            if skus.starts_with(first) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{path} still answers {skus:?}, not {first:?}");
    }

    pub(crate) async fn publish(&self, products: impl IntoIterator<Item = Value>) {
        products.into_iter().for_each(|product| self.catalog.tell(PRODUCT_PUBLISHED, product));
        self.follow_catalog().await;
    }

    pub(crate) async fn unpublish(&self, letter: char) {
        self.catalog.tell(PRODUCT_UNPUBLISHED, json!({ "product_id": page(letter) }));
        self.follow_catalog().await;
    }

    pub(crate) async fn follow_catalog(&self) {
        self.catalog.catch_up(|peer| follow_catalog(peer, self.db.clone())).await;
    }

    pub(crate) async fn follow_auth(&self) {
        self.accounts.catch_up(|peer| follow_auth(peer, self.db.clone())).await;
    }

    pub(crate) async fn follow_orders(&self) {
        self.orders.catch_up(|peer| follow_orders(peer, self.db.clone())).await;
    }

    pub(crate) async fn import(&self, lines: &str) -> Answer {
        let content_type = Some("application/x-ndjson");
        let body = lines.as_bytes().to_vec();
        self.staff.send(http::Method::POST, "/v1/interactions/import", content_type, body).await
    }

    pub(crate) async fn train(&self) -> Value {
        let answer = self.staff.post("/v1/recommendations/models", json!(null)).await;
        answer.assert_status(201).json()
    }

    /// Imports and trains.
    pub(crate) async fn learn(&self, lines: &str) {
        let report = self.import(lines).await.assert_status(200).json();
        assert_eq!(report["rejected"], 0, "{report}");
        self.train().await;
    }

    /// The skus that anyone is shown on a surface.
    pub(crate) async fn skus(&self, path: &str) -> String {
        skus(&self.anyone.get(&format!("/v1/recommendations/{path}")).await)
    }
}

/// The skus of a list, in order.
#[track_caller]
pub(crate) fn skus(answer: &Answer) -> String {
    let json = answer.clone().assert_status(200).json();
    let items = json["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["sku"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
}
