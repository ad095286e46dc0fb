use std::collections::HashSet;

use super::{Reason, Recommendation};
use crate::{learning::Item, model::Serving};

/// A list being filled, best first: takes what can be shown, once.
pub(super) struct List<'a> {
    pub(super) serving: &'a Serving,
    limit: usize,
    excluded: HashSet<Item>,
    items: Vec<Recommendation>,
}

impl<'a> List<'a> {
    /// An empty list that will never hold these items.
    pub(super) fn without(
        serving: &'a Serving,
        excluded: impl IntoIterator<Item = Item>,
        limit: usize,
    ) -> Self {
        Self { serving, limit, excluded: excluded.into_iter().collect(), items: Vec::new() }
    }

    /// Takes the item unless it is excluded, there already, not to be shown, or the list is full.
    pub(super) fn offer(&mut self, item: Item, score: f32, reason: impl FnOnce() -> Reason) {
        if self.is_full() || self.excluded.contains(&item) {
            return;
        }
        let Some(sku) = self.serving.sku_if_shown(item) else { return };
        self.excluded.insert(item);
        self.items.push(Recommendation {
            product_id: self.serving.model.assortment.product_id(item),
            sku: sku.to_owned(),
            score,
            reason: reason(),
        });
    }

    /// Whether it holds as many as were asked for.
    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= self.limit
    }

    /// What it holds.
    pub(super) fn finish(self) -> Vec<Recommendation> {
        self.items
    }
}
