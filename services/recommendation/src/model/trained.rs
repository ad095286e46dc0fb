use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Model;
use crate::{
    knowledge::Assortment,
    learning::{Item, linear::LinearModel, lists::Lists, regulars::Weights},
};

/// A model as it is stored: by products, whose numbers differ from replica to replica.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trained {
    /// `None` before the first training of the shop.
    pub(crate) id: Option<Uuid>,
    pub(crate) weights: Weights,
    pub(crate) linear: StoredLinear,
}

/// The weights of products for others, by their places in `products`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredLinear {
    products: Vec<Uuid>,
    rows: Vec<Vec<(u32, f32)>>,
}

impl StoredLinear {
    /// Names items by their products.
    pub(crate) fn new(linear: &LinearModel, assortment: &Assortment) -> Self {
        let products: Vec<(Item, Uuid)> = (0..)
            .zip(assortment.ids())
            .filter(|(item, _)| !linear.weights(*item).is_empty())
            .collect();
        let places: HashMap<Item, u32> =
            (0..).zip(&products).map(|(place, (item, _))| (*item, place)).collect();
        let row = |(item, _): &(Item, Uuid)| -> Vec<(u32, f32)> {
            let weights = linear.weights(*item).iter();
            weights.map(|(other, weight)| (places[other], *weight)).collect()
        };
        let rows = products.iter().map(row).collect();
        Self { products: products.into_iter().map(|(_, id)| id).collect(), rows }
    }
}

impl Trained {
    /// The model for these products; weights of others are left out.
    pub(crate) fn apply(&self, assortment: &Assortment) -> Model {
        let StoredLinear { products, rows } = &self.linear;
        let items: Vec<Option<Item>> =
            products.iter().map(|product| assortment.find_page(*product)).collect();
        let mut weights = vec![Vec::new(); if rows.is_empty() { 0 } else { assortment.len() }];
        for (row, item) in rows.iter().zip(&items) {
            if let Some(item) = item {
                let known = row.iter().filter_map(|(place, weight)| {
                    Some((*items.get(*place as usize)?.as_ref()?, *weight))
                });
                weights[*item as usize] = known.collect();
            }
        }
        let mut lists = Lists::default();
        weights.into_iter().for_each(|row| lists.push(row));
        Model { id: self.id, linear: LinearModel::new(lists), weights: self.weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{learning::baskets::Basket, product::Product};

    fn assortment(ids: impl IntoIterator<Item = u128>) -> Assortment {
        let product = |id| Product {
            product_id: Uuid::from_u128(id),
            name: String::new(),
            brand: None,
            categories: Vec::new(),
            features: Vec::new(),
            skus: Vec::new(),
            price: None,
            published: true,
        };
        Assortment::new(ids.into_iter().map(product).collect(), Vec::new())
    }

    #[test]
    fn a_model_survives_a_change_of_the_assortment() {
        let basket = |items: &[Item]| Basket { at: 0, customer: 0, items: items.to_vec() };
        let baskets: Vec<Basket> =
            (0..5).flat_map(|_| [basket(&[0, 1]), basket(&[2, 1])]).collect();
        let before = assortment([10, 20, 30]);
        let linear = StoredLinear::new(&LinearModel::of(&baskets, 3), &before);
        let trained = Trained { linear, ..Trained::default() };
        let same = trained.apply(&before).linear;
        let changed = trained.apply(&assortment([5, 20, 30])).linear;
        assert_eq!(changed.weights(0), [], "a new product");
        let of_30: Vec<(Item, f32)> =
            same.weights(2).iter().filter(|(item, _)| *item != 0).copied().collect();
        assert_eq!(changed.weights(2), of_30);
        assert!(!of_30.is_empty());
    }
}
