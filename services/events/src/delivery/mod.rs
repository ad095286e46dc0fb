//! Deliveries: each event on its way to each webhook that wants it.
//!
//! [`queue`] makes a delivery of every new event for every webhook that wants it, [`send`] tries what is
//! due, [`outcome`] decides what follows from an answer. A delivery is due only when no earlier event of
//! its subject is pending for the same webhook, so that their order is kept.

pub(crate) mod api;
mod attempt;
mod outcome;
pub(crate) mod queue;
pub(crate) mod schedule;
pub(crate) mod send;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryStatus)]
pub(crate) enum Status {
    /// It will be tried, again or for the first time.
    Pending,
    /// The address answered 2xx.
    Delivered,
    /// Given up, until somebody asks for it again.
    Failed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl TryFrom<String> for Status {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        [Self::Pending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("unknown status {text}"))
    }
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, ToSchema)]
pub(crate) struct Delivery {
    /// The id of the event, and the `webhook-id` of every try.
    #[sqlx(rename = "event_id")]
    pub(crate) id: Uuid,
    /// The type of the event.
    #[serde(rename = "type")]
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    /// The subject of the event.
    pub(crate) subject: String,
    /// The `sequence` of the event.
    #[sqlx(rename = "position")]
    pub(crate) sequence: i64,
    #[sqlx(try_from = "String")]
    pub(crate) status: Status,
    /// Tries since it was queued, or asked for again.
    pub(crate) tries: i32,
    /// The last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tried_at: Option<DateTime<Utc>>,
    /// What the address answered then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_status: Option<i16>,
    /// Why that was no success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<String>,
    /// The next try. Absent where it is over, and where an earlier event of the subject comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[sqlx(rename = "due_at")]
    pub(crate) next_try_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivered_at: Option<DateTime<Utc>>,
}
