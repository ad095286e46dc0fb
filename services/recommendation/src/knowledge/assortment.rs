use std::collections::HashMap;

use types::ProductId;
use uuid::Uuid;

use super::Reference;
use crate::{
    learning::{Item, attributes::Description},
    product::Product,
};

/// The products a model knows, numbered in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Assortment {
    products: Vec<Product>,
    by_id: HashMap<Uuid, Item>,
    by_sku: HashMap<String, Item>,
}

impl Assortment {
    /// From products ordered by id, and the pages of all skus.
    pub(crate) fn new(products: Vec<Product>, skus: Vec<(String, Uuid)>) -> Self {
        let by_id: HashMap<Uuid, Item> =
            (0..).zip(&products).map(|(item, product)| (product.product_id, item)).collect();
        let by_sku =
            skus.into_iter().filter_map(|(sku, page)| Some((sku, *by_id.get(&page)?))).collect();
        Self { products, by_id, by_sku }
    }

    /// How many products there are.
    pub(crate) fn len(&self) -> usize {
        self.products.len()
    }

    /// The item of a product as a client names it: by id or by sku.
    pub(crate) fn find(&self, name: &str) -> Option<Item> {
        let by_id = Uuid::parse_str(name).ok().and_then(|id| self.find_page(id));
        by_id.or_else(|| self.by_sku.get(name).copied())
    }

    /// The item of a product page.
    pub(crate) fn find_page(&self, id: Uuid) -> Option<Item> {
        self.by_id.get(&id).copied()
    }

    /// The item that an interaction is about. An sku knows its present page, so it goes first.
    pub(crate) fn resolve(&self, reference: &Reference) -> Option<Item> {
        let by_sku = reference.sku.as_deref().and_then(|sku| self.by_sku.get(sku));
        by_sku.copied().or_else(|| self.find_page(reference.product_id?))
    }

    /// The page of an item.
    pub(crate) fn product_id(&self, item: Item) -> ProductId {
        ProductId(self.products[item as usize].product_id)
    }

    /// What can be bought on the page of an item; nothing if it is not published.
    pub(crate) fn skus_if_published(&self, item: Item) -> &[String] {
        let product = &self.products[item as usize];
        if product.published { &product.skus } else { &[] }
    }

    /// The items that are published, newest first: ids grow with time.
    pub(crate) fn newest(&self) -> impl Iterator<Item = Item> {
        (0..self.len() as Item).rev().filter(|item| !self.skus_if_published(*item).is_empty())
    }

    /// Whether the item is in the category or below.
    pub(crate) fn is_in_category(&self, item: Item, category: &str) -> bool {
        self.products[item as usize].categories.iter().any(|code| code == category)
    }

    /// The brand of an item.
    pub(crate) fn brand(&self, item: Item) -> Option<&str> {
        self.products[item as usize].brand.as_deref()
    }

    /// Whether the item has this option, as `attribute=option`.
    pub(crate) fn has_feature(&self, item: Item, feature: &str) -> bool {
        self.products[item as usize].features.iter().any(|own| own == feature)
    }

    /// The pages of all items, in order.
    pub(crate) fn ids(&self) -> impl ExactSizeIterator<Item = Uuid> {
        self.products.iter().map(|product| product.product_id)
    }

    /// What describes each item.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = Description<'_>> {
        self.products.iter().map(|product| Description {
            name: &product.name,
            brand: product.brand.as_deref(),
            categories: &product.categories,
            features: &product.features,
            price: product.price,
        })
    }
}
