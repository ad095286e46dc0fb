//! Channels: where products are sold, with the tree, locales and currencies used there.

pub mod api;
mod store;

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::{Fields, Labels};

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Channel {
    /// Chosen by staff, never changed.
    #[schema(example = "ecommerce")]
    pub code: String,
    /// Root of the category tree.
    #[schema(example = "master")]
    pub category_tree: String,
    /// Currencies of its prices.
    #[schema(example = json!(["EUR", "USD"]))]
    pub currencies: Vec<String>,
    /// Languages of its texts.
    #[schema(example = json!(["en_US", "de_DE"]))]
    pub locales: Vec<String>,
    /// Locale to the one whose values and labels shops see where it has none; left out where there is
    /// none. Beside Akeneo's contract.
    #[sqlx(json)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false, example = json!({"de_DE": "en_US"}))]
    pub fallback_locales: BTreeMap<String, String>,
    /// Metric attribute to the unit shown here.
    #[sqlx(json)]
    #[schema(example = json!({"weight": "KILOGRAM"}))]
    pub conversion_units: BTreeMap<String, String>,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    #[serde(skip)]
    version: i64,
}

impl Channel {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            category_tree: String::new(),
            currencies: Vec::new(),
            locales: Vec::new(),
            fallback_locales: BTreeMap::new(),
            conversion_units: BTreeMap::new(),
            labels: Labels::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.text("category_tree", &mut self.category_tree);
        fields.codes("currencies", &mut self.currencies);
        fields.codes("locales", &mut self.locales);
        // With a locale goes what stood in for it.
        self.fallback_locales.retain(|locale, _| self.locales.contains(locale));
        fields.entries("fallback_locales", &mut self.fallback_locales);
        fields.entries("conversion_units", &mut self.conversion_units);
        fields.labels("labels", &mut self.labels);
        if self.currencies.is_empty() {
            fields.report.rule("currencies", "This collection should contain 1 element or more.");
        }
        if self.locales.is_empty() {
            fields.report.rule("locales", "This collection should contain 1 element or more.");
        }
        if self.category_tree.is_empty() {
            fields.report.rule("category_tree", "This value should not be blank.");
        }
    }
}
