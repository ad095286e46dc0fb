//! What others may ask the catalog.

use serde::{Deserialize, Serialize};
use types::{ChannelCode, CurrencyCode, LocaleCode, Money, ProductId, Sku};

use crate::{Peer, PeerError};

/// Body of `POST /internal/sellable-items`: what are these skus, and what do they cost?
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SellableItemsQuery {
    /// At most 100.
    #[schema(max_items = 100)]
    pub skus: Vec<Sku>,
    /// Where it is sold; the default channel if absent.
    pub channel: Option<ChannelCode>,
    /// Language of the names; the default locale if absent.
    pub locale: Option<LocaleCode>,
    /// Currency of the prices.
    pub currency: CurrencyCode,
}

/// One thing that can be bought: a simple product or a variant, published in the channel.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SellableItem {
    /// What is bought.
    pub sku: Sku,
    /// The product page it belongs to: for a variant, its root product model.
    pub product_id: ProductId,
    /// Name with the variant's options, for cart and order lines.
    pub name: String,
    /// Address of a picture, relative to the public address.
    pub image: Option<String>,
    /// Price in the currency asked for; absent if it is not sold in it.
    pub price: Option<Money>,
    /// Tax class; the standard one if absent.
    pub tax_class: Option<String>,
    /// Codes of all its categories, ancestors included: what promotions select by.
    pub categories: Vec<String>,
}

/// Answer of `POST /internal/sellable-items`; an sku that is not published is left out.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SellableItems {
    /// In the order asked for.
    pub items: Vec<SellableItem>,
}

/// `type` of the event that a product page was published or changed; data: [`PublishedProduct`].
pub const PRODUCT_PUBLISHED: &str = "catalog.product.published";
/// `type` of the event that a product page is gone; data: `{"product_id": …}`.
pub const PRODUCT_UNPUBLISHED: &str = "catalog.product.unpublished";

/// `type` of the event that products, published or not, were made, changed or deleted; data:
/// [`CatalogChanges`].
pub const PRODUCT_CHANGED: &str = "catalog.product.changed";
/// The same of product models.
pub const PRODUCT_MODEL_CHANGED: &str = "catalog.product_model.changed";
/// The same of everything else that the catalog consists of: families, attributes, categories, records and
/// so on.
pub const STRUCTURE_CHANGED: &str = "catalog.structure.changed";

/// What one write did. It names what was written and does not repeat it: whoever wants to know reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogChanges {
    /// At most a hundred.
    pub changes: Vec<CatalogChange>,
}

/// What was done to one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogChange {
    /// Its sort, e.g. `product` or `attribute_option`.
    pub kind: String,
    /// Code of the thing that it belongs to, if to any: the attribute of an option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its code; the id of a product.
    pub code: String,
    /// The sku of a deleted product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// `created`, `updated` or `deleted`.
    pub action: String,
    /// The version that this led to.
    pub version: i64,
}

/// State of a product page in the default channel and locale.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublishedProduct {
    /// The page's product.
    pub product_id: ProductId,
    /// Every sku that can be bought on it: its own, or those of its variants.
    pub skus: Vec<Sku>,
    /// Its name.
    pub name: String,
    /// Brand, if any.
    pub brand: Option<String>,
    /// Codes of its categories, ancestors included.
    pub categories: Vec<String>,
    /// Lowest price in minor units of the default currency.
    pub price: Option<i64>,
    /// `attribute=value` of its select attributes: what products have in common.
    pub features: Vec<String>,
}

/// Asks the catalog.
#[derive(Clone)]
pub struct CatalogClient(Peer);

impl CatalogClient {
    /// A client of this peer.
    pub fn new(peer: Peer) -> Self {
        Self(peer)
    }

    /// The published items of these skus.
    pub async fn find_sellable_items(
        &self,
        query: &SellableItemsQuery,
    ) -> Result<Vec<SellableItem>, PeerError> {
        let answer: SellableItems = self.0.ask("/internal/sellable-items", query).await?;
        Ok(answer.items)
    }
}
