use serde::{Deserialize, Serialize};

use super::{
    Item,
    co_occurrence::{Measure, co_occurrence},
    groups::Groups,
    sort_ranked,
};

/// Fewer baskets tell nothing.
const LEAST_BASKETS: usize = 100;
/// One basket in this many is held out, the newest ones.
const HELD_OUT_SHARE: usize = 20;
const MOST_HELD_OUT: usize = 300;
const LIST_LENGTH: usize = 20;
const KNOWN_ITEMS: usize = 5;

/// How well a model that never saw the newest baskets completes them: up to five items of each are
/// shown, the others are to be found among the first twenty. Compare `ndcg_at_20` with that of simply
/// showing the bestsellers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Quality {
    /// Baskets it was asked to complete.
    pub(crate) held_out_baskets: u32,
    /// Share of the hidden items that were found.
    pub(crate) cart_recall_at_20: f64,
    /// The same, with a higher place counting more (normalized discounted cumulative gain).
    pub(crate) cart_ndcg_at_20: f64,
    /// What the bestsellers reach.
    pub(crate) bestseller_ndcg_at_20: f64,
}

/// Replays the newest baskets; `None` where there are too few.
pub(crate) fn measure(baskets: &Groups, item_count: usize) -> Option<Quality> {
    if baskets.len() < LEAST_BASKETS {
        return None;
    }
    let held_out = (baskets.len() / HELD_OUT_SHARE).min(MOST_HELD_OUT);
    let (known, hidden) = baskets.split_at(baskets.len() - held_out);
    let rows = co_occurrence(&known, item_count, Measure::Cosine);
    let bestsellers = rank_bestsellers(&known, item_count);
    let (mut recall, mut ndcg, mut bestseller_ndcg, mut count) = (0.0, 0.0, 0.0, 0u32);
    for basket in hidden.members.iter().filter(|basket| basket.len() > 1) {
        let (shown, targets) = basket.split_at((basket.len() / 2).min(KNOWN_ITEMS));
        let mut sums = vec![0.0; item_count];
        for &item in shown {
            rows.get(item as usize).iter().for_each(|n| sums[n.item as usize] += n.score);
        }
        let list = rank(&sums, shown);
        recall += hits(&list, targets).count() as f64 / targets.len() as f64;
        ndcg += gain(&list, targets);
        bestseller_ndcg += gain(&rank(&bestsellers, shown), targets);
        count += 1;
    }
    let mean = |sum: f64| (sum / f64::from(count.max(1)) * 10_000.0).round() / 10_000.0;
    (count > 0).then(|| Quality {
        held_out_baskets: count,
        cart_recall_at_20: mean(recall),
        cart_ndcg_at_20: mean(ndcg),
        bestseller_ndcg_at_20: mean(bestseller_ndcg),
    })
}

fn rank_bestsellers(baskets: &Groups, item_count: usize) -> Vec<f32> {
    baskets.members.invert(item_count).iter().map(|list| list.len() as f32).collect()
}

fn rank(scores: &[f32], shown: &[Item]) -> Vec<Item> {
    let mut ranked: Vec<(Item, f32)> = (0..)
        .zip(scores.iter().copied())
        .filter(|(item, score)| *score > 0.0 && !shown.contains(item))
        .collect();
    sort_ranked(&mut ranked);
    ranked.into_iter().take(LIST_LENGTH).map(|(item, _)| item).collect()
}

fn hits<'a>(list: &'a [Item], targets: &'a [Item]) -> impl Iterator<Item = usize> + 'a {
    list.iter().enumerate().filter(|(_, item)| targets.contains(item)).map(|(place, _)| place)
}

fn gain(list: &[Item], targets: &[Item]) -> f64 {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let ideal: f64 = (0..targets.len().min(LIST_LENGTH)).map(discount).sum();
    hits(list, targets).map(discount).sum::<f64>() / ideal
}

#[cfg(test)]
mod tests {
    use super::{super::groups::Membership, *};

    #[test]
    fn baskets_with_a_pattern_are_completed_and_few_baskets_say_nothing() {
        let baskets = |count: u64| {
            let memberships = (0..count).flat_map(|group| {
                let pair = (group % 50) as Item * 2;
                [pair, pair + 1].map(|item| Membership { group, at: group as i64, item })
            });
            Groups::gather(memberships.collect(), usize::MAX)
        };
        assert_eq!(measure(&baskets(99), 100), None);
        let quality = measure(&baskets(1000), 100).unwrap();
        assert_eq!(quality.held_out_baskets, 50);
        assert!((quality.cart_ndcg_at_20 - 1.0).abs() < 1e-9, "{quality:?}");
        assert!(quality.bestseller_ndcg_at_20 < 0.2, "{quality:?}");
    }
}
