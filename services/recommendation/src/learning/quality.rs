//! How well a model does: the newest baskets are held out and asked for again.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    Cancelled, Item, Watch,
    baskets::Basket,
    co_occurrence::{CoOccurrence, Measure},
    companions::Companions,
    groups::Groups,
    linear::LinearModel,
    popularity::Popularity,
    regulars::{self, Weights},
    sort_ranked,
};

/// Fewer baskets tell nothing.
const LEAST_BASKETS: usize = 100;
/// One basket in this many is held out, the newest ones.
const HELD_OUT_SHARE: usize = 20;
const MOST_HELD_OUT: usize = 300;
const LIST_LENGTH: usize = 20;
const KNOWN_ITEMS: usize = 5;

/// How well a model that never saw the newest baskets foretells them, by the normalized discounted
/// cumulative gain of the first twenty (NDCG@20; 1 is perfect). Compare with that of simply showing the
/// bestsellers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Quality {
    /// Baskets it was asked to complete: up to five items of each are shown, the others to be found.
    pub(crate) held_out_baskets: u32,
    /// Share of the hidden items that were found.
    pub(crate) cart_recall_at_20: f64,
    /// The same, with a higher place counting more.
    pub(crate) cart_ndcg_at_20: f64,
    /// What the bestsellers reach.
    pub(crate) bestseller_ndcg_at_20: f64,
    /// Baskets of customers who had bought before: the whole basket is to be foretold.
    #[serde(default)]
    pub(crate) returning_customers: u32,
    /// How well it is, with what they buy again.
    #[serde(default)]
    pub(crate) for_you_ndcg_at_20: f64,
    /// How well those items of it are that the customer never bought before.
    #[serde(default)]
    pub(crate) new_for_you_ndcg_at_20: f64,
}

/// Baskets that are known, and those that are to be foretold.
pub(crate) struct Replay<'a> {
    pub(crate) known: &'a [Basket],
    held_out: &'a [Basket],
    groups: Groups,
    cart: CoOccurrence,
    popularity: Popularity,
    bestsellers: Vec<Item>,
}

/// Where the held-out part of baskets begins; `None` where there are too few to hold any out.
pub(crate) fn split(baskets: &[Basket]) -> Option<usize> {
    (baskets.len() >= LEAST_BASKETS)
        .then(|| baskets.len() - (baskets.len() / HELD_OUT_SHARE).min(MOST_HELD_OUT))
}

impl<'a> Replay<'a> {
    /// Of baskets, oldest first: what comes from `split` on is held out.
    pub(crate) fn new(baskets: &'a [Basket], split: usize, item_count: usize) -> Self {
        let (known, held_out) = baskets.split_at(split);
        let newest = known.last().map_or(0, |basket| basket.at);
        let mut groups = Groups::of(item_count);
        let mut cart = CoOccurrence::new(Measure::Cosine, item_count, newest);
        let mut popularity = Popularity::new(item_count, newest);
        let mut sold = vec![0.0; item_count];
        for (key, basket) in (0..).zip(known) {
            let group = groups.open(key, basket.at);
            for &item in &basket.items {
                groups.insert(group, item);
                popularity.count(item, basket.at, 1.0);
                sold[item as usize] += 1.0;
            }
            cart.learn(&groups, group);
        }
        popularity.set_ranking(popularity.rank(newest));
        let mut bestsellers: Vec<(Item, f32)> = (0..).zip(sold).collect();
        sort_ranked(&mut bestsellers);
        let bestsellers = bestsellers.into_iter().map(|(item, _)| item).collect();
        Self { known, held_out, groups, cart, popularity, bestsellers }
    }

    /// How well the held-out baskets that are newer than `after` are foretold. The model must not have
    /// learned from them.
    pub(crate) fn measure(&self, linear: &LinearModel, weights: Weights, after: i64) -> Quality {
        let mut cart = Mean::default();
        let (mut bestseller, mut recall) = (Mean::default(), Mean::default());
        for basket in self.held_out.iter().filter(|b| b.at > after && b.items.len() > 1) {
            let (shown, targets) = basket.items.split_at((basket.items.len() / 2).min(KNOWN_ITEMS));
            let row = |item| self.cart.row(&self.groups, item);
            let ranked = Companions::of_basket(shown, row, linear).ranked();
            let list = first(ranked.map(|(item, _)| item), shown);
            recall.add(hits(&list, targets).count() as f64 / targets.len() as f64);
            cart.add(gain(&list, targets));
            let list = first(self.bestsellers.iter().copied(), shown);
            bestseller.add(gain(&list, targets));
        }
        let (mut again, mut new) = (Mean::default(), Mean::default());
        for (bought, companions, basket) in self.returning(linear, after) {
            let ranked = regulars::rank(&bought, &companions, &self.popularity, weights);
            again.add(gain(&first(ranked.map(|(item, _)| item), &[]), &basket.items));
            let is_new = |item: &&Item| bought.iter().all(|(known, _)| known != *item);
            let targets: Vec<Item> = basket.items.iter().filter(is_new).copied().collect();
            if !targets.is_empty() {
                let ranked = regulars::rank_new(&bought, &companions, &self.popularity);
                new.add(gain(&first(ranked.map(|(item, _)| item), &[]), &targets));
            }
        }
        Quality {
            held_out_baskets: cart.count,
            cart_recall_at_20: recall.value(),
            cart_ndcg_at_20: cart.value(),
            bestseller_ndcg_at_20: bestseller.value(),
            returning_customers: again.count,
            for_you_ndcg_at_20: again.value(),
            new_for_you_ndcg_at_20: new.value(),
        }
    }

