//! Models: what is trained on all baskets at once, kept in versions, and used by every replica. Whatever
//! can be counted one by one is not in a model: it is known at once (see `knowledge`).

pub(crate) mod api;
mod progress;
pub(crate) mod store;
mod trained;
mod training;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::learning::{linear::LinearModel, quality::Quality, regulars::Weights};

use progress::Progress;
pub(crate) use trained::Trained;
pub(crate) use training::{is_due, train};

/// A model as answers are made from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    /// Its id; `None` before the first training of the shop.
    pub(crate) id: Option<Uuid>,
    pub(crate) linear: LinearModel,
    pub(crate) weights: Weights,
}

/// What is remembered of a model.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = ModelSummary)]
pub(crate) struct Summary {
    /// Its id.
    #[serde(rename = "id")]
    pub(crate) model_id: Uuid,
    /// Whether its training is over, and how it went.
    pub(crate) status: Status,
    /// How far its training is, while it is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[sqlx(json(nullable))]
    pub(crate) progress: Option<Progress>,
    /// When its training began.
    pub(crate) trained_at: DateTime<Utc>,
    /// How long that took, in milliseconds.
    pub(crate) took_ms: i64,
    /// Products that were known then.
    pub(crate) products: i64,
    /// Interactions with known products.
    pub(crate) interactions: i64,
    /// Baskets it was trained on.
    pub(crate) baskets: i64,
    /// Visits that were known.
    pub(crate) sessions: i64,
    /// Customers that were known.
    pub(crate) customers: i64,
    /// When the newest of its baskets was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trained_through: Option<DateTime<Utc>>,
    /// How well a model does that is trained in the same way without the newest baskets; absent below
    /// 100 baskets.
    #[sqlx(json(nullable))]
    pub(crate) metrics: Option<Quality>,
    /// By what lists for a customer are weighed: what did best on the newest baskets.
    #[sqlx(json(nullable))]
    pub(crate) weights: Option<Weights>,
    /// How it compared with the model that was active when it was trained; absent where nothing was
    /// bought since that one.
    #[sqlx(json(nullable))]
    pub(crate) comparison: Option<Comparison>,
    /// Whether it is the one that answers, on every replica.
    pub(crate) active: bool,
    /// Whether it can be activated: the newest ten can.
    pub(crate) available: bool,
}

/// How the training of a model went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = ModelStatus)]
pub(crate) enum Status {
    /// Somebody trains it now.
    Running,
    /// It was trained.
    Trained,
    /// Somebody ended its training.
    Cancelled,
    /// Whoever trained it died, or failed.
    Interrupted,
}

impl Status {
    /// As it is written in the database.
    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Trained => "trained",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A new model beside the active one, on orders that neither was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ModelComparison)]
pub(crate) struct Comparison {
    /// The model that was active.
    pub(crate) with: Uuid,
    /// How the active one does.
    pub(crate) active: Quality,
    /// How the new one does.
    pub(crate) candidate: Quality,
}

impl Comparison {
    /// A new model this much worse is not activated by itself.
    const TOLERANCE: f64 = 0.05;
    /// Fewer orders are chance.
    const LEAST_ORDERS: u32 = 20;

    /// Whether the new one is clearly worse, at carts or at what customers buy again.
    fn is_worse(&self) -> bool {
        let is_below = |candidate: f64, active: f64| candidate < active * (1.0 - Self::TOLERANCE);
        let (candidate, active) = (&self.candidate, &self.active);
        (active.held_out_baskets >= Self::LEAST_ORDERS
            && is_below(candidate.cart_ndcg_at_20, active.cart_ndcg_at_20))
            || (active.returning_customers >= Self::LEAST_ORDERS
                && is_below(candidate.for_you_ndcg_at_20, active.for_you_ndcg_at_20))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(active: (u32, f64), candidate: (u32, f64)) -> bool {
        let quality = |(held_out_baskets, cart_ndcg_at_20)| Quality {
            held_out_baskets,
            cart_ndcg_at_20,
            ..Quality::default()
        };
        let (active, candidate) = (quality(active), quality(candidate));
        Comparison { with: Uuid::nil(), active, candidate }.is_worse()
    }

    #[test]
    fn a_model_is_worse_if_it_loses_a_twentieth_on_enough_orders() {
        assert!(compare((20, 0.2), (20, 0.18)));
        assert!(!compare((20, 0.2), (20, 0.195)));
        assert!(!compare((19, 0.2), (19, 0.1)), "too few orders to tell");
    }
}
