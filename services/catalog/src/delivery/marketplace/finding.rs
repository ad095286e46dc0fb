use serde::{Deserialize, Serialize};
use types::Sku;
use utoipa::ToSchema;
use uuid::Uuid;

/// What follows from a finding.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[schema(as = FeedSeverity)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// The item is left out.
    Error,
    /// The item is in the feed; a marketplace may show it less, or not as it is meant.
    Warning,
}

/// The rule that a field breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(as = FeedRule)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// There is nothing for it.
    Missing,
    /// It is longer than marketplaces take.
    TooLong,
    /// It is not above zero.
    NotPositive,
    /// A GTIN whose digits are not those of a GTIN.
    Invalid,
    /// A GTIN of a range that is not for trade between companies.
    Restricted,
    /// The product is in a category that staff left out.
    ExcludedCategory,
    /// The product is of a family that staff left out.
    ExcludedFamily,
    /// It was too long and is cut.
    Cut,
    /// There was more than marketplaces take; the rest is dropped.
    TooMany,
    /// It has none of the values that marketplaces know, and is left empty.
    UnknownValue,
}

/// What marketplaces would not take, of one item.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FeedFinding)]
pub(crate) struct Finding {
    /// The page: the simple product or the root product model.
    pub page_id: Uuid,
    /// The item.
    pub sku: Sku,
    /// Whether the item is left out.
    pub severity: Severity,
    /// The field of the feed.
    #[schema(example = "gtin")]
    pub field: &'static str,
    /// The rule that it breaks.
    pub rule: Rule,
    /// The same in words.
    #[schema(example = "4006381333932 is not a GTIN")]
    pub detail: String,
}

/// Gathers what is found of one item.
pub(super) struct Findings<'a> {
    pub page_id: Uuid,
    pub sku: &'a Sku,
    pub list: Vec<Finding>,
}

impl Findings<'_> {
    /// The item is left out because of this.
    pub(super) fn refuse(&mut self, field: &'static str, rule: Rule, detail: impl Into<String>) {
        self.add(Severity::Error, field, rule, detail.into());
    }

    /// The item is kept all the same.
    pub(super) fn warn(&mut self, field: &'static str, rule: Rule, detail: impl Into<String>) {
        self.add(Severity::Warning, field, rule, detail.into());
    }

    fn add(&mut self, severity: Severity, field: &'static str, rule: Rule, detail: String) {
        let sku = self.sku.clone();
        self.list.push(Finding { page_id: self.page_id, sku, severity, field, rule, detail });
    }

    /// Whether the item is left out.
    pub(super) fn has_refused(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }
}
