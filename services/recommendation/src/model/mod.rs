//! The model: everything recommendations are made from, immutable and in memory, learned anew from the
//! interactions and swapped whole.

pub(crate) mod api;
mod assortment;
mod corpus;
mod history;
mod recommender;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

pub(crate) use assortment::Assortment;
pub(crate) use history::{Event, History, Reference};
pub use recommender::Recommender;
pub(crate) use recommender::Serving;

use crate::learning::{
    attributes::AttributeIndex,
    co_occurrence::{Measure, Neighbour, co_occurrence},
    lists::Lists,
    popularity::Popularity,
    quality::{self, Quality},
    sessions::SessionIndex,
};

/// A trained model.
pub(crate) struct Model {
    pub(crate) id: Uuid,
    /// The products it knows.
    pub(crate) assortment: Assortment,
    /// What one item is bought with.
    pub(crate) bought_together: Lists<Neighbour>,
    /// What completes several items.
    pub(crate) cart: Lists<Neighbour>,
    /// What is viewed in the same visits.
    pub(crate) viewed_together: Lists<Neighbour>,
    /// In how many visits each item was viewed.
    pub(crate) visits: Vec<u32>,
    pub(crate) attributes: AttributeIndex,
    pub(crate) sessions: SessionIndex,
    pub(crate) popularity: Popularity,
}

/// What is remembered of a training.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub(crate) struct Training {
    /// Id of the model that came out of it.
    #[serde(rename = "id")]
    pub(crate) model_id: Uuid,
    /// When it was done.
    pub(crate) trained_at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: i64,
    /// Products it knows.
    pub(crate) products: i64,
    /// Interactions with known products that it learned from.
    pub(crate) interactions: i64,
    /// Baskets among them.
    pub(crate) baskets: i64,
    /// Visits among them.
    pub(crate) sessions: i64,
    /// Customers among them.
    pub(crate) customers: i64,
    /// How well it does; absent below 100 baskets.
    #[sqlx(json(nullable))]
    pub(crate) metrics: Option<Quality>,
}

impl Model {
    /// Learns from history. `now` decides what is recent where nothing newer happened.
    pub(crate) fn learn(
        history: &History,
        assortment: Assortment,
        now: DateTime<Utc>,
    ) -> (Self, Training) {
        let started = std::time::Instant::now();
        let corpus = corpus::Corpus::collect(history, &assortment);
        let count = assortment.len();
        let id = Uuid::now_v7();
        let metrics = quality::measure(&corpus.baskets, count);
        let visits_of = corpus.sessions.members.invert(count);
        let model = Self {
            id,
            bought_together: co_occurrence(&corpus.baskets, count, Measure::BoughtTogether),
            cart: co_occurrence(&corpus.baskets, count, Measure::Cosine),
            viewed_together: co_occurrence(&corpus.sessions, count, Measure::Cosine),
            visits: visits_of.iter().map(|visits| visits.len() as u32).collect(),
            attributes: AttributeIndex::build(assortment.descriptions()),
            popularity: Popularity::measure(&corpus.signs, count, corpus.newest),
            sessions: SessionIndex::build(corpus.sessions.clone(), count),
            assortment,
        };
        let training = Training {
            model_id: id,
            trained_at: now,
            took_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            products: count as i64,
            interactions: corpus.interactions as i64,
            baskets: corpus.baskets.len() as i64,
            sessions: corpus.sessions.len() as i64,
            customers: corpus.customers as i64,
            metrics,
        };
        (model, training)
    }
}
