//! Groups of attributes.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::{Fields, Labels};

/// Attributes that no other group has.
pub const DEFAULT_GROUP: &str = "other";

/// A group of attributes.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct AttributeGroup {
    /// Chosen by staff, never changed.
    #[schema(example = "marketing")]
    pub code: String,
    /// Order among groups.
    pub sort_order: i32,
    /// Its attributes; those taken out go to the group `other`.
    pub attributes: Vec<String>,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    #[serde(skip)]
    version: i64,
}

impl AttributeGroup {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            sort_order: 0,
            attributes: Vec::new(),
            labels: Labels::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.integer("sort_order", &mut self.sort_order);
        if let Some(mut attributes) = fields.texts("attributes") {
            attributes.sort();
            attributes.dedup();
            self.attributes = attributes;
        }
        fields.labels("labels", &mut self.labels);
    }
}
