//! The trade of the demo shop: stock, rules, customers, and a year of orders and views.
//!
//! Times count back from the `now` of the caller; with the same seed and the same `now` the trade is
//! the same.

mod customers;
mod orders;
mod rules;
mod stock;
mod visits;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

pub use self::customers::{Address, Customer};
pub use self::stock::StockLevel;
use super::{associations, sets, shop};

/// Everything but the catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCommerce {
    /// Bodies of `POST /v1/locations`: `main` and `store`.
    pub locations: Vec<Value>,
    /// Lines of `PATCH /v1/stock`, two per sku.
    pub stock: Vec<StockLevel>,
    /// Bodies of `POST /v1/promotions`.
    pub promotions: Vec<Value>,
    /// Bodies of `POST /v1/coupons`; they name promotions.
    pub coupons: Vec<Value>,
    /// Bodies of `POST /v1/shipping-methods`.
    pub shipping_methods: Vec<Value>,
    /// Bodies of `POST /v1/tax-rates`.
    pub tax_rates: Vec<Value>,
    /// People with an account.
    pub customers: Vec<Customer>,
    /// Past orders, oldest first.
    pub orders: Vec<PastOrder>,
    /// Lines of `POST /v1/interactions/import`, oldest first; purchases are those of `orders`.
    pub interactions: Vec<Interaction>,
}

/// An order somebody placed in the past.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastOrder {
    /// `D-000042`, unique; the `order` of its interactions.
    pub reference: String,
    /// Mail address of a [`Customer`], if the buyer has an account.
    pub customer: Option<String>,
    /// The visit it came from.
    pub session: String,
    /// Skus and quantities, each sku once.
    pub lines: Vec<PastLine>,
    /// ISO 4217.
    pub currency: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// When.
    pub placed_at: DateTime<Utc>,
}

/// A line of a past order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastLine {
    /// A variant, simple product or set of the catalog.
    pub sku: String,
    /// At least one.
    pub quantity: u32,
}

/// Something a visitor did, as `POST /v1/interactions/import` takes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interaction {
    /// `view`, `add_to_cart` or `purchase`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Mail address of a [`Customer`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Of purchases: reference of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// A sku of the catalog.
    pub sku: String,
    /// Of carts and purchases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Draws the trade that belongs to [`generate`](super::generate) with the same seed.
#[must_use]
pub fn generate_commerce(seed: u64, now: DateTime<Utc>) -> DemoCommerce {
    let models = shop::draw_models(seed);
    let bundles = sets::bundles(&models);
    let companions = associations::companions(&models);
    let customers = customers::draw_customers(seed);
    let orders = orders::draw_orders(seed, now, &models, &companions, &customers);
    let interactions =
        visits::draw_interactions(seed, now, &models, &companions, &customers, &orders);
    DemoCommerce {
        locations: rules::locations(),
        stock: stock::draw_stock(seed, &models, &bundles),
        promotions: rules::promotions(),
        coupons: rules::coupons(),
        shipping_methods: rules::shipping_methods(),
        tax_rates: rules::tax_rates(),
        customers,
        orders,
        interactions,
    }
}
