//! Tax rates by destination and tax class.
//!
//! Whether prices contain a tax is said by its rate (`included`): a price list in euros usually holds
//! VAT, one in dollars does not hold sales tax. So one catalog serves both kinds of country.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde::{Deserialize, Serialize};
use types::CountryCode;
use uuid::Uuid;

use crate::{answer::Rules, codes::RuleCode};

/// The tax class of everything that names none.
pub(crate) const STANDARD: &str = "standard";

/// A tax rate as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxRate {
    /// What customers read.
    #[schema(min_length = 1, max_length = 100, example = "VAT 19 %")]
    pub name: String,
    /// Destination.
    #[sqlx(try_from = "String")]
    pub country: CountryCode,
    /// Part of the country, as addresses write it; the whole country if absent.
    #[schema(max_length = 100, example = "CA")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What is taxed.
    #[serde(default = "standard")]
    #[sqlx(try_from = "String")]
    pub tax_class: RuleCode,
    /// Millionths: 190000 is 19 %.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub rate_ppm: i32,
    /// Whether prices already contain it (as in the EU) or it is added on top (as in the US).
    #[serde(default = "yes")]
    pub included: bool,
}

fn yes() -> bool {
    true
}

fn standard() -> RuleCode {
    RuleCode::parse(STANDARD).expect("it follows the grammar")
}

/// A tax rate.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct TaxRate {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub rule: NewTaxRate,
    /// Counts its changes; also the `ETag`.
    pub version: i64,
}

impl NewTaxRate {
    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 100);
        rules.optional_text("/region", self.region.as_deref(), 100);
        let in_range = (0..=1_000_000).contains(&self.rate_ppm);
        rules.check(in_range, "/rate_ppm", "out_of_range", "must be 0 to 1000000");
        rules.done()
    }
}
