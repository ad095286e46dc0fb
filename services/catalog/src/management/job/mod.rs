//! Long work in the background: a patch for everything that a search finds, imports and exports.
//!
//! A job goes chunk by chunk. Whoever holds its lease writes a chunk, what could not be written and how
//! far it is in one transaction; when a replica ends, another goes on there. Only an export begins anew.

mod act;
pub mod api;
mod bulk_edit;
mod export;
mod flat;
mod import;
mod run;
mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

pub use bulk_edit::BulkEdit;
pub use export::{Export, remove_files};
pub use flat::{Empty, Format, Resource, workbook::MEDIA_TYPE as WORKBOOK};
pub use import::{LineError, MAX_UPLOAD_TIME, PATH as IMPORT_PATH, Upload, clear_away};
pub use run::{run_for_ever, run_next};
pub use store::delete_old;

use super::{bulk::Saved, error::Refusal, history::Author};

/// What this version knows how to work on: it neither takes nor reads jobs that a newer replica beside it
/// was asked for.
const KINDS: [&str; 5] = [BULK_EDIT, MODEL_BULK_EDIT, IMPORT, FILE_IMPORT, EXPORT];
const BULK_EDIT: &str = "bulk_edit";
/// Versions before edit products alone.
const MODEL_BULK_EDIT: &str = "model_bulk_edit";
const IMPORT: &str = "import";
/// Of rows, whose lines say more than versions without files understand.
const FILE_IMPORT: &str = "file_import";
const EXPORT: &str = "export";

/// A job as clients read it.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct Job {
    /// Its id.
    #[sqlx(rename = "job_id")]
    pub id: Uuid,
    /// What it does: `bulk_edit` (of products), `model_bulk_edit`, `import` (of lines), `file_import` (of rows) or `export`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `receiving` (an import whose body is still coming), `queued`, `running`, `completed`, `cancelled` or
    /// `failed`.
    pub status: String,
    /// What was asked for.
    #[schema(value_type = Request)]
    pub request: Json<Request>,
    /// Things that the search of a bulk edit or an export found when it began, or lines of an import; null
    /// before.
    pub total: Option<i64>,
    /// How many of them are dealt with.
    pub processed: i64,
    /// Things that were made.
    pub created_count: i64,
    /// Things that were changed.
    pub changed_count: i64,
    /// Things that were already so.
    pub unchanged_count: i64,
    /// Things that could not be written; `…/errors` lists them. An import tries them again while other
    /// lines are written.
    pub refused_count: i64,
    /// What an export's file is, or the file that an import came as; null: lines of JSON, or no file.
    #[schema(value_type = Option<Format>)]
    pub format: Option<String>,
    /// Bytes of an export's file at `…/file`, when it is whole.
    pub file_bytes: Option<i64>,
    /// Until then the file is kept.
    pub file_until: Option<DateTime<Utc>>,
    /// Why it failed.
    pub message: Option<String>,
    /// Who asked for it: the author in the history of the things.
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
    file_id: Option<Uuid>,
    #[serde(skip)]
    position: Option<Uuid>,
    #[serde(skip)]
    stage: Option<Json<import::Stage>>,
}

/// What a job was asked for, by its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = JobRequest)]
pub enum Request {
    /// A patch and its search.
    BulkEdit(BulkEdit),
    /// What was uploaded.
    Import(Upload),
    /// What the file holds.
    Export(Export),
}

/// A product or model that a bulk edit could not change.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct JobError {
    /// The product or model.
    #[sqlx(rename = "product_id")]
    pub uuid: Uuid,
    /// Sku of a product, code of a model.
    pub identifier: Option<String>,
    /// `status_code`, `message` and `errors`, as a line of a bulk write would have said.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub refusal: Json<Map<String, Value>>,
}

/// What became of things, counted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Counts {
    created: i64,
    changed: i64,
    unchanged: i64,
    refused: i64,
}

impl Counts {
    /// Counts one thing; `None` was refused.
    fn add(&mut self, outcome: Option<Saved>, by: i64) {
        *match outcome {
            Some(Saved::Created) => &mut self.created,
            Some(Saved::Changed) => &mut self.changed,
            Some(Saved::Unchanged) => &mut self.unchanged,
            None => &mut self.refused,
        } += by;
    }
}

/// `status_code`, `message` and `errors`, as in a line of a bulk answer.
fn describe(refusal: &Refusal) -> Map<String, Value> {
    let mut members = refusal.members();
    members.insert("status_code".into(), refusal.status().as_u16().into());
    members
}
