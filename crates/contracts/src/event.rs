//! Events between services: CloudEvents 1.0 in JSON, served in batches by each service's feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A fact (CloudEvents 1.0 §3.1), with its position in the feed of its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Event {
    /// Always "1.0".
    #[schema(example = "1.0")]
    pub specversion: String,
    /// Unique within the source.
    pub id: Uuid,
    /// The service that states the fact, e.g. `/order`.
    #[schema(example = "/order")]
    pub source: String,
    /// The sort of fact, e.g. `order.confirmed`.
    #[serde(rename = "type")]
    #[schema(example = "order.confirmed")]
    pub kind: String,
    /// What it is about: the id of an order, a product, …
    pub subject: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Always "application/json".
    pub datacontenttype: String,
    /// The state after the fact.
    pub data: Value,
    /// Position in the feed, as text (CloudEvents extension `sequence`): give the last one as
    /// `after` to go on.
    #[schema(example = "4711")]
    pub sequence: String,
    /// The request that caused it (CloudEvents extension, W3C trace context).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl Event {
    /// Position in the feed; 0 if the sequence is not a number.
    pub fn position(&self) -> i64 {
        self.sequence.parse().unwrap_or_default()
    }
}

/// Content type of a batch (CloudEvents HTTP binding §3.3).
pub const BATCH_CONTENT_TYPE: &str = "application/cloudevents-batch+json";

/// Which part of a feed: query parameters of every feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// `sequence` of the last event that was handled; from the beginning if absent.
    pub after: Option<i64>,
    /// How long to wait for an event when there is none, in milliseconds; at most 30000.
    #[param(maximum = 30000, default = 0)]
    pub timeout: Option<u64>,
    /// Events per answer, 1 to 1000; 100 if absent.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<i64>,
}
