//! The algorithms: from what happened to what goes with what. Items are dense numbers; every result is
//! the same for the same input, ties go by number.

pub(crate) mod attributes;
pub(crate) mod baskets;
pub(crate) mod co_occurrence;
pub(crate) mod companions;
pub(crate) mod groups;
pub(crate) mod linear;
pub(crate) mod lists;
pub(crate) mod newcomers;
pub(crate) mod popularity;
pub(crate) mod quality;
pub(crate) mod regulars;
pub(crate) mod visits;

use std::{cmp::Ordering, collections::BinaryHeap};

/// Number of an item: its place among all products, ordered by id.
pub(crate) type Item = u32;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Whoever waits for something that takes long: is told the share of it that is done, and may end it.
pub(crate) type Watch<'a> = &'a dyn Fn(f32) -> Result<(), Cancelled>;

/// Somebody ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cancelled;

/// What a weight of `newer_seconds` after some time counts against one of that time, where weights
/// halve every `half_life_days`.
pub(crate) fn growth(newer_seconds: i64, half_life_days: f64) -> f64 {
    (newer_seconds as f64 / DAY as f64 / half_life_days).exp2()
}

/// Best first; equal ones by number. Scores are never NaN.
pub(crate) fn compare_ranked(a: &(Item, f32), b: &(Item, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Sorts best first.
pub(crate) fn sort_ranked(scored: &mut [(Item, f32)]) {
    scored.sort_unstable_by(compare_ranked);
}

/// Items best first, for who looks at a few of many: the others are never sorted.
#[derive(Debug)]
pub(crate) struct BestFirst(BinaryHeap<Scored>);

impl BestFirst {
    /// Of scores that speak for an item, not against it.
    pub(crate) fn of(scored: impl Iterator<Item = (Item, f32)>) -> Self {
        let positive = scored.filter(|(_, score)| *score > 0.0);
        Self(positive.map(Scored).collect::<Vec<_>>().into())
    }
}

impl Iterator for BestFirst {
    type Item = (Item, f32);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.pop().map(|Scored(best)| best)
    }
}

/// An item with its score; the best is the greatest.
#[derive(Debug)]
struct Scored((Item, f32));

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_ranked(&other.0, &self.0)
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Scored {}

impl PartialEq for Scored {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
