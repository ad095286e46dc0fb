//! Visits like the running one, for VMIS-kNN: what did people do who clicked like this? (Kersbergen,
//! Sprangers, Schelter: Serenade, SIGMOD 2022.) Besides what such visits hold it counts what came right
//! after, or before, what both share.

use rustc_hash::FxHashMap;

use super::{BestFirst, Item, groups::Groups};

/// Items of a visit that are remembered; its latest.
pub(crate) const LONGEST_VISIT: usize = 20;
/// Visits looked at per item; its latest.
const RECENT_VISITS: usize = 500;
/// Visits that vote: those most like this one.
const NEIGHBOURS: usize = 100;
/// Items of the running visit that are compared; its latest.
const COMPARED_ITEMS: usize = 4;
/// A neighbour that shares only the n-th last item votes with 1 - n/10.
const VOTE_LOSS: f32 = 0.1;
/// Items this far from the shared one count more, in proportion to their nearness.
const REACH: usize = 4;
/// What the item right after the shared one counts besides, and the one right before.
const AFTER: f32 = 1.0;
const BEFORE: f32 = 0.3;

/// What comes next after these items, latest first; the latest itself is left out.
pub(crate) fn predict(visits: &Groups, clicked: &[Item]) -> BestFirst {
    let mut compared = Vec::new();
    for &item in clicked {
        if compared.len() < COMPARED_ITEMS && !compared.contains(&item) {
            compared.push(item);
        }
    }
    let mut votes: FxHashMap<Item, f32> = FxHashMap::default();
    for (visit, similarity) in neighbours(visits, &compared) {
        let members = visits.members(visit);
        let places = |item: &Item| members.iter().position(|member| member == item);
        let shared = compared.iter().enumerate().find_map(|(n, item)| Some((n, places(item)?)));
        // None: it was dropped from a long visit since it was listed with the item.
        let Some((nth, shared)) = shared else { continue };
        let weight = similarity * (1.0 - VOTE_LOSS * (nth + 1) as f32);
        for (place, &item) in members.iter().enumerate() {
            *votes.entry(item).or_default() += weight * nearness(shared, place);
        }
    }
    let count = visits.len() as f32;
    let scored = votes
        .into_iter()
        .filter(|(item, _)| Some(item) != clicked.first())
        // What is in every visit says less.
        .map(|(item, score)| {
            (item, score * (count / visits.groups_of(item).len().max(1) as f32).ln_1p())
        });
    BestFirst::of(scored)
}

/// What an item of a visit counts by its distance from the shared one.
fn nearness(shared: usize, place: usize) -> f32 {
    let distance = place.abs_diff(shared);
    match distance {
        0 => 1.0,
        1..=REACH if place > shared => 1.0 + AFTER / distance as f32,
        1..=REACH => 1.0 + BEFORE / distance as f32,
        _ => 1.0,
    }
}

/// The visits most like these items, with their similarity: later items count more.
fn neighbours(visits: &Groups, compared: &[Item]) -> Vec<(u32, f32)> {
    let mut similarity: FxHashMap<u32, f32> = FxHashMap::default();
    for (place, &item) in compared.iter().enumerate() {
        let weight = (compared.len() - place) as f32 / compared.len() as f32;
        for &visit in visits.groups_of(item).iter().rev().take(RECENT_VISITS) {
            *similarity.entry(visit).or_default() += weight;
        }
    }
    let mut found: Vec<(u32, f32)> = similarity.into_iter().collect();
    // Equally similar: the later one.
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
    if found.len() > NEIGHBOURS {
        found.select_nth_unstable_by(NEIGHBOURS, order);
        found.truncate(NEIGHBOURS);
    }
    // Sums of floats depend on their order: fix it.
    found.sort_unstable_by(order);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(visits: &[&[Item]], item_count: usize) -> Groups {
        let mut groups = Groups::of(item_count);
        for (key, items) in (0..).zip(visits) {
            let group = groups.open(key, 0);
            items.iter().for_each(|item| groups.insert(group, *item));
        }
        groups
    }

    fn order(visits: &Groups, clicked: &[Item]) -> Vec<Item> {
        predict(visits, clicked).map(|(item, _)| item).collect()
    }

    #[test]
    fn visits_that_share_more_vote_louder() {
        let visits = visits(&[&[0, 1, 2], &[1, 3], &[4, 5]], 6);
        assert_eq!(
            order(&visits, &[1, 0]),
            [2, 3, 0],
            "3 came as soon, in a visit that shares only one"
        );
    }

    #[test]
    fn what_came_right_after_counts_more_than_what_came_later_or_before() {
        let visits = visits(&[&[3, 0, 1, 2], &[3, 0, 1, 2]], 5);
        assert_eq!(order(&visits, &[0]), [1, 2, 3]);
    }

    #[test]
    fn the_item_being_viewed_is_never_predicted() {
        let visits = visits(&[&[0, 1], &[0, 1], &[2]], 3);
        assert_eq!(order(&visits, &[0]), [1]);
        assert!(order(&visits, &[]).is_empty());
    }
}
