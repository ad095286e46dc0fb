//! Groups: products that belong together for whatever reason, across families and categories.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::{Fields, Labels};

const DEFAULT_KIND: &str = "RELATED";

/// Products that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Group {
    /// Chosen by staff, never changed.
    #[schema(example = "summer_party")]
    pub code: String,
    /// What sort of group it is; a word of the staff's own.
    #[serde(rename = "type")]
    #[sqlx(rename = "type")]
    #[schema(example = "RELATED", max_length = 100)]
    pub kind: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    #[serde(skip)]
    version: i64,
}

impl Group {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            kind: DEFAULT_KIND.to_owned(),
            labels: Labels::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.text("type", &mut self.kind);
        fields.labels("labels", &mut self.labels);
    }
}
