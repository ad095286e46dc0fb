//! Rules of merchandising: what staff decide about lists, whatever was learned.

pub(crate) mod api;
mod compiled;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use problem::{Result, Rules};
use serde::{Deserialize, Serialize};
use types::RuleCode;

use crate::recommendation::Surfaces;

pub(crate) use compiled::{Applying, Merchandise, Tier};

/// Entries of each list of a rule.
const MAX_ENTRIES: usize = 500;
/// Characters of an entry.
const MAX_LENGTH: usize = 255;

/// What a rule does with the products it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleAction)]
pub(crate) enum Action {
    /// The products in `skus` come first, in that order.
    Pin,
    /// They come before others.
    Boost,
    /// They come after all others.
    Bury,
    /// They are never shown.
    Exclude,
    /// Nothing else is shown.
    Only,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Boost => "boost",
            Self::Bury => "bury",
            Self::Exclude => "exclude",
            Self::Only => "only",
        }
    }
}

impl TryFrom<String> for Action {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        [Self::Pin, Self::Boost, Self::Bury, Self::Exclude, Self::Only]
            .into_iter()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| format!("unknown action {text}"))
    }
}

/// A rule as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRule {
    /// Names it for ever.
    #[sqlx(try_from = "String")]
    pub(crate) code: RuleCode,
    /// What staff read.
    #[schema(min_length = 1, max_length = 200, example = "Own brand first")]
    pub(crate) name: String,
    /// What it does with the products it is about.
    #[sqlx(try_from = "String")]
    pub(crate) action: Action,
    /// Where it applies; everywhere but in `recently-viewed` if empty.
    #[serde(default)]
    #[sqlx(try_from = "Vec<String>")]
    pub(crate) surfaces: Surfaces,
    /// Only lists about products in one of these categories or below, and what is trending there;
    /// everywhere if empty.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub(crate) in_categories: Vec<String>,
    /// The products it is about: these, and those of `categories`, `brands` and `features`.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub(crate) skus: Vec<String>,
    /// Products in these categories or below.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub(crate) categories: Vec<String>,
    /// Products of these brands.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub(crate) brands: Vec<String>,
    /// Products with one of these options of select attributes, as `attribute=option`.
    #[serde(default)]
    #[schema(max_items = 500, example = json!(["material=oak"]))]
    pub(crate) features: Vec<String>,
    /// Not before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active_from: Option<DateTime<Utc>>,
    /// Not from this time on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active_until: Option<DateTime<Utc>>,
    /// Of several rules about the same products the one with the lowest position decides.
    #[serde(default)]
    pub(crate) position: i32,
    /// Whether it applies at all.
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

fn yes() -> bool {
    true
}

/// A rule.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = MerchandisingRule)]
pub(crate) struct Rule {
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub(crate) rule: NewRule,
    /// Counts its changes; also the `ETag`.
    pub(crate) version: i64,
}

impl NewRule {
    /// 422 with every broken rule.
    fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 200);
        let lists = [
            ("/in_categories", &self.in_categories),
            ("/skus", &self.skus),
            ("/categories", &self.categories),
            ("/brands", &self.brands),
            ("/features", &self.features),
        ];
        for (pointer, entries) in lists {
            let detail = format!("must hold at most {MAX_ENTRIES}");
            rules.check(entries.len() <= MAX_ENTRIES, pointer, "too_many", &detail);
            for (place, entry) in entries.iter().take(MAX_ENTRIES).enumerate() {
                rules.text(&format!("{pointer}/{place}"), entry, MAX_LENGTH);
            }
        }
        for (place, feature) in self.features.iter().take(MAX_ENTRIES).enumerate() {
            let is_feature =
                feature.split_once('=').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
            let detail = "must be an attribute and an option, as in material=oak";
            rules.check(is_feature, &format!("/features/{place}"), "invalid_value", detail);
        }
        if self.action == Action::Pin {
            let others = [&self.categories, &self.brands, &self.features];
            rules.check(!self.skus.is_empty(), "/skus", "required", "pinning needs products");
            let detail = "only products are pinned; boost the others";
            rules.check(others.iter().all(|list| list.is_empty()), "/action", "conflict", detail);
        } else {
            let about = [&self.skus, &self.categories, &self.brands, &self.features];
            let detail = "must name products, or categories, brands or features";
            rules.check(about.iter().any(|list| !list.is_empty()), "/skus", "required", detail);
        }
        if let (Some(from), Some(until)) = (self.active_from, self.active_until) {
            let detail = "must be after active_from";
            rules.check(from < until, "/active_until", "out_of_range", detail);
        }
        rules.done()
    }
}
