//! Shipping methods: how goods reach the customer, and for how much.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde::{Deserialize, Serialize};
use types::{CountryCode, CurrencyCode};

use crate::{answer::Rules, codes::RuleCode};

/// What a shipping method costs in one currency.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShippingPrice {
    /// In which currency.
    pub currency: CurrencyCode,
    /// Minor units.
    #[schema(minimum = 0)]
    pub amount: i64,
    /// Free when the items, discounts taken off, are worth at least this many minor units.
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_over: Option<i64>,
}

/// A shipping method as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShippingMethod {
    /// Names it for ever.
    #[sqlx(try_from = "String")]
    pub code: RuleCode,
    /// What customers read.
    #[schema(min_length = 1, max_length = 200, example = "Parcel, 2 to 3 days")]
    pub name: String,
    /// Its price per currency; it is offered in no other.
    #[sqlx(json)]
    #[schema(min_items = 1, max_items = 100)]
    pub prices: Vec<ShippingPrice>,
    /// Where it goes; everywhere if empty.
    #[serde(default)]
    #[schema(max_items = 300, value_type = Vec<CountryCode>)]
    pub countries: Vec<String>,
    /// Tax class of the shipping costs.
    #[serde(default = "standard")]
    #[sqlx(try_from = "String")]
    pub tax_class: RuleCode,
    /// Lower ones are listed first.
    #[serde(default)]
    pub position: i32,
    /// Whether it is offered.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

fn standard() -> RuleCode {
    RuleCode::parse(crate::tax::STANDARD).expect("it follows the grammar")
}

/// A shipping method.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct ShippingMethod {
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub rule: NewShippingMethod,
    /// Counts its changes; also the `ETag`.
    pub version: i64,
}

impl NewShippingMethod {
    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 200);
        rules.check(
            (1..=100).contains(&self.prices.len()),
            "/prices",
            "too_many",
            "must be 1 to 100",
        );
        for (i, price) in self.prices.iter().enumerate() {
            let in_range = |amount: i64| (0..=100_000_000_000).contains(&amount);
            let fits = in_range(price.amount) && price.free_over.is_none_or(in_range);
            let pointer = format!("/prices/{i}");
            rules.check(fits, &pointer, "out_of_range", "must be 0 to 100000000000");
            let first = self.prices[..i].iter().all(|other| other.currency != price.currency);
            rules.check(first, &pointer, "duplicate", "the currency has a price already");
        }
        rules.check(self.countries.len() <= 300, "/countries", "too_many", "must be at most 300");
        for (i, country) in self.countries.iter().enumerate() {
            let valid = CountryCode::parse(country).is_ok();
            let detail = "must be two capital letters (ISO 3166-1 alpha-2)";
            rules.check(valid, &format!("/countries/{i}"), "invalid_value", detail);
        }
        rules.done()
    }

    /// Its price for a cart; `None` if it is not offered there.
    pub(crate) fn price_for(&self, currency: &str, country: &str) -> Option<&ShippingPrice> {
        let goes_there = self.countries.is_empty() || self.countries.iter().any(|c| c == country);
        let price = self.prices.iter().find(|price| price.currency.as_str() == currency)?;
        (self.active && goes_there).then_some(price)
    }
}
