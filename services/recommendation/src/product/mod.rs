//! Products: a local copy of what the catalog publishes.

pub(crate) mod follow;
pub(crate) mod sold_out;
pub(crate) mod store;

use sqlx::FromRow;
use uuid::Uuid;

/// A product page.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Product {
    pub(crate) product_id: Uuid,
    pub(crate) name: String,
    pub(crate) brand: Option<String>,
    /// Codes, ancestors included.
    pub(crate) categories: Vec<String>,
    /// `attribute=value`.
    pub(crate) features: Vec<String>,
    /// What can be bought on it now.
    pub(crate) skus: Vec<String>,
    /// Minor units.
    pub(crate) price: Option<i64>,
    /// Whether it can be shown.
    pub(crate) published: bool,
}
