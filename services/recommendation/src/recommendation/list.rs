use std::collections::HashSet;

use chrono::Utc;

use super::{Reason, ReasonCode, Recommendation, Surface};
use crate::{
    learning::Item,
    recommender::View,
    rule::{Applying, Tier},
};

/// Candidates that are looked at where rules decide about their order.
const CONSIDERED: usize = 200;

/// A list being filled, best first: takes what can be shown, once, and puts it where the rules of
/// merchandising say.
pub(super) struct List<'a> {
    pub(super) view: &'a View<'a>,
    rules: Applying<'a>,
    limit: usize,
    considered: usize,
    excluded: HashSet<Item>,
    /// The lowest score of what it took so far; 1 where that is nothing.
    lowest_score: f32,
    items: Vec<(Tier, Recommendation)>,
}

impl<'a> List<'a> {
    /// A list about these items, which it will never hold.
    pub(super) fn about(
        view: &'a View<'a>,
        surface: Surface,
        items: &[Item],
        limit: usize,
    ) -> Self {
        let rules = view.rules.applying(view.assortment, surface, items, None, Utc::now());
        Self::by(view, rules, items, limit)
    }

    /// A list for a person, which will never hold these items.
    pub(super) fn for_person(view: &'a View<'a>, excluded: &[Item], limit: usize) -> Self {
        let rules = view.rules.applying(view.assortment, Surface::ForYou, &[], None, Utc::now());
        Self::by(view, rules, excluded, limit)
    }

    /// A list of what is asked for in a category, or everywhere.
    pub(super) fn in_category(view: &'a View<'a>, category: Option<&str>, limit: usize) -> Self {
        let surface = Surface::Trending;
        let rules = view.rules.applying(view.assortment, surface, &[], category, Utc::now());
        Self::by(view, rules, &[], limit)
    }

    fn by(view: &'a View<'a>, rules: Applying<'a>, excluded: &[Item], limit: usize) -> Self {
        let considered = if rules.is_empty() { limit } else { limit.max(CONSIDERED) };
        let pinned: Vec<Item> = rules.pinned().collect();
        let excluded = excluded.iter().copied().collect();
        let items = Vec::new();
        let mut list = Self { view, rules, limit, considered, excluded, lowest_score: 1.0, items };
        for item in pinned {
            let reason = || Reason::new(ReasonCode::Pinned, "Chosen by the shop");
            list.put(item, 1.0, reason, |_| Tier::Pinned);
        }
        list
    }

    /// Takes the item unless it is excluded, there already, not to be shown, or the list is full.
    pub(super) fn offer(&mut self, item: Item, score: f32, reason: impl FnOnce() -> Reason) {
        self.put(item, score, reason, |tier| tier);
    }

    /// Takes what can be shown of items, best first, until the list is full.
    pub(super) fn offer_all(
        &mut self,
        ranked: impl Iterator<Item = (Item, f32)>,
        reason: impl Fn(Item) -> Reason,
    ) {
        for (item, score) in ranked {
            if self.is_full() {
                break;
            }
            self.offer(item, score, || reason(item));
        }
    }

    fn put(
        &mut self,
        item: Item,
        score: f32,
        reason: impl FnOnce() -> Reason,
        place: impl FnOnce(Tier) -> Tier,
    ) {
        if self.is_full() || self.excluded.contains(&item) {
            return;
        }
        let Some(sku) = self.view.sku_if_shown(item) else { return };
        let Some(tier) = self.rules.tier(self.view.assortment, item) else { return };
        self.excluded.insert(item);
        self.lowest_score = self.lowest_score.min(score);
        let recommendation = Recommendation {
            product_id: self.view.assortment.product_id(item),
            sku: sku.to_owned(),
            score,
            reason: reason(),
        };
        self.items.push((place(tier), recommendation));
    }

    /// Whether more candidates would change nothing.
    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= self.considered
    }

    /// What fills the list up scores at most this, so that it never seems to be the better part.
    pub(super) fn lowest_score(&self) -> f32 {
        self.lowest_score
    }

    /// Whether there was nothing yet that can be shown.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What it holds: what is pinned, boosted, neither, buried.
    pub(super) fn finish(mut self) -> Vec<Recommendation> {
        self.items.sort_by_key(|(tier, _)| *tier);
        self.items.truncate(self.limit);
        self.items.into_iter().map(|(_, recommendation)| recommendation).collect()
    }
}
