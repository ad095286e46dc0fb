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
use sha1::{Digest, Sha1};
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
        let product_id = self.product_id.unwrap_or(ProductId(Uuid::nil())).0;
        let mut buffer = Uuid::encode_buffer();
        let (named_by, product) = match &self.sku {
            Some(sku) => ("sku ", sku.as_str()),
            None => ("product ", &*product_id.hyphenated().encode_lower(&mut buffer)),
        };
        let who = match &self.order {
            Some(order) => ["order", order],
            None => [&self.customer, &self.session].map(|key| key.as_deref().unwrap_or_default()),
        };
        // A name-based UUID (RFC 9562, version 5). `Uuid::new_v5` takes several times as long.
        let mut sum = Sha1::new_with_prefix(NATURAL_KEYS);
        for part in
            [self.kind.as_str(), "\u{1f}", who[0], "\u{1f}", who[1], "\u{1f}", named_by, product]
        {
            sum.update(part);
        }
        let [bytes @ .., _, _, _, _]: [u8; 20] = sum.finalize().into();
        uuid::Builder::from_sha1_bytes(bytes).into_uuid()
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
    fn a_key_is_for_ever() {
        let key = |interaction: Interaction| interaction.natural_key().to_string();
        assert_eq!(key(purchase()), "04373558-d67b-5a44-9ad8-8b840bc13cc1");
        let viewed = Interaction { kind: Kind::View, order: None, ..purchase() };
        assert_eq!(key(viewed.clone()), "d30ba04c-a38b-5cfa-ae2c-4068ef96a58e");
        let page = Some(ProductId(Uuid::from_u128(7)));
        assert_eq!(
            key(Interaction { sku: None, product_id: page, ..viewed }),
            "029bc0fd-c8fd-57fc-8583-5af565fae2b9"
        );
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
