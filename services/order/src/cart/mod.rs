//! Carts: what a shopper means to buy, priced and checked whenever it is looked at.

pub(crate) mod address;
pub(crate) mod api;
pub(crate) mod change;
pub(crate) mod delivery_api;
pub(crate) mod line_api;
pub(crate) mod merge;
pub(crate) mod reprice;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod view;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use types::{CountryCode, CurrencyCode, ProductId, Sku};
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use address::Address;
use rules::StandingRules;

use crate::pricing::{ExplainedDiscount, LineDiscount, TaxLine, Totals};

/// Lines of a cart.
pub(crate) const MAX_LINES: usize = 200;
/// Units of a line.
pub(crate) const MAX_QUANTITY: i32 = 9999;
/// Coupons of a cart.
pub(crate) const MAX_COUPONS: usize = 10;
/// A catalog price beyond this is taken for a mistake: such an item is not sold.
pub(crate) const MAX_UNIT_PRICE: i64 = 100_000_000_000;

/// A cart as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StoredCart {
    pub(crate) cart_id: Uuid,
    pub(crate) owner: String,
    pub(crate) status: String,
    #[sqlx(try_from = "String")]
    pub(crate) currency: CurrencyCode,
    pub(crate) channel: Option<String>,
    #[sqlx(try_from = "String")]
    pub(crate) country: CountryCode,
    pub(crate) email: Option<String>,
    pub(crate) shipping_address: Option<Json<Address>>,
    pub(crate) billing_address: Option<Json<Address>>,
    pub(crate) shipping_method: Option<String>,
    pub(crate) version: i64,
    /// Which promotions, taxes and shipping methods there were as the row was read.
    pub(crate) rules_version: i64,
    /// The database's clock as the row was read.
    pub(crate) now: DateTime<Utc>,
}

/// A line of a cart as it is kept.
#[derive(Debug, Clone, Deserialize, sqlx::FromRow)]
pub(crate) struct StoredLine {
    pub(crate) line_id: Uuid,
    #[sqlx(try_from = "String")]
    pub(crate) sku: Sku,
    pub(crate) quantity: i32,
    pub(crate) sellable: bool,
    pub(crate) product_id: Uuid,
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    pub(crate) unit_price: Option<i64>,
    pub(crate) tax_class: String,
    pub(crate) categories: Vec<String>,
    /// How long ago the catalog said so.
    pub(crate) age_seconds: f64,
    /// Units that can be bought now.
    pub(crate) available: i64,
}

/// A cart with all that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) cart: StoredCart,
    pub(crate) lines: Vec<StoredLine>,
    pub(crate) coupons: Vec<String>,
    pub(crate) rules: Arc<StandingRules>,
}

impl StoredCart {
    /// Where it goes: country and region.
    pub(crate) fn destination(&self) -> (&str, Option<&str>) {
        match &self.shipping_address {
            Some(address) => (address.country.as_str(), address.region.as_deref()),
            None => (self.country.as_str(), None),
        }
    }
}

/// A line of a cart, priced. Amounts are minor units of the cart's currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CartLine {
    /// Its id.
    pub(crate) id: Uuid,
    /// What is bought.
    pub(crate) sku: Sku,
    /// Its product page.
    pub(crate) product_id: ProductId,
    /// Name with the variant's options.
    pub(crate) name: String,
    /// Address of a picture.
    pub(crate) image: Option<String>,
    /// How many.
    pub(crate) quantity: i32,
    /// Price of one; null where it is not sold in the cart's currency.
    pub(crate) unit_price: Option<i64>,
    /// `unit_price` × quantity.
    pub(crate) subtotal: i64,
    /// What is taken off, by whom.
    pub(crate) discounts: Vec<LineDiscount>,
    /// Sum of `discounts`.
    pub(crate) discount: i64,
    /// Its tax.
    pub(crate) tax: i64,
    /// What it costs in the end.
    pub(crate) total: i64,
    /// Units that can be bought now.
    pub(crate) available: i64,
}

/// Something that keeps a cart from becoming an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CartProblem {
    /// `empty`, `email_missing`, `shipping_address_missing`, `shipping_method_missing`,
    /// `shipping_method_unavailable`, `line_unavailable`, `no_price`, `out_of_stock` or
    /// `coupon_not_usable`.
    #[schema(example = "out_of_stock")]
    pub(crate) code: &'static str,
    /// The same in words.
    pub(crate) detail: String,
    /// The line it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<Uuid>,
    /// The coupon it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coupon: Option<String>,
}

/// A cart. Amounts are minor units of its currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Cart {
    /// Its id.
    pub(crate) id: Uuid,
    /// Counts its changes; also the `ETag`.
    pub(crate) version: i64,
    /// `open`, `ordered` or `merged`.
    #[schema(example = "open")]
    pub(crate) status: String,
    /// ISO 4217 code.
    pub(crate) currency: CurrencyCode,
    /// Where it is sold; the default channel if null.
    pub(crate) channel: Option<String>,
    /// Destination for taxes until there is a shipping address.
    pub(crate) country: CountryCode,
    /// Whom to write to.
    pub(crate) email: Option<String>,
    /// What is in it.
    pub(crate) lines: Vec<CartLine>,
    /// Sums.
    pub(crate) totals: Totals,
    /// Tax per rate.
    pub(crate) taxes: Vec<TaxLine>,
    /// Every discount that was considered, and why it applies or not.
    pub(crate) discounts_explained: Vec<ExplainedDiscount>,
    /// Coupons that were entered.
    pub(crate) coupons: Vec<String>,
    /// Where the goods go.
    pub(crate) shipping_address: Option<Address>,
    /// Where the invoice goes; to the shipping address if null.
    pub(crate) billing_address: Option<Address>,
    /// Code of the chosen shipping method.
    pub(crate) shipping_method: Option<String>,
    /// What keeps it from becoming an order; empty when it is ready.
    pub(crate) problems: Vec<CartProblem>,
}
