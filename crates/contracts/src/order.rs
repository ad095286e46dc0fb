//! Events of the order service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{ProductId, Sku};
use uuid::Uuid;

/// `type` of the event that an order is paid for and will be fulfilled.
pub const ORDER_CONFIRMED: &str = "order.confirmed";
/// `type` of the event that an order was cancelled.
pub const ORDER_CANCELLED: &str = "order.cancelled";

/// Data of every order event: what others need of the order after the fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderFact {
    /// The order.
    pub order_id: Uuid,
    /// Who bought: the `sub` of their token.
    pub customer: String,
    /// What was bought.
    pub lines: Vec<OrderFactLine>,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
}

/// A line of an [`OrderFact`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderFactLine {
    /// What was bought.
    pub sku: Sku,
    /// Its product page.
    pub product_id: ProductId,
    /// How many.
    pub quantity: i32,
}
