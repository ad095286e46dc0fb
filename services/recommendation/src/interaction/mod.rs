//! Interactions: what people did with products. They are sent by shops, imported as history, or follow
//! from orders; sending one again adds nothing.

pub(crate) mod api;
pub(crate) mod erase;
pub(crate) mod follow;
pub(crate) mod import;
mod line;
mod retention;
mod robot;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{ProductId, Sku};
use uuid::Uuid;

pub(crate) use line::Line;
pub(crate) use retention::keep_interactions;
pub(crate) use robot::Paces;

/// Longest session id, customer id or order id.
pub(crate) const MAX_KEY_LENGTH: usize = 128;

/// Name space of natural keys.
const NATURAL_KEYS: Uuid = Uuid::from_u128(0x8d2b_39c4_51e0_4a0c_9f7e_2f6f_77b1_d3a5);

/// What was done with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InteractionType)]
pub(crate) enum Kind {
    /// Its page was shown.
    View,
    /// It was clicked in a list.
    Click,
    /// It was put into a cart.
    AddToCart,
    /// It was bought. Orders placed here are known already and need not be sent.
    Purchase,
}

impl Kind {
    /// As it is written in the database and on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Click => "click",
            Self::AddToCart => "add_to_cart",
            Self::Purchase => "purchase",
        }
    }

    /// The kind of this name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::View, Self::Click, Self::AddToCart, Self::Purchase]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// How much interest it shows, compared with a purchase.
    pub(crate) fn interest(self) -> f32 {
        match self {
            Self::View | Self::Click => 0.1,
            Self::AddToCart => 0.4,
            Self::Purchase => 1.0,
        }
    }
}

/// One deed with one product.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Interaction {
    pub(crate) kind: Kind,
    /// When it happened.
    pub(crate) at: DateTime<Utc>,
    /// The product as it was named: at least one of `sku` and `product_id`.
    pub(crate) sku: Option<Sku>,
    pub(crate) product_id: Option<ProductId>,
    /// `sub` of a token, or the id of a customer in imported history.
    pub(crate) customer: Option<String>,
    pub(crate) session: Option<String>,
    /// The order a purchase belongs to.
    pub(crate) order: Option<String>,
    pub(crate) quantity: i32,
}

impl Interaction {
    /// What makes it this deed and no other: who did what with which product when. Of a purchase with
    /// an order: which product of which order, whoever tells of it.
    pub(crate) fn natural_key(&self) -> Uuid {
        let product = match (&self.sku, self.product_id) {
            (Some(sku), _) => format!("sku {sku}"),
            (None, id) => format!("product {}", id.unwrap_or(ProductId(Uuid::nil()))),
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let parts = match &self.order {
            Some(order) => [self.kind.as_str().into(), "order".into(), order.clone(), product],
            None => [self.kind.as_str().into(), text(&self.customer), text(&self.session), product],
        };
        Uuid::new_v5(&NATURAL_KEYS, parts.join("\u{1f}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purchase() -> Interaction {
        Interaction {
            kind: Kind::Purchase,
            at: DateTime::UNIX_EPOCH,
            sku: Sku::parse("A").ok(),
            product_id: None,
            customer: Some("c".into()),
            session: None,
            order: Some("o".into()),
            quantity: 1,
        }
    }

    #[test]
    fn a_line_of_an_order_is_the_same_whoever_tells_of_it() {
        let told_by_feed =
            Interaction { product_id: Some(ProductId::generate()), customer: None, ..purchase() };
        assert_eq!(told_by_feed.natural_key(), purchase().natural_key());
        let other = Interaction { sku: Sku::parse("B").ok(), ..purchase() };
        assert_ne!(other.natural_key(), purchase().natural_key());
    }

    #[test]
    fn without_an_order_it_matters_who_did_it() {
        let viewed = Interaction { kind: Kind::View, order: None, ..purchase() };
        let by_other = Interaction { customer: Some("d".into()), ..viewed.clone() };
        assert_ne!(viewed.natural_key(), by_other.natural_key());
    }

    #[test]
    fn a_kind_reads_as_it_is_written() {
        for kind in [Kind::View, Kind::Click, Kind::AddToCart, Kind::Purchase] {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
