//! Exports: products, models or structure as a file, in the columns or lines that imports read.
//!
//! A file is made in one go by the replica that holds the job; when that ends, another makes it from its
//! start. It lies in the object store under a name of its own for some days.

mod create;
mod download;
mod file;
mod source;
mod store;
mod upkeep;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub(super) use create::create;
pub(super) use download::download;
pub use upkeep::remove_files;
pub(super) use write::write_file;

use super::flat::{Format, Resource};

/// Days that a file is kept.
const KEEP_DAYS: f64 = 7.0;

/// What is to be exported, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "resource": "products", "format": "xlsx",
    "search": {"family": [{"operator": "IN", "value": ["mugs"]}]},
    "scope": "ecommerce", "locales": ["en_US"], "attributes": ["name", "price"]
}))]
pub struct Export {
    /// What the rows are about.
    pub resource: Resource,
    /// What file is made.
    pub format: Format,
    /// The filter of the resource's list; left out, all things are exported.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, required = false)]
    pub search: Map<String, Value>,
    /// Locale of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_locale: Option<String>,
    /// Channel of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_scope: Option<String>,
    /// Of products and models: only those in this channel's tree, and values of this channel and its
    /// locales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Of products and models: only values of these locales, and those without locale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locales: Option<Vec<String>>,
    /// Of products and models: only values of these attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<String>>,
}
