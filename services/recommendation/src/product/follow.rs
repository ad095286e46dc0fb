//! Follows the catalog.

use std::collections::BTreeMap;

use contracts::{
    catalog::{PRODUCT_PUBLISHED, PRODUCT_UNPUBLISHED, PublishedProduct},
    event::Event,
};
use problem::Result;
use serde::Deserialize;
use sqlx::PgConnection;
use types::ProductId;

use super::store;

#[derive(Deserialize)]
struct UnpublishedProduct {
    product_id: ProductId,
}

/// Acts on a batch of the catalog's feed: of each product only its last event matters.
pub(crate) async fn apply(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    let mut last: BTreeMap<ProductId, Option<PublishedProduct>> = BTreeMap::new();
    for event in events {
        match read(event) {
            Ok(Some((id, state))) => _ = last.insert(id, state),
            Ok(None) => {}
            // What cannot be read will not become readable.
            Err(error) => tracing::error!(event.id = %event.id, %error, "not a product"),
        }
    }
    let gone: Vec<_> =
        last.iter().filter(|(_, state)| state.is_none()).map(|(id, _)| id.0).collect();
    let published: Vec<_> = last.into_values().flatten().collect();
    store::unpublish(&mut *transaction, &gone).await?;
    store::publish(&mut *transaction, &published).await?;
    store::assign_skus(transaction, &published).await?;
    Ok(())
}

/// The product that the event is about, and its state unless it is gone; `None` for other events.
fn read(event: &Event) -> serde_json::Result<Option<(ProductId, Option<PublishedProduct>)>> {
    let data = event.data.clone();
    match event.kind.as_str() {
        PRODUCT_PUBLISHED => {
            let product: PublishedProduct = serde_json::from_value(data)?;
            Ok(Some((product.product_id, Some(product))))
        }
        PRODUCT_UNPUBLISHED => {
            let product: UnpublishedProduct = serde_json::from_value(data)?;
            Ok(Some((product.product_id, None)))
        }
        _ => Ok(None),
    }
}