    /// The weights by which the held-out baskets of returning customers are foretold best.
    pub(crate) fn tune(
        &self,
        linear: &LinearModel,
        watch: Watch<'_>,
    ) -> Result<Weights, Cancelled> {
        let customers: Vec<_> = self.returning(linear, i64::MIN).collect();
        let score = |weights: Weights| -> f64 {
            let gains = customers.iter().map(|(bought, companions, basket)| {
                let ranked = regulars::rank(bought, companions, &self.popularity, weights);
                gain(&first(ranked.map(|(item, _)| item), &[]), &basket.items)
            });
            gains.sum()
        };
        let mut best = (Weights::default(), score(Weights::default()));
        let choices: Vec<Weights> = Weights::choices().collect();
        for (place, &weights) in choices.iter().enumerate() {
            watch(place as f32 / choices.len() as f32)?;
            let score = score(weights);
            // What is not clearly better is chance.
            if score > best.1 * 1.01 {
                best = (weights, score);
            }
        }
        Ok(best.0)
    }

    /// Held-out baskets newer than `after` with what their customers had bought, and what goes with it;
    /// of each customer the first.
    fn returning(
        &self,
        linear: &LinearModel,
        after: i64,
    ) -> impl Iterator<Item = (Vec<(Item, u32)>, Companions, &'a Basket)> {
        let mut asked = HashSet::new();
        let baskets: Vec<&Basket> = self
            .held_out
            .iter()
            .filter(|basket| basket.at > after && basket.customer != 0)
            .filter(|basket| asked.insert(basket.customer))
            .collect();
        let mut bought: HashMap<u64, HashMap<Item, u32>> = HashMap::new();
        for basket in self.known.iter().filter(|basket| asked.contains(&basket.customer)) {
            let counts = bought.entry(basket.customer).or_default();
            basket.items.iter().for_each(|item| *counts.entry(*item).or_default() += 1);
        }
        baskets.into_iter().filter_map(move |basket| {
            let bought: Vec<(Item, u32)> = bought.remove(&basket.customer)?.into_iter().collect();
            let row = |item| self.cart.row(&self.groups, item);
            let companions =
                Companions::of_history(bought.iter().map(|(item, _)| *item), row, linear);
            Some((bought, companions, basket))
        })
    }
}

/// The first twenty that are not shown already.
fn first(ranked: impl Iterator<Item = Item>, shown: &[Item]) -> Vec<Item> {
    ranked.filter(|item| !shown.contains(item)).take(LIST_LENGTH).collect()
}

fn hits<'a>(list: &'a [Item], targets: &'a [Item]) -> impl Iterator<Item = usize> + 'a {
    list.iter().enumerate().filter(|(_, item)| targets.contains(item)).map(|(place, _)| place)
}

fn gain(list: &[Item], targets: &[Item]) -> f64 {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let ideal: f64 = (0..targets.len().min(LIST_LENGTH)).map(discount).sum();
    hits(list, targets).map(discount).sum::<f64>() / ideal
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// To four digits; more are chance.
    fn value(&self) -> f64 {
        (self.sum / f64::from(self.count.max(1)) * 10_000.0).round() / 10_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::{super::DAY, *};

    #[test]
    fn baskets_with_a_pattern_are_completed_and_few_baskets_say_nothing() {
        let baskets: Vec<Basket> = (0..1000u32)
            .map(|number| {
                let first = number % 50 * 2;
                let customer = u64::from(number % 40) + 1;
                Basket { at: i64::from(number) * DAY, customer, items: vec![first, first + 1] }
            })
            .collect();
        assert_eq!(split(&baskets[..99]), None);
        let split = split(&baskets).unwrap();
        let replay = Replay::new(&baskets, split, 100);
        let linear = LinearModel::of(replay.known, 100);
        let quality = replay.measure(&linear, Weights::default(), i64::MIN);
        assert_eq!((quality.held_out_baskets, quality.returning_customers), (50, 40));
        assert!((quality.cart_ndcg_at_20 - 1.0).abs() < 1e-9, "{quality:?}");
        assert!(quality.bestseller_ndcg_at_20 < 0.3, "{quality:?}");
        let newer = replay.measure(&linear, Weights::default(), baskets[989].at);
        assert_eq!(newer.held_out_baskets, 10);
    }

    #[test]
    fn where_customers_only_repeat_themselves_nothing_else_is_weighed() {
        // Everybody buys their own two items, and once in a while the one that all buy.
        let baskets: Vec<Basket> = (0..400u32)
            .map(|number| {
                let customer = number % 20;
                let mut items = vec![customer * 2, customer * 2 + 1];
                items.extend((number % 3 == 0).then_some(99));
                Basket { at: i64::from(number) * DAY, customer: u64::from(customer) + 1, items }
            })
            .collect();
        let replay = Replay::new(&baskets, 380, 100);
        let weights = replay.tune(&LinearModel::of(replay.known, 100), &|_| Ok(())).unwrap();
        let quality = replay.measure(&LinearModel::default(), weights, i64::MIN);
        assert!(quality.for_you_ndcg_at_20 > 0.8, "{quality:?} by {weights:?}");
    }
}
