//! Ways in which products belong together.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, Labels},
    report::Report,
};

/// A way in which products belong together.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct AssociationType {
    /// Chosen by staff, never changed.
    #[schema(example = "UPSELL")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// Whether associations have quantities; never changed.
    pub is_quantified: bool,
    /// Whether an association holds in both directions; never changed.
    pub is_two_way: bool,
    #[serde(skip)]
    version: i64,
}

impl AssociationType {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            labels: Labels::new(),
            is_quantified: false,
            is_two_way: false,
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.labels("labels", &mut self.labels);
        fields.boolean("is_quantified", &mut self.is_quantified);
        fields.boolean("is_two_way", &mut self.is_two_way);
    }

    fn check_flags(&self, before: Option<&Self>, report: &mut Report) {
        if self.is_quantified && self.is_two_way {
            report.rule("is_two_way", "A quantified association type cannot be two-way.");
        }
        let Some(before) = before else { return };
        if before.is_quantified != self.is_quantified {
            report.rule("is_quantified", "This property cannot be changed.");
        }
        if before.is_two_way != self.is_two_way {
            report.rule("is_two_way", "This property cannot be changed.");
        }
    }
}
