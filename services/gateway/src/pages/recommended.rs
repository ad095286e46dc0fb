//! Recommendations with something to show: each with the card of its product.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::ask::{Refusal, Visitor, list};
use crate::routes::Service;

/// Recommended products with their cards; those that are not for sale are left out.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Recommended {
    items: Vec<RecommendedProduct>,
    /// Which model recommends them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    model: Option<Box<RawValue>>,
}

/// A recommended product.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RecommendedProduct {
    /// Its card, as in `GET /v1/products`.
    #[schema(value_type = Object)]
    product: Box<RawValue>,
    /// Why it is recommended, as in `GET /v1/recommendations/{surface}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    reason: Option<Box<RawValue>>,
    /// How strongly.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
    model: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Item {
    product_id: String,
    reason: Option<Box<RawValue>>,
    score: Option<f64>,
}

#[derive(Deserialize)]
struct Cards {
    items: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Visitor {
    /// Asks for recommendations and then for the cards of their products.
    pub(super) async fn recommended(&self, path: &str) -> Result<Box<RawValue>, Refusal> {
        let patience = self.part_patience();
        let answer: Answer = self.ask(Service::Recommendation, path, patience).await?;
        let mut cards = self.cards(&answer.items).await?;
        let with_card = |item: Item| {
            let product = cards.remove(&item.product_id)?;
            Some(RecommendedProduct { product, reason: item.reason, score: item.score })
        };
        let items = answer.items.into_iter().filter_map(with_card).collect();
        let recommended = Recommended { items, model: answer.model };
        Ok(serde_json::value::to_raw_value(&recommended).expect("cards are JSON already"))
    }

    async fn cards(&self, items: &[Item]) -> Result<HashMap<String, Box<RawValue>>, Refusal> {
        let ids: Vec<String> = items.iter().map(|item| item.product_id.clone()).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let path = self.in_context(&format!("/v1/products?ids={}", list(&ids)));
        let cards: Cards = self.ask(Service::Catalog, &path, self.part_patience()).await?;
        let named = cards.items.into_iter().filter_map(|card| {
            let Named { id } = serde_json::from_str(card.get()).ok()?;
            Some((id, card))
        });
        Ok(named.collect())
    }
}
