//! Locations: where stock lies.

pub(crate) mod api;
pub(crate) mod store;

use problem::Result;
use serde::{Deserialize, Serialize};

use crate::{answer::Rules, codes::RuleCode};

/// A location as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLocation {
    /// Names it for ever.
    #[sqlx(try_from = "String")]
    pub code: RuleCode,
    /// What staff read.
    #[schema(min_length = 1, max_length = 200, example = "Warehouse Hamburg")]
    pub name: String,
    /// Orders take stock from the lowest first.
    #[serde(default)]
    pub position: i32,
    /// Whether its stock can be sold.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// A location.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct Location {
    /// What it says.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub rule: NewLocation,
    /// Counts its changes; also the `ETag`.
    pub version: i64,
}

impl NewLocation {
    /// 422 with every broken rule.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 200);
        rules.done()
    }
}
