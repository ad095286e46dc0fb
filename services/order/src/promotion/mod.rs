//! Promotions: rules that make things cheaper.

pub(crate) mod api;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use problem::Result;
use serde::{Deserialize, Serialize};
use types::CurrencyCode;

use crate::{answer::Rules, codes::RuleCode};

const MAX_SELECTED: usize = 500;

/// What a promotion gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromotionKind {
    /// `basis_points` of what it selects.
    Percent,
    /// `amount` off what it selects.
    Fixed,
    /// The shipping costs.
    FreeShipping,
}

impl PromotionKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Fixed => "fixed",
            Self::FreeShipping => "free_shipping",
        }
    }
}

impl TryFrom<String> for PromotionKind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "percent" => Ok(Self::Percent),
            "fixed" => Ok(Self::Fixed),
            "free_shipping" => Ok(Self::FreeShipping),
            _ => Err(format!("unknown kind {text}")),
        }
    }
}

/// A promotion as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotion {
    /// Names it for ever.
    #[sqlx(try_from = "String")]
    pub code: RuleCode,
    /// What customers read.
    #[schema(min_length = 1, max_length = 200, example = "10 % off lamps")]
    pub name: String,
    /// What it gives.
    #[sqlx(try_from = "String")]
    pub kind: PromotionKind,
    /// Hundredths of a percent, for `percent`: 1000 is 10 %.
    #[schema(minimum = 1, maximum = 10000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis_points: Option<i32>,
    /// Minor units of `currency`, for `fixed`.
    #[schema(minimum = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Only carts in this currency get it; needed with `amount` and `min_amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[sqlx(try_from = "Currency")]
    pub currency: Option<CurrencyCode>,
    /// Items must be worth this much before discounts, in minor units of `currency`.
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_amount: Option<i64>,
    /// Selects these; with `categories`: either. Both empty: everything.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub skus: Vec<String>,
    /// Selects what is in these categories, by code, ancestors included.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub categories: Vec<String>,
    /// Whether only a coupon opens it.
    #[serde(default)]
    pub requires_coupon: bool,
    /// Whether it goes with no other promotion.
    #[serde(default)]
    pub exclusive: bool,
    /// Higher ones are tried first, equal ones by code.
    #[serde(default)]
    pub priority: i32,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    /// Not from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A column that may be null, on its way to a currency.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Currency(Option<String>);

impl TryFrom<Currency> for Option<CurrencyCode> {
    type Error = types::CodeError;
    fn try_from(Currency(text): Currency) -> Result<Self, types::CodeError> {
        text.map(CurrencyCode::try_from).transpose()
    }
}

fn yes() -> bool {
    true
}

/// A promotion.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct Promotion {
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub rule: NewPromotion,
    /// Counts its changes; also the `ETag`.
    pub version: i64,
}

impl NewPromotion {
    /// Whether its time has come and is not over.
    pub(crate) fn runs_at(&self, now: DateTime<Utc>) -> bool {
        self.active
            && self.starts_at.is_none_or(|start| start <= now)
            && self.ends_at.is_none_or(|end| end > now)
    }

    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 200);
        let percent = self.kind == PromotionKind::Percent;
        let fixed = self.kind == PromotionKind::Fixed;
        let basis_points_fit = match self.basis_points {
            Some(points) => percent && (1..=10_000).contains(&points),
            None => !percent,
        };
        rules.check(
            basis_points_fit,
            "/basis_points",
            "out_of_range",
            "must be 1 to 10000 for percent, and absent otherwise",
        );
        let amount_fits = match self.amount {
            Some(amount) => fixed && (1..=100_000_000_000).contains(&amount),
            None => !fixed,
        };
        rules.check(
            amount_fits,
            "/amount",
            "out_of_range",
            "must be 1 to 100000000000 for fixed, and absent otherwise",
        );
        let min_amount_fits =
            self.min_amount.is_none_or(|amount| (0..=100_000_000_000).contains(&amount));
        rules.check(min_amount_fits, "/min_amount", "out_of_range", "must be 0 to 100000000000");
        let needs_currency = self.amount.is_some() || self.min_amount.is_some();
        rules.check(
            !needs_currency || self.currency.is_some(),
            "/currency",
            "required",
            "is needed with amount and min_amount",
        );
        let window = self.starts_at.zip(self.ends_at).is_none_or(|(start, end)| start < end);
        rules.check(window, "/ends_at", "out_of_range", "must be after starts_at");
        for (pointer, list) in [("/skus", &self.skus), ("/categories", &self.categories)] {
            rules.check(list.len() <= MAX_SELECTED, pointer, "too_many", "must be at most 500");
            let short = list.iter().all(|text| (1..=255).contains(&text.chars().count()));
            rules.check(short, pointer, "invalid_value", "must each be 1 to 255 characters");
        }
        rules.done()
    }
}
