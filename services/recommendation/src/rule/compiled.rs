use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{Action, NewRule};
use crate::{knowledge::Assortment, learning::Item, recommendation::Surface};

/// The rules that may apply, in terms of items.
#[derive(Debug, Default)]
pub(crate) struct Merchandise(Vec<Compiled>);

#[derive(Debug)]
struct Compiled {
    rule: NewRule,
    /// What `skus` names, in that order.
    pinned: Vec<Item>,
    items: HashSet<Item>,
}

/// Where an item stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Pinned,
    Boosted,
    Plain,
    Buried,
}

/// The rules that apply to one list.
#[derive(Debug, Default)]
pub(crate) struct Applying<'a>(Vec<&'a Compiled>);

impl Merchandise {
    /// Of rules in the order in which they decide.
    pub(crate) fn compile(rules: &[NewRule], assortment: &Assortment) -> Self {
        let compile = |rule: &NewRule| {
            let pinned: Vec<Item> =
                rule.skus.iter().filter_map(|sku| assortment.find(sku)).collect();
            Compiled { rule: rule.clone(), items: pinned.iter().copied().collect(), pinned }
        };
        Self(rules.iter().map(compile).collect())
    }

    /// Those that apply to a list about these items, or to what is asked for in a category.
    pub(crate) fn applying(
        &self,
        assortment: &Assortment,
        surface: Surface,
        about: &[Item],
        category: Option<&str>,
        now: DateTime<Utc>,
    ) -> Applying<'_> {
        let is_about = |code: &String| {
            category == Some(code)
                || about.iter().any(|item| assortment.is_in_category(*item, code))
        };
        let applies = |compiled: &&Compiled| {
            let rule = &compiled.rule;
            let is_here = match &rule.surfaces.0[..] {
                [] => surface != Surface::RecentlyViewed,
                named => named.contains(&surface),
            };
            is_here
                && rule.active_from.is_none_or(|from| from <= now)
                && rule.active_until.is_none_or(|until| now < until)
                && (rule.in_categories.is_empty() || rule.in_categories.iter().any(is_about))
        };
        Applying(self.0.iter().filter(applies).collect())
    }
}

impl Applying<'_> {
    /// Whether nothing is decided.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What comes first, in order.
    pub(crate) fn pinned(&self) -> impl Iterator<Item = Item> {
        let pinning = self.0.iter().filter(|compiled| compiled.rule.action == Action::Pin);
        pinning.flat_map(|compiled| compiled.pinned.iter().copied())
    }

    /// Where the item stands; `None` if it must not be shown.
    pub(crate) fn tier(&self, assortment: &Assortment, item: Item) -> Option<Tier> {
        let mut tier = None;
        for compiled in &self.0 {
            let is_about = compiled.is_about(assortment, item);
            match compiled.rule.action {
                Action::Exclude if is_about => return None,
                Action::Only if !is_about => return None,
                Action::Boost if is_about => tier = tier.or(Some(Tier::Boosted)),
                Action::Bury if is_about => tier = tier.or(Some(Tier::Buried)),
                _ => {}
            }
        }
        Some(tier.unwrap_or(Tier::Plain))
    }
}

impl Compiled {
    fn is_about(&self, assortment: &Assortment, item: Item) -> bool {
        let rule = &self.rule;
        self.items.contains(&item)
            || rule.categories.iter().any(|code| assortment.is_in_category(item, code))
            || assortment.brand(item).is_some_and(|brand| rule.brands.iter().any(|b| b == brand))
            || rule.features.iter().any(|feature| assortment.has_feature(item, feature))
    }
}
