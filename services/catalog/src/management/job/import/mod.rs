//! Imports: lines about things of any sort, in any order, each written as its bulk write would.
//!
//! Lines go from the upload into a table ([`receive`]) and from there, sort by sort, through the saves of
//! the bulk writes ([`write`]). A refused line is tried again while others are written: what it refers to
//! may have come. Things that refer to each other are first written without that ([`reference`]), and
//! whole at the end. Lines of the same key are written in their order.
//!
//! Flat files ([`file`]) become such lines row by row.

mod file;
mod pieces;
mod receive;
mod reference;
mod resource;
mod stage;
mod store;
mod write;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};
use utoipa::ToSchema;

pub use store::clear_away;

pub(super) use file::{FileParameters, tell_columns};
pub(super) use receive::receive;
pub(super) use stage::Stage;
pub(super) use store::find_errors;
pub(super) use write::write_next;

/// Where imports are sent.
pub const PATH: &str = "/api/rest/v1/jobs/import";
/// How long an upload may take.
pub const MAX_UPLOAD_TIME: Duration = Duration::from_secs(60 * 60);
/// Lines of one import.
const MAX_LINES: i64 = 1_000_000;
/// Bytes of one import.
const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// What was uploaded for an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportUpload)]
pub struct Upload {
    /// Bytes of the body; 0 while it is coming.
    pub bytes: u64,
    /// SHA-256 of the body, hexadecimal; empty while it is coming.
    pub sha256: String,
}

/// One line of an import.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "resource": "attributes/color/options",
    "data": {"code": "red", "labels": {"en_US": "Red"}}
}))]
#[expect(dead_code, reason = "documentation: lines are read as they come")]
pub(super) struct ImportLine {
    /// Path of the bulk write that the line is for, below `/api/rest/v1`: `association-types`,
    /// `asset-families`, `asset-families/{code}/assets`, `attribute-groups`, `attributes`,
    /// `attributes/{code}/options`, `categories`, `channels`, `families`, `families/{code}/variants`,
    /// `groups`, `measurement-families`, `product-models`, `products`, `products-uuid`,
    /// `reference-entities`, `reference-entities/{code}/records`; also `…/attributes` of a reference entity
    /// or an asset family, and `…/attributes/{code}/options`.
    resource: String,
    /// A line of that bulk write, with its `code`, `identifier` or `uuid`.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// A line of an import that is not written, or not whole.
#[derive(Debug, Serialize, FromRow)]
pub struct LineError {
    /// Number of the line, from 1; of the row, where the header is 1.
    pub line: i64,
    /// What the line is for, where that can be read.
    pub resource: Option<String>,
    /// The key of what it is about, where that can be read.
    pub key: Option<String>,
    /// `status_code`, `message` and `errors`, as a line of a bulk write would have said. Where the import
    /// came as rows, each error has the `column` that it is about, if that can be told.
    #[serde(flatten)]
    pub refusal: Json<Map<String, Value>>,
}
