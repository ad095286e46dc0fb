//! A catalog whose prices a test can change, and that can be down.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, response::IntoResponse, response::Response, routing::post};
use contracts::catalog::{SellableItem, SellableItems, SellableItemsQuery};
use http::StatusCode;
use types::{Money, ProductId, Sku};
use uuid::Uuid;
use web::Json;

#[derive(Clone, Default)]
pub(crate) struct FakeCatalog(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    items: HashMap<String, SellableItem>,
    is_down: bool,
}

impl FakeCatalog {
    /// Sells this for euros, in the category `things` and the standard tax class.
    pub(crate) fn sell(&self, sku: &str, amount: i64) {
        let currency = types::CurrencyCode::parse("EUR").unwrap();
        let item = SellableItem {
            sku: Sku::parse(sku).unwrap(),
            product_id: ProductId(Uuid::new_v5(&Uuid::NAMESPACE_OID, sku.as_bytes())),
            name: format!("The {sku}"),
            image: Some(format!("/media/{sku}")),
            price: Some(Money::new(amount, currency)),
            tax_class: None,
            categories: vec!["things".to_owned()],
        };
        self.0.lock().unwrap().items.insert(sku.to_owned(), item);
    }

    /// Sells it no more.
    pub(crate) fn withdraw(&self, sku: &str) {
        self.0.lock().unwrap().items.remove(sku);
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.0.lock().unwrap().is_down = is_down;
    }

    pub(crate) fn routes(&self) -> Router {
        Router::new().route("/internal/sellable-items", post(find_items)).with_state(self.clone())
    }
}

async fn find_items(
    State(FakeCatalog(shelf)): State<FakeCatalog>,
    Json(query): Json<SellableItemsQuery>,
) -> Response {
    let shelf = shelf.lock().unwrap();
    if shelf.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let in_currency = |item: &SellableItem| {
        let mut item = item.clone();
        item.price = item.price.filter(|price| price.currency == query.currency);
        item
    };
    let items = query.skus.iter().filter_map(|sku| shelf.items.get(sku.as_str()));
    Json(SellableItems { items: items.map(in_currency).collect() }).into_response()
}
