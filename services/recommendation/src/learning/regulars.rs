use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{BestFirst, Item, companions::Companions, popularity::Popularity};

/// Popular items that are considered even if nothing else speaks for them.
const POPULAR_CANDIDATES: usize = 500;
/// What the most popular item counts where nothing bought before competes, against the best companion.
const POPULARITY_AMONG_NEW: f32 = 0.1;

/// What a customer's list is weighed by, against an item that was bought in every order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Weights {
    /// What the best companion of everything bought counts.
    pub(crate) companions: f32,
    /// What the most popular item counts.
    pub(crate) popularity: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { companions: 0.1, popularity: 0.1 }
    }
}

impl Weights {
    /// Those that are tried for a shop.
    pub(crate) fn choices() -> impl Iterator<Item = Self> {
        [0.1, 0.0, 0.03, 0.3].into_iter().flat_map(|companions| {
            [0.1, 0.01, 0.3].map(|popularity| Self { companions, popularity })
        })
    }
}

/// What a customer will buy, best first: what they bought again and again, what goes with that, and a
/// little of what is popular, each as a share of its highest value.
pub(crate) fn rank(
    bought: &[(Item, u32)],
    companions: &Companions,
    popularity: &Popularity,
    weights: Weights,
) -> BestFirst {
    let most = bought.iter().map(|(_, times)| *times).max().unwrap_or(1) as f32;
    let again = bought.iter().map(|&(item, times)| (item, times as f32 / most));
    let along = companions.shares().map(|(item, share)| (item, weights.companions * share));
    BestFirst::of(add_up(again.chain(along), popularity, weights.popularity).into_iter())
}

/// What a customer may buy for the first time, best first: what goes with everything bought, and a
/// little of what is popular.
pub(crate) fn rank_new(
    bought: &[(Item, u32)],
    companions: &Companions,
    popularity: &Popularity,
) -> BestFirst {
    let mut scores = add_up(companions.shares(), popularity, POPULARITY_AMONG_NEW);
    bought.iter().for_each(|(item, _)| _ = scores.remove(item));
    BestFirst::of(scores.into_iter())
}

fn add_up(
    parts: impl Iterator<Item = (Item, f32)>,
    popularity: &Popularity,
    weight: f32,
) -> FxHashMap<Item, f32> {
    let popular = popularity.ranking().iter().take(POPULAR_CANDIDATES);
    let mut scores: FxHashMap<Item, f32> = popular.map(|item| (*item, 0.0)).collect();
    for (item, part) in parts {
        *scores.entry(item).or_default() += part;
    }
    for (item, score) in &mut scores {
        *score += weight * popularity.share(*item);
    }
    scores
}
