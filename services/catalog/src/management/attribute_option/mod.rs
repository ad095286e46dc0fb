//! Options: the choices of select attributes.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::{Fields, Labels};

/// A choice of a select attribute.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct AttributeOption {
    /// Chosen by staff, never changed; found regardless of case.
    #[schema(example = "red")]
    pub code: String,
    /// The attribute.
    #[schema(example = "color")]
    pub attribute: String,
    /// Order among the attribute's options.
    pub sort_order: i32,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    #[serde(skip)]
    version: i64,
}

impl AttributeOption {
    fn new(attribute: &str, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            attribute: attribute.to_owned(),
            sort_order: 0,
            labels: Labels::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        let mut attribute = self.attribute.clone();
        fields.text("attribute", &mut attribute);
        if attribute != self.attribute {
            fields.report.rule("attribute", "This property cannot be changed.");
        }
        fields.integer("sort_order", &mut self.sort_order);
        fields.labels("labels", &mut self.labels);
    }
}
