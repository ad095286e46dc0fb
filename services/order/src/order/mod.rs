//! Orders: what was bought, frozen as it was agreed, and what became of it since.
//!
//! The acts are files of their own: [`place`] makes an order of a cart, [`pay`] tells the payment
//! service the customer's wish, [`advance`] is the one place where the state of a payment moves an
//! order, [`settle`] makes good what ended: it cancels payments and gives money back.

pub(crate) mod advance;
pub(crate) mod api;
pub(crate) mod cancel;
pub(crate) mod checkout;
pub(crate) mod decide;
pub(crate) mod end;
mod facts;
pub(crate) mod give_back;
mod load;
mod number;
pub(crate) mod pay;
mod place;
pub(crate) mod refund;
mod reply;
pub(crate) mod retry;
pub(crate) mod settle;
pub(crate) mod ship;
pub(crate) mod store;
pub(crate) mod view;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use types::CurrencyCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    cart::Address,
    pricing::{ExplainedDiscount, TaxLine, Totals},
    stock::Demand,
};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed, not paid for yet; its stock is held.
    Pending,
    /// Paid for; its stock is its own.
    Confirmed,
    /// Everything has been shipped.
    Completed,
    /// Cancelled by the customer or staff, or it could not be kept.
    Cancelled,
    /// Not paid for in time.
    Expired,
}

impl OrderStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

impl TryFrom<String> for OrderStatus {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let all = [Self::Pending, Self::Confirmed, Self::Completed, Self::Cancelled, Self::Expired];
        all.into_iter().find(|status| status.as_str() == text).ok_or(format!("unknown: {text}"))
    }
}

/// How the goods are sent, as it was agreed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ShippingChoice {
    /// Code of the shipping method.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
}

/// An order as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StoredOrder {
    pub(crate) order_id: Uuid,
    pub(crate) number: String,
    pub(crate) cart_id: Uuid,
    pub(crate) checkout_key: String,
    pub(crate) customer: String,
    pub(crate) email: Option<String>,
    #[sqlx(try_from = "String")]
    pub(crate) status: OrderStatus,
    pub(crate) payment_status: String,
    #[sqlx(try_from = "String")]
    pub(crate) currency: CurrencyCode,
    pub(crate) items: i64,
    pub(crate) discount: i64,
    pub(crate) shipping: i64,
    pub(crate) shipping_tax: i64,
    pub(crate) tax: i64,
    pub(crate) tax_included: i64,
    pub(crate) total: i64,
    pub(crate) paid: i64,
    pub(crate) refunded: i64,
    pub(crate) discounts: Json<Vec<ExplainedDiscount>>,
    pub(crate) taxes: Json<Vec<TaxLine>>,
    pub(crate) shipping_method: Json<ShippingChoice>,
    pub(crate) shipping_address: Json<Address>,
    pub(crate) billing_address: Json<Address>,
    pub(crate) payment_id: Option<Uuid>,
    pub(crate) payment_version: i64,
    pub(crate) next_action: Option<Value>,
    pub(crate) last_error: Option<String>,
    pub(crate) void_payment: bool,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) give_up_at: DateTime<Utc>,
    pub(crate) tries: i32,
    pub(crate) version: i64,
    pub(crate) placed_at: DateTime<Utc>,
    /// The database's clock as the row was read: time is judged by no other.
    pub(crate) now: DateTime<Utc>,
}

impl StoredOrder {
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            items: self.items,
            discount: self.discount,
            shipping: self.shipping,
            shipping_tax: self.shipping_tax,
            tax: self.tax,
            tax_included: self.tax_included,
            total: self.total,
        }
    }

    /// The coupons whose discounts are part of the agreed price.
    pub(crate) fn used_coupons(&self) -> Vec<String> {
        let applied = self.discounts.iter().filter(|discount| discount.applied);
        let mut codes: Vec<String> = applied.filter_map(|it| it.coupon.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// Whether its stock is not kept any more.
    pub(crate) fn is_expired(&self) -> bool {
        self.expires_at <= self.now
    }
}

/// A line of an order as it is kept.
#[derive(Debug, Clone, Deserialize, sqlx::FromRow)]
pub(crate) struct StoredOrderLine {
    pub(crate) line_id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) sku: String,
    pub(crate) product_id: Uuid,
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    pub(crate) quantity: i32,
    pub(crate) unit_price: i64,
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) discounts: Json<Vec<crate::pricing::LineDiscount>>,
    pub(crate) tax: i64,
    pub(crate) tax_included: i64,
    pub(crate) tax_rate_ppm: i32,
    pub(crate) total: i64,
    pub(crate) shipped: i32,
    pub(crate) returned: i32,
}

/// What an order needs of each sku.
pub(crate) fn demand(lines: &[StoredOrderLine]) -> Demand {
    let mut demand = Demand::new();
    for line in lines {
        *demand.entry(line.sku.clone()).or_default() += line.quantity - line.shipped;
    }
    demand.retain(|_, quantity| *quantity > 0);
    demand
}

/// Ids at the payment service follow from the order's, so that whoever resumes uses the same.
pub(crate) fn derived_id(order_id: Uuid, what: &str) -> Uuid {
    Uuid::new_v5(&order_id, what.as_bytes())
}

/// `unfulfilled`, `partially_shipped`, `shipped`, `partially_returned` or `returned`.
pub(crate) fn fulfilment_status(lines: &[StoredOrderLine]) -> &'static str {
    let sum = |part: fn(&StoredOrderLine) -> i32| lines.iter().map(|it| i64::from(part(it))).sum();
    let (ordered, shipped, returned): (i64, i64, i64) =
        (sum(|it| it.quantity), sum(|it| it.shipped), sum(|it| it.returned));
    match (shipped, returned) {
        (0, _) => "unfulfilled",
        (_, returned) if returned == ordered => "returned",
        (_, returned) if returned > 0 => "partially_returned",
        (shipped, _) if shipped == ordered => "shipped",
        _ => "partially_shipped",
    }
}
