//! Currencies of ISO 4217. They are given; a channel that uses one enables it.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

/// A currency.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Currency {
    /// Alphabetic code.
    #[schema(example = "EUR")]
    pub code: String,
    /// Whether a channel uses it.
    pub enabled: bool,
    /// Code and name.
    #[schema(example = "EUR (Euro)")]
    pub label: String,
}
