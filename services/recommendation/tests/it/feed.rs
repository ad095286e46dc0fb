//! Other services' feeds, as far as this one sees them.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, routing::get};
use chrono::Utc;
use contracts::{
    Peer,
    event::{Event, FeedQuery},
};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;
use web::{Json, Query};

/// A feed that tells what the test told it.
#[derive(Clone)]
pub(crate) struct Feed {
    events: Arc<Mutex<Vec<Event>>>,
    /// The highest position after which somebody asked: all up to there took effect.
    asked: watch::Sender<i64>,
    /// Changes with every event.
    told: watch::Sender<usize>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { events: Arc::default(), asked: watch::channel(-1).0, told: watch::channel(0).0 }
    }

    pub(crate) fn tell(&self, kind: &str, data: Value) {
        let mut events = self.events.lock().unwrap();
        let sequence = (events.len() + 1).to_string();
        events.push(Event {
            specversion: "1.0".into(),
            id: Uuid::now_v7(),
            source: "/test".into(),
            kind: kind.into(),
            subject: "test".into(),
            time: Utc::now(),
            datacontenttype: "application/json".into(),
            data,
            sequence,
            traceparent: None,
        });
        self.told.send_replace(events.len());
    }

    /// Tells everything once more, at new positions.
    pub(crate) fn repeat_everything(&self) {
        let events = self.events.lock().unwrap().clone();
        events.into_iter().for_each(|event| self.tell(&event.kind, event.data));
    }

    /// The feed's route.
    pub(crate) fn routes(&self) -> Router {
        Router::new().route("/internal/feed", get(read_feed)).with_state(self.clone())
    }

    /// Lets `follow` run until everything told so far took effect.
    pub(crate) async fn catch_up<F: Future<Output = ()>>(&self, follow: impl FnOnce(Peer) -> F) {
        let last = i64::try_from(self.events.lock().unwrap().len()).unwrap();
        let peer = testing::serve_peer("peer", self.routes(), "token".into()).await;
        let mut asked = self.asked.subscribe();
        tokio::select! {
            () = follow(peer) => {}
            result = asked.wait_for(|position| *position >= last) => { result.unwrap(); }
        }
    }
}

async fn read_feed(State(feed): State<Feed>, Query(query): Query<FeedQuery>) -> Json<Vec<Event>> {
    let after = query.after.unwrap_or(0);
    feed.asked.send_replace(after);
    let mut told = feed.told.subscribe();
    loop {
        let events = feed.events.lock().unwrap().clone();
        let events: Vec<Event> =
            events.into_iter().filter(|event| event.position() > after).take(3).collect();
        if !events.is_empty() {
            return Json(events);
        }
        // A long poll without news.
        told.changed().await.unwrap();
    }
}
