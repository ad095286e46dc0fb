//! Events of the order service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, Sku};
use uuid::Uuid;

use crate::{Peer, PeerError};

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
    /// Where it stands; absent in facts from before this was told.
    #[serde(flatten)]
    pub state: Option<OrderState>,
}

/// Where an order stands after a fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderState {
    /// What people call it.
    pub number: String,
    /// Counts its changes; a later state has a higher one.
    pub version: i64,
    /// `pending`, `confirmed`, `completed`, `cancelled` or `expired`.
    pub status: String,
    /// As in `GET /v1/orders/{id}`.
    pub payment_status: String,
    /// As in `GET /v1/orders/{id}`.
    pub fulfilment_status: String,
    /// Currency of all sums, which are in its minor units.
    pub currency: CurrencyCode,
    /// What all lines cost before discounts.
    pub items: i64,
    /// What was taken off.
    pub discount: i64,
    /// What shipping costs.
    pub shipping: i64,
    /// Taxes, those within prices too.
    pub tax: i64,
    /// What is to be paid.
    pub total: i64,
    /// What was paid so far.
    pub paid: i64,
    /// What was given back so far, or is on its way.
    pub refunded: i64,
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
    /// How many of them were shipped; absent in facts from before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped: Option<i32>,
    /// How many of these came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<i32>,
}

/// Body of `POST /internal/sold-out`: what cannot be bought for now?
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SoldOutQuery {
    /// The version that is known already.
    pub known: Option<String>,
}

/// Answer of `POST /internal/sold-out`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SoldOut {
    /// Names this list: the same skus have the same version.
    pub version: String,
    /// Skus that have stock somewhere and none left, ordered; absent if the version is known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skus: Option<Vec<Sku>>,
}

/// Asks the order service.
#[derive(Clone)]
pub struct OrderClient(Peer);

impl OrderClient {
    /// A client of this peer.
    pub fn new(peer: Peer) -> Self {
        Self(peer)
    }

    /// What is sold out, unless that is known.
    pub async fn find_sold_out(&self, known: Option<String>) -> Result<SoldOut, PeerError> {
        self.0.ask("/internal/sold-out", &SoldOutQuery { known }).await
    }
}
