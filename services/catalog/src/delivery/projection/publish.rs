//! Tells other services of pages in the default channel and locale.

use anyhow::Result;
use contracts::catalog::{PRODUCT_PUBLISHED, PRODUCT_UNPUBLISHED, PublishedProduct};
use serde_json::{Value, json};
use sqlx::PgConnection;
use types::ProductId;

use super::write::Row;
use crate::{
    config::Defaults,
    delivery::document::{AttributeValue, Card, Detail},
};

/// Writes the events of these rows into the outbox.
pub(super) async fn append_events(
    connection: &mut PgConnection,
    defaults: &Defaults,
    rows: &[Row],
) -> Result<()> {
    let is_default = |row: &&Row| {
        row.channel == defaults.channel.as_str() && row.locale == defaults.locale.as_str()
    };
    for row in rows.iter().filter(is_default) {
        let subject = row.root_id.to_string();
        match &row.content {
            Some(content) => {
                let (card, detail) = &content.document;
                let fact = published(card, detail, defaults);
                outbox::append(connection, PRODUCT_PUBLISHED, &subject, &fact).await?;
            }
            None => {
                let fact = json!({ "product_id": row.root_id });
                outbox::append(connection, PRODUCT_UNPUBLISHED, &subject, &fact).await?;
            }
        }
    }
    Ok(())
}

fn published(card: &Card, detail: &Detail, defaults: &Defaults) -> PublishedProduct {
    let prices = card.prices.as_ref();
    let own = detail.attributes.iter();
    let all = own.chain(detail.variants.iter().flat_map(|variant| &variant.attributes));
    let chosen = detail.variants.iter().flat_map(|variant| &variant.options);
    let chosen = chosen.map(|(axis, value)| format!("{axis}={value}"));
    let mut features: Vec<String> = all.flat_map(features).chain(chosen).collect();
    features.sort();
    features.dedup();
    PublishedProduct {
        product_id: ProductId(card.id),
        skus: detail.variants.iter().map(|variant| variant.sku.clone()).collect(),
        name: card.name.clone(),
        brand: card.brand.clone(),
        categories: detail.category_codes(),
        price: prices.and_then(|prices| prices.get(&defaults.currency)).map(|range| range.min),
        features,
    }
}

fn features(entry: &AttributeValue) -> Vec<String> {
    let feature = |code: &Value| Some(format!("{}={}", entry.code, code.as_str()?));
    match entry.kind.as_str() {
        "select" => feature(&entry.value).into_iter().collect(),
        "multi_select" => {
            entry.value.as_array().into_iter().flatten().filter_map(feature).collect()
        }
        _ => Vec::new(),
    }
}
