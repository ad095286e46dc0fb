//! Category trees.

pub mod api;
mod store;
mod values;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;

use self::values::CategoryValues;
use super::fields::{Fields, Labels};

/// A category; without parent it is the root of a tree.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Category {
    /// Chosen by staff, never changed.
    #[schema(example = "mugs")]
    pub code: String,
    /// The category above.
    pub parent: Option<String>,
    /// When it last changed; only read.
    #[sqlx(rename = "updated_at")]
    #[serde(serialize_with = "super::time::serialize")]
    pub updated: DateTime<Utc>,
    /// Order among its siblings.
    pub position: i32,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// Texts and pictures by attribute, channel and locale; written as an array of
    /// `{attribute_code, channel, locale, data}`, null removes.
    #[sqlx(json)]
    pub values: CategoryValues,
    /// Always empty: categories require nothing of products here.
    #[sqlx(skip)]
    pub channel_requirements: Vec<Value>,
    #[serde(skip)]
    version: i64,
}

impl Category {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            parent: None,
            updated: Utc::now(),
            position: 0,
            labels: Labels::new(),
            values: CategoryValues::new(),
            channel_requirements: Vec::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.ignore(&["updated", "created"]);
        fields.optional_text("parent", &mut self.parent);
        fields.integer("position", &mut self.position);
        fields.labels("labels", &mut self.labels);
        values::take_over(&mut self.values, fields);
        if fields.take("channel_requirements").is_some_and(|given| *given != json!([])) {
            let rule = "There should be none: categories require nothing of products here.";
            fields.report.rule("channel_requirements", rule);
        }
    }
}
