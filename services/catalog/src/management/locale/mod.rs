//! Languages with territory. They are given; a channel that uses one enables it.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

/// A language as spoken in a territory.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Locale {
    /// Language and territory.
    #[schema(example = "en_US")]
    pub code: String,
    /// Whether a channel uses it.
    pub enabled: bool,
}
