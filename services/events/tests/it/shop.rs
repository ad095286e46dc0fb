//! Services that tell of something, and who wants to know.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use contracts::{Peer, event::FeedQuery};
use events::{App, MIGRATOR, SCHEMA, Sender, WebhookConfig, follow, queue_events, router};
use serde_json::{Value, json};
use sqlx::{
    PgPool,
    migrate::{Migration, MigrationType, Migrator},
};
use testing::{Answer, Client, Receiver, Tokens};
use tokio::task::JoinSet;
use vault::MasterKey;
use web::{Lifecycle, Query, Secret};

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
    /// With `webhooks:write`.
    pub(crate) staff: Client,
    /// Without token.
    pub(crate) anyone: Client,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) order: Source,
    pub(crate) payment: Source,
    pub(crate) db: PgPool,
    pub(crate) lifecycle: Lifecycle,
    sender: Sender,
    replicas: JoinSet<()>,
    senders: JoinSet<()>,
}

/// A webhook, as its receiver knows it.
pub(crate) struct Hook {
    pub(crate) path: String,
    pub(crate) secret: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_for(&[]).await
    }

    /// Events may be sent to these receivers, though they are inside.
    pub(crate) async fn open_for(receivers: &[&Receiver]) -> Self {
        let hosts: Vec<String> = receivers.iter().map(|it| it.host.clone()).collect();
        Self::open_for_hosts(&hosts).await
    }

    pub(crate) async fn open_for_hosts(hosts: &[String]) -> Self {
        let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
        let tokens = Arc::new(Tokens::new());
        let lifecycle = Lifecycle::new();
        let master_key = Secret::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let config = WebhookConfig {
            master_key: MasterKey::parse(&master_key).unwrap(),
            allow: hosts.join(",").parse().unwrap(),
            timeout: Duration::from_secs(15),
            schedule: "1,1,1".parse().unwrap(),
        };
        let sender = Sender::new(db.clone(), &config).unwrap();
        let app = App::start(tokens.verifier(), sender.clone(), lifecycle.clone());
        let anyone = Client::new(router(app));
        let mut shop = Self {
            erp: anyone.bearer(&tokens.staff(&["events:read"])),
            staff: anyone.bearer(&tokens.staff(&["webhooks:write"])),
            anyone,
            tokens,
            order: Source::open("order").await,
            payment: Source::open("payment").await,
            db,
            lifecycle,
            sender,
            replicas: JoinSet::new(),
            senders: JoinSet::new(),
        };
        shop.follow();
        shop.replicas.spawn(queue_events(shop.db.clone()));
        shop.add_sender();
        shop
    }

    /// Follows the others, once more for each call: as many replicas do.
    pub(crate) fn follow(&mut self) {
        for source in [&self.order, &self.payment] {
            let peer = source.peer.clone();
            self.replicas.spawn(follow(source.name.to_owned(), peer, self.db.clone()));
        }
    }

    /// Sends what is due, as one more process would.
    pub(crate) fn add_sender(&mut self) {
        self.senders.spawn(self.sender.clone().run(self.lifecycle.clone()));
    }

    /// Ends all of these at once, as a crash would.
    pub(crate) fn kill_senders(&mut self) {
        self.senders.abort_all();
    }

    /// A webhook for a receiver; `more` says more of it.
    pub(crate) async fn hook(&self, receiver: &Receiver, more: Value) -> Hook {
        let mut new = json!({ "url": receiver.url() });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let created = self.staff.post("/v1/webhooks", new).await.assert_status(201);
        Hook {
            path: created.header("location").to_owned(),
            secret: created.json()["secret"].as_str().unwrap().to_owned(),
        }
    }

    /// Waits until the events up to this position are queued for whom they are to be sent to.
    pub(crate) async fn queued(&self, position: i64) {
        let cursor =
            "select exists (select from feed_cursor where feed = 'webhooks' and position >= $1)";
        for _ in 0..200 {
            if sqlx::query_scalar(cursor).bind(position).fetch_one(&self.db).await.unwrap() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the event {position} is never queued");
    }

    /// Waits until the newest delivery of a webhook stands so.
    pub(crate) async fn delivery(&self, hook: &Hook, status: &str) -> Value {
        let path = format!("{}/deliveries?limit=1", hook.path);
        let mut newest = Value::Null;
        for _ in 0..400 {
            let list = self.staff.get(&path).await.assert_status(200).json();
            newest = list["items"][0].clone();
            if newest["status"] == status {
                return newest;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it is never {status}: {newest}");
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
