//! What callers without the scope to write want changed: a draft per user and thing, which becomes a
//! proposal that a reviewer approves, whole or in part, or rejects.
//!
//! A draft keeps what it changes, not the whole thing, so that what others write meanwhile stays. It is
//! checked, shown and approved by the way every write goes: the first two roll it back again.

mod act;
pub mod api;
mod change;
mod draft;
mod review;
mod status;
mod store;
mod target;

pub use draft::{patch, patch_many};
pub use status::tell_status;
pub use target::Noun;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    history::{Author, Change},
    time,
};

/// The list's path segment.
const PATH: &str = "proposals";

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
enum Status {
    /// Its author is at work.
    Draft,
    /// It waits for a reviewer.
    Proposed,
}

/// What one user wants changed of a thing.
#[derive(Debug, Clone, FromRow)]
struct Proposal {
    #[sqlx(rename = "proposal_id")]
    id: Uuid,
    product_id: Option<Uuid>,
    product_model_id: Option<Uuid>,
    /// Sku of a product, code of a model.
    name: Option<String>,
    author: Json<Author>,
    status: Status,
    changes: Json<Vec<Change>>,
    comment: Option<String>,
    reviewer: Option<Json<Author>>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    proposed_at: Option<DateTime<Utc>>,
}

impl Proposal {
    /// What clients read of it, without the changes.
    fn represent(&self) -> Map<String, Value> {
        let product = self.product_id.map(|id| json!({"uuid": id, "identifier": self.name}));
        let model = self.name.as_ref().filter(|_| self.product_model_id.is_some());
        Map::from_iter([
            ("id".to_owned(), json!(self.id)),
            ("status".to_owned(), json!(self.status)),
            ("product".to_owned(), json!(product)),
            ("product_model".to_owned(), json!(model)),
            ("author".to_owned(), json!(self.author)),
            ("change_count".to_owned(), json!(self.changes.len())),
            ("comment".to_owned(), json!(self.comment)),
            ("reviewer".to_owned(), json!(self.reviewer)),
            ("created".to_owned(), json!(time::format(&self.created_at))),
            ("updated".to_owned(), json!(time::format(&self.updated_at))),
            ("proposed".to_owned(), json!(self.proposed_at.as_ref().map(time::format))),
        ])
    }
}
