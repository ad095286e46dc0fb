//! Webhooks: addresses of other systems that events are sent to, signed as Standard Webhooks 1.0.0 says.

pub(crate) mod api;
pub(crate) mod secret;
pub(crate) mod sign;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use problem::{Result, Rules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::change::public;

/// Webhooks of an installation: each has its share of what is sent at a time.
pub(crate) const MAX_WEBHOOKS: i64 = 50;
/// Types and patterns of a webhook.
const MAX_TYPES: usize = 50;
/// Characters.
const MAX_URL: usize = 2000;
const MAX_DESCRIPTION: usize = 500;

/// Whether events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookStatus)]
pub(crate) enum Status {
    /// Every event of its types is sent.
    #[default]
    Enabled,
    /// Nothing is sent. What happens meanwhile is not kept for it: `POST …/replay` catches up.
    Disabled,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

impl TryFrom<String> for Status {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        [Self::Enabled, Self::Disabled]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("unknown status {text}"))
    }
}

/// Why a webhook was disabled, as it is kept and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisabledReason {
    /// Somebody wanted it.
    ByHand,
    /// The address answered 410.
    Gone,
    /// An event could not be delivered within all tries.
    Failing,
}

impl DisabledReason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

/// A webhook as clients write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// Where events are sent: `https`, on the public internet, without credentials.
    #[schema(max_length = 2000, example = "https://erp.example/hooks/vitrine")]
    pub(crate) url: String,
    /// Which types: names as `order.confirmed`, `order.*` for all below; all types if empty.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["order.*"]))]
    pub(crate) types: Vec<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub(crate) description: Option<String>,
    /// Whether events are sent.
    #[serde(default)]
    #[sqlx(try_from = "String")]
    pub(crate) status: Status,
}

impl NewWebhook {
    /// 422 with every broken rule that can be told without looking the address up.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/url", &self.url, MAX_URL);
        rules.optional_text("/description", self.description.as_deref(), MAX_DESCRIPTION);
        let detail = format!("must hold at most {MAX_TYPES}");
        rules.check(self.types.len() <= MAX_TYPES, "/types", "too_many", &detail);
        for (place, pattern) in self.types.iter().take(MAX_TYPES).enumerate() {
            let detail = "is no type of event; GET /v1/changes/types lists all";
            rules.check(public::is_known(pattern), &format!("/types/{place}"), "unknown", detail);
        }
        rules.done()
    }
}

/// A webhook.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, ToSchema)]
pub(crate) struct Webhook {
    /// Its id.
    #[sqlx(rename = "webhook_id")]
    pub(crate) id: Uuid,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub(crate) fields: NewWebhook,
    /// `by_hand`; `gone`: the address answered 410; `failing`: an event could not be delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disabled_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disabled_at: Option<DateTime<Utc>>,
    /// The address asked for a pause; nothing is sent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paused_until: Option<DateTime<Utc>>,
    /// So long the secret before this one signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old_secret_until: Option<DateTime<Utc>>,
    /// Counts its changes; also the `ETag`.
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}
