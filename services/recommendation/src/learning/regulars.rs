use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Item, companions::Companions, popularity::Popularity, sort_ranked};

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
) -> Vec<(Item, f32)> {
    let most = bought.iter().map(|(_, times)| *times).max().unwrap_or(1) as f32;
    let again = bought.iter().map(|&(item, times)| (item, times as f32 / most));
    let along = companions.shares().map(|(item, share)| (item, weights.companions * share));
    add_up(again.chain(along), popularity, weights.popularity)
}

/// What a customer may buy for the first time, best first: what goes with everything bought, and a
/// little of what is popular.
pub(crate) fn rank_new(
    bought: &[(Item, u32)],
    companions: &Companions,
    popularity: &Popularity,
) -> Vec<(Item, f32)> {
    let mut ranked = add_up(companions.shares(), popularity, POPULARITY_AMONG_NEW);
    ranked.retain(|(item, _)| bought.iter().all(|(known, _)| known != item));
    ranked
}

fn add_up(
    parts: impl Iterator<Item = (Item, f32)>,
    popularity: &Popularity,
    weight: f32,
) -> Vec<(Item, f32)> {
    let mut scores: HashMap<Item, f32> = HashMap::new();
    for &item in popularity.ranking().iter().take(POPULAR_CANDIDATES) {
        scores.insert(item, 0.0);
    }
    for (item, part) in parts {
        *scores.entry(item).or_default() += part;
    }
    let mut ranked: Vec<(Item, f32)> = scores
        .into_iter()
        .map(|(item, score)| (item, score + weight * popularity.share(item)))
        .filter(|(_, score)| *score > 0.0)
        .collect();
    sort_ranked(&mut ranked);
    ranked
}
