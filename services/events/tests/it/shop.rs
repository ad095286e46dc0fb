//! Services that tell of something, and who wants to know.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use contracts::{Peer, event::FeedQuery};
use events::{App, MIGRATOR, SCHEMA, follow, router};
use serde_json::Value;
use sqlx::{
    PgPool,
    migrate::{Migration, MigrationType, Migrator},
};
use testing::{Answer, Client, Tokens};
use tokio::task::JoinSet;
use web::{Lifecycle, Query};

/// The tables of a service that tells facts; any other service's first migration.
const TABLES: &str = include_str!("../../../../migrations/orders/20261123000001_shared.sql");

/// Another service, as far as this one sees it: its outbox, and the feed of it.
pub(crate) struct Source {
    pub(crate) db: PgPool,
    peer: Peer,
    name: &'static str,
}

impl Source {
    pub(crate) async fn open(name: &'static str) -> Self {
        let tables = sqlx::SqlStr::from_static(TABLES);
        let name_of = Cow::Borrowed("shared");
        let migration = Migration::new(1, name_of, MigrationType::Simple, tables, false);
        let migrator = Migrator::with_migrations(vec![migration]);
        let db = testing::database("facts", &migrator).await.pool;
        let feed = (db.clone(), format!("/{name}"));
        let routes = Router::new().route("/internal/feed", get(read_feed)).with_state(feed);
        let peer = testing::serve_peer(name, routes, "token".to_owned()).await;
        Self { db, peer, name }
    }

    /// Tells one fact.
    pub(crate) async fn tell(&self, kind: &str, subject: &str, data: Value) {
        let mut transaction = self.db.begin().await.unwrap();
        outbox::append(&mut transaction, kind, subject, &data).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

async fn read_feed(
    State((db, source)): State<(PgPool, String)>,
    Query(query): Query<FeedQuery>,
) -> problem::Result<axum::response::Response> {
    outbox::serve_feed(&db, &source, &query).await
}

/// The service, and two others that it follows.
pub(crate) struct Shop {
    /// With `events:read`.
    pub(crate) erp: Client,
    /// Without token.
    pub(crate) anyone: Client,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) order: Source,
    pub(crate) payment: Source,
    pub(crate) db: PgPool,
    pub(crate) lifecycle: Lifecycle,
    replicas: JoinSet<()>,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
        let tokens = Arc::new(Tokens::new());
        let lifecycle = Lifecycle::new();
        let app = App::start(db.clone(), tokens.verifier(), lifecycle.clone());
        let anyone = Client::new(router(app));
        let mut shop = Self {
            erp: anyone.bearer(&tokens.staff(&["events:read"])),
            anyone,
            tokens,
            order: Source::open("order").await,
            payment: Source::open("payment").await,
            db,
            lifecycle,
            replicas: JoinSet::new(),
        };
        shop.follow();
        shop
    }

    /// Follows the others, once more for each call: as many replicas do.
    pub(crate) fn follow(&mut self) {
        for source in [&self.order, &self.payment] {
            let peer = source.peer.clone();
            self.replicas.spawn(follow(source.name.to_owned(), peer, self.db.clone()));
        }
    }

    /// Waits until the log has so many events, and reads them.
    pub(crate) async fn events(&self, count: usize) -> Vec<Value> {
        for _ in 0..200 {
            let events = batch(&self.changes("limit=1000").await);
            assert!(events.len() <= count, "more than {count}: {events:?}");
            if events.len() == count {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("there are never {count} events");
    }

    pub(crate) async fn changes(&self, query: &str) -> Answer {
        self.erp.get(&format!("/v1/changes?{query}")).await
    }
}

/// The events of an answer.
#[track_caller]
pub(crate) fn batch(answer: &Answer) -> Vec<Value> {
    let answer = answer.clone().assert_status(200);
    assert_eq!(answer.header("content-type"), "application/cloudevents-batch+json");
    answer.json().as_array().unwrap().clone()
}
