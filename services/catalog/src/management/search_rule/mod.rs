//! Search rules: what lists show first, last or instead, when something is searched for or a category
//! is looked at.

pub mod api;
mod store;

use chrono::{DateTime, Utc};
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, check_word},
    report::Report,
};

/// Most skus that a rule pins.
const MAX_PINNED: usize = 100;
/// Most subjects that a rule boosts, and that it buries.
const MAX_SUBJECTS: usize = 20;
/// Most skus or values of a subject.
const MAX_VALUES: usize = 100;
/// Characters of an address.
const MAX_ADDRESS: usize = 2_000;

/// What lists show first, last or instead.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct SearchRule {
    /// Chosen by staff, never changed. Where several rules hold, this is their order.
    #[schema(example = "summer_dresses")]
    pub code: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// Where it holds; empty: in all.
    #[schema(example = json!(["ecommerce"]))]
    pub channels: Vec<String>,
    /// Where it holds; empty: in all.
    #[schema(example = json!([]))]
    pub locales: Vec<String>,
    /// It holds where this is typed. One of `query` and `category` is needed; with both, both must hold.
    #[schema(example = "summer dress")]
    pub query: Option<String>,
    /// `is`: nothing else is typed. `contains`: anything may stand around it.
    #[serde(rename = "match")]
    #[sqlx(rename = "match")]
    #[schema(example = "contains")]
    pub matching: String,
    /// It holds where this category is looked at.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// When it begins to hold.
    #[schema(example = "2026-05-01T00:00:00Z")]
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Skus of the pages that come first, in this order, whether they match what is typed or not.
    #[schema(example = json!(["DRESS-LINEN-M"]), max_items = 100)]
    pub pin: Vec<String>,
    /// Pages that come before the others.
    #[sqlx(json)]
    #[schema(max_items = 20)]
    pub boost: Vec<Subject>,
    /// Pages that come last.
    #[sqlx(json)]
    #[schema(max_items = 20)]
    pub bury: Vec<Subject>,
    /// Where the shop goes instead: a path of the shop, or an address. It is told in `query.redirect`.
    #[schema(example = "/pages/summer")]
    pub redirect: Option<String>,
    #[serde(skip)]
    version: i64,
}

/// Pages that a rule is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SearchRuleSubject)]
#[serde(untagged)]
pub enum Subject {
    /// These pages.
    Skus(SkuSubject),
    /// Pages that have one of the values.
    Attribute(AttributeSubject),
}

/// Pages by their skus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkuSubject {
    /// Skus of simple products or variants.
    #[schema(example = json!(["DRESS-WOOL-M"]), min_items = 1, max_items = 100)]
    pub skus: Vec<String>,
}

/// Pages by values of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeSubject {
    /// An attribute that lists can be filtered by.
    #[schema(example = "brand")]
    pub attribute: String,
    /// As in `filter[…]` of lists: codes of options, `true`, ranges such as `10..20`.
    #[schema(example = json!(["acme"]), min_items = 1, max_items = 100)]
    pub values: Vec<String>,
}

impl SearchRule {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            enabled: true,
            channels: Vec::new(),
            locales: Vec::new(),
            query: None,
            matching: "is".to_owned(),
            category: None,
            starts_at: None,
            ends_at: None,
            pin: Vec::new(),
            boost: Vec::new(),
            bury: Vec::new(),
            redirect: None,
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.boolean("enabled", &mut self.enabled);
        fields.codes("channels", &mut self.channels);
        fields.codes("locales", &mut self.locales);
        fields.optional_text("query", &mut self.query);
        fields.text("match", &mut self.matching);
        fields.optional_text("category", &mut self.category);
        fields.optional_moment("starts_at", &mut self.starts_at);
        fields.optional_moment("ends_at", &mut self.ends_at);
        if let Some(skus) = fields.texts("pin") {
            self.pin = skus;
        }
        take_subjects(fields, "boost", &mut self.boost);
        take_subjects(fields, "bury", &mut self.bury);
        fields.optional_text("redirect", &mut self.redirect);
    }

    fn check_condition(&self, report: &mut Report) {
        if self.query.is_none() && self.category.is_none() {
            report.rule("query", "A rule needs a query or a category.");
        }
        if let Some(query) = &self.query {
            check_word("query", query, report);
        }
        if !["is", "contains"].contains(&self.matching.as_str()) {
            report.rule("match", "This value should be \"is\" or \"contains\".");
        }
        if self.starts_at.zip(self.ends_at).is_some_and(|(start, end)| start >= end) {
            report.rule("ends_at", "\"ends_at\" must be later than \"starts_at\".");
        }
    }

    fn check_consequences(&self, report: &mut Report) {
        let orders = self.pin.is_empty() && self.boost.is_empty() && self.bury.is_empty();
        if orders && self.redirect.is_none() {
            report.rule("pin", "A rule needs something to pin, boost or bury, or a redirect.");
        }
        if self.pin.len() > MAX_PINNED {
            let rule = format!("This collection should contain {MAX_PINNED} elements or less.");
            report.rule("pin", rule);
        }
        if self.redirect.as_ref().is_some_and(|address| !is_address(address)) {
            let rule = "This value should be a path that begins with \"/\", or an http(s) address.";
            report.rule("redirect", rule);
        }
    }
}

/// Attributes that subjects name.
fn attributes_of(subjects: &[Subject]) -> Vec<String> {
    let attribute = |subject: &Subject| match subject {
        Subject::Skus(_) => None,
        Subject::Attribute(subject) => Some(subject.attribute.clone()),
    };
    subjects.iter().filter_map(attribute).collect()
}

fn take_subjects(fields: &mut Fields<'_>, name: &'static str, target: &mut Vec<Subject>) {
    let Some(given) = fields.take(name) else { return };
    let Value::Array(items) = given else {
        fields.expects(name, "an array", given);
        return;
    };
    if items.len() > MAX_SUBJECTS {
        let rule = format!("This collection should contain {MAX_SUBJECTS} elements or less.");
        fields.report.rule(name, rule);
        return;
    }
    let is_whole = |subject: &Subject| {
        let values = match subject {
            Subject::Skus(subject) => &subject.skus,
            Subject::Attribute(subject) => &subject.values,
        };
        (1..=MAX_VALUES).contains(&values.len())
    };
    let subjects = items.iter().map(|item| Subject::deserialize(item).ok().filter(is_whole));
    match subjects.collect() {
        Some(subjects) => *target = subjects,
        None => fields.report.format(
            name,
            format!(
                "Property \"{name}\" expects an array of {{\"skus\": […]}} or {{\"attribute\": …, \"values\": […]}}, each with 1 to {MAX_VALUES} of them."
            ),
        ),
    }
}

/// A path of the shop, or an address of the web.
fn is_address(text: &str) -> bool {
    let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    text.len() <= MAX_ADDRESS
        && text.parse().is_ok_and(|uri: Uri| match text.strip_prefix('/') {
            Some(rest) => !rest.starts_with('/'),
            None => is_web(&uri) && uri.host().is_some_and(|host| !host.is_empty()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_a_path_or_an_address_of_the_web() {
        for address in ["/", "/sale?x=1", "https://example.com/sale", "http://example.com"] {
            assert!(is_address(address), "{address}");
        }
        for other in ["", "sale", "//example.com", "javascript:alert(1)", "ftp://a/b", "/a b"] {
            assert!(!is_address(other), "{other}");
        }
    }
}
