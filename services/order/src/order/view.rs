//! An order as its customer and staff see it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use types::{CurrencyCode, ProductId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OrderStatus, ShippingChoice};
use crate::{
    cart::Address,
    pricing::{ExplainedDiscount, LineDiscount, TaxLine, Totals},
};

/// A line of an order. Amounts are minor units of the order's currency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderLine {
    /// Its id.
    pub(crate) id: Uuid,
    /// What was bought.
    pub(crate) sku: String,
    /// Its product page.
    pub(crate) product_id: ProductId,
    /// Name with the variant's options.
    pub(crate) name: String,
    /// Address of a picture.
    pub(crate) image: Option<String>,
    /// How many.
    pub(crate) quantity: i32,
    /// Price of one.
    pub(crate) unit_price: i64,
    /// `unit_price` × quantity.
    pub(crate) subtotal: i64,
    /// What was taken off, by whom.
    pub(crate) discounts: Vec<LineDiscount>,
    /// Sum of `discounts`.
    pub(crate) discount: i64,
    /// Its tax.
    pub(crate) tax: i64,
    /// Its tax rate, in millionths.
    pub(crate) tax_rate_ppm: i32,
    /// What it cost in the end.
    pub(crate) total: i64,
    /// Units that have left.
    pub(crate) shipped: i32,
    /// Units that came back.
    pub(crate) returned: i32,
}

/// The payment of an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderPayment {
    /// Its id at the payment service.
    pub(crate) id: Uuid,
    /// As the order's `payment_status`.
    #[schema(example = "paid")]
    pub(crate) status: String,
    /// What the customer must do, e.g. `{"type": "redirect", "url": …}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) next_action: Option<Value>,
    /// Code of the last decline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<String>,
    /// Minor units taken.
    pub(crate) paid: i64,
    /// Minor units given back, or on their way back.
    pub(crate) refunded: i64,
}

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Status before.
    pub(crate) from: Option<String>,
    /// Status after.
    pub(crate) to: String,
    /// What happened.
    pub(crate) why: String,
}

/// Units of a line, in a shipment or return.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedLine {
    /// The line.
    pub(crate) line: Uuid,
    /// Its sku.
    pub(crate) sku: String,
    /// How many.
    pub(crate) quantity: i32,
    /// Of a return: whether they can be sold again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) restocked: Option<bool>,
}

/// A parcel that left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shipment {
    pub(crate) id: Uuid,
    pub(crate) carrier: Option<String>,
    pub(crate) tracking_number: Option<String>,
    pub(crate) tracking_url: Option<String>,
    pub(crate) lines: Vec<MovedLine>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Goods that came back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderReturn {
    pub(crate) id: Uuid,
    pub(crate) reason: Option<String>,
    pub(crate) lines: Vec<MovedLine>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Money that goes back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderRefund {
    pub(crate) id: Uuid,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) reason: Option<String>,
    /// `pending`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub(crate) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
}

/// An order. Amounts are minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Order {
    /// Its id.
    pub(crate) id: Uuid,
    /// What people call it.
    #[schema(example = "V-2026-7K3M9QXA")]
    pub(crate) number: String,
    /// Counts its changes; also the `ETag`.
    pub(crate) version: i64,
    /// Where it stands.
    pub(crate) status: OrderStatus,
    /// `none` (nothing to pay), `pending`, `requires_action`, `unknown` (the provider's answer is
    /// missing), `failed`, `authorized`, `paid`, `partially_refunded`, `refunded` or `cancelled`.
    #[schema(example = "paid")]
    pub(crate) payment_status: String,
    /// `unfulfilled`, `partially_shipped`, `shipped`, `partially_returned` or `returned`.
    #[schema(example = "unfulfilled")]
    pub(crate) fulfilment_status: &'static str,
    /// Who bought: the `sub` of their token.
    pub(crate) customer: String,
    /// Whom to write to.
    pub(crate) email: Option<String>,
    /// The cart it was made of.
    pub(crate) cart_id: Uuid,
    /// ISO 4217 code.
    pub(crate) currency: CurrencyCode,
    /// What was bought.
    pub(crate) lines: Vec<OrderLine>,
    /// Sums.
    pub(crate) totals: Totals,
    /// Tax per rate.
    pub(crate) taxes: Vec<TaxLine>,
    /// Every discount that was considered.
    pub(crate) discounts_explained: Vec<ExplainedDiscount>,
    /// How it is sent.
    pub(crate) shipping_method: ShippingChoice,
    /// Where the goods go.
    pub(crate) shipping_address: Address,
    /// Where the invoice goes.
    pub(crate) billing_address: Address,
    /// Its payment; null when there was nothing to pay.
    pub(crate) payment: Option<OrderPayment>,
    /// Until when a pending order keeps its stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Parcels, oldest first.
    pub(crate) shipments: Vec<Shipment>,
    /// Returns, oldest first.
    pub(crate) returns: Vec<OrderReturn>,
    /// Refunds, oldest first.
    pub(crate) refunds: Vec<OrderRefund>,
    /// What happened, oldest first.
    pub(crate) history: Vec<HistoryEntry>,
    /// When it was placed.
    pub(crate) placed_at: DateTime<Utc>,
}
