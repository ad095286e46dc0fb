//! Long work in the background: a patch for every product that a search finds.
//!
//! A job goes chunk by chunk in order of product ids. Whoever holds its lease writes a chunk, what could
//! not be written and how far it is in one transaction; when a replica ends, another goes on there.

mod act;
pub mod api;
mod run;
mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use run::{run_for_ever, run_next};
pub use store::delete_old;

use super::history::Author;

/// A job as clients read it.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct Job {
    /// Its id.
    #[sqlx(rename = "job_id")]
    pub id: Uuid,
    /// What it does: `bulk_edit`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `queued`, `running`, `completed`, `cancelled` or `failed`.
    pub status: String,
    /// What was asked for.
    #[schema(value_type = BulkEdit)]
    pub request: Json<BulkEdit>,
    /// Products that the search found when it began; null before.
    pub total: Option<i64>,
    /// Products that were changed.
    pub changed_count: i64,
    /// Products that were already so.
    pub unchanged_count: i64,
    /// Products that could not be changed; `…/errors` lists them.
    pub refused_count: i64,
    /// Why it failed.
    pub message: Option<String>,
    /// Who asked for it: the author in the history of the products.
    #[schema(value_type = Author)]
    pub author: Json<Author>,
    /// When it was asked for.
    #[sqlx(rename = "created_at")]
    pub created: DateTime<Utc>,
    /// When it began.
    #[sqlx(rename = "started_at")]
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    #[sqlx(rename = "finished_at")]
    pub finished: Option<DateTime<Utc>>,
    #[serde(skip)]
    position: Option<Uuid>,
}

/// A patch for every product that a search finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "search": {"family": [{"operator": "IN", "value": ["mugs"]}]},
    "patch": {"enabled": false}
}))]
pub struct BulkEdit {
    /// The filter of product lists; `{}` finds every product.
    #[schema(value_type = Object)]
    pub search: Map<String, Value>,
    /// Locale of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_locale: Option<String>,
    /// Channel of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_scope: Option<String>,
    /// What each product is patched with, as by `PATCH /products-uuid/{uuid}`.
    #[schema(value_type = Object)]
    pub patch: Map<String, Value>,
}

/// A product that a job could not change.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct JobError {
    /// The product.
    #[sqlx(rename = "product_id")]
    pub uuid: Uuid,
    /// Its sku.
    pub identifier: Option<String>,
    /// `status_code`, `message` and `errors`, as a line of a bulk write would have said.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub refusal: Json<Map<String, Value>>,
}
