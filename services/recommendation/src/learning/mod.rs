//! The algorithms: pure functions from what happened to what goes with what. Items are dense numbers
//! in the order of their product ids; every result is the same for the same input, ties go by number.

pub(crate) mod attributes;
pub(crate) mod co_occurrence;
pub(crate) mod groups;
pub(crate) mod lists;
pub(crate) mod popularity;
pub(crate) mod quality;
pub(crate) mod sessions;

use std::cmp::Ordering;

/// Number of an item: its place among all products, ordered by id.
pub(crate) type Item = u32;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// What is left of a weight after `age_seconds`, halved every `half_life_days`.
pub(crate) fn decay(age_seconds: i64, half_life_days: f64) -> f32 {
    let days = age_seconds.max(0) as f64 / DAY as f64;
    (-days / half_life_days).exp2() as f32
}

/// Best first; equal ones by number. Scores are never NaN.
pub(crate) fn compare_ranked(a: &(Item, f32), b: &(Item, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Sorts best first.
pub(crate) fn sort_ranked(scored: &mut [(Item, f32)]) {
    scored.sort_unstable_by(compare_ranked);
}
