use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use super::{Item, compare_ranked, groups::Groups, growth};

/// Neighbours kept per item: more changes nothing that anyone sees.
const KEPT: usize = 200;
/// A larger group is a reseller's or a robot's and says nothing about pairs.
pub(crate) const LARGEST_GROUP: usize = 300;
/// The latest groups of an item that are looked at: what a bestseller's row costs.
const LATEST_GROUPS: usize = 10_000;
/// A pair seen less often is trusted in proportion.
const FULL_SUPPORT: f64 = 3.0;
/// After so long it counts half.
pub(crate) const HALF_LIFE_DAYS: f64 = 90.0;

/// An item that occurs together with another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Neighbour {
    /// The other item.
    pub(crate) item: Item,
    /// How strongly it goes with it; comparable within one item's neighbours.
    pub(crate) score: f32,
    /// In how many groups both occurred.
    pub(crate) count: u32,
}

/// How pairs are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measure {
    /// For one item: each basket of L items counts 1/√L, halved every 90 days; rare companions count
    /// more (idf), pairs seen less than three times less.
    BoughtTogether,
    /// To be summed over several items: each group counts 1/L, halved every 90 days; cosine.
    Cosine,
}

impl Measure {
    fn size_discount(self, size: usize) -> f64 {
        match self {
            Self::BoughtTogether => 1.0 / (size as f64).sqrt(),
            Self::Cosine => 1.0 / size as f64,
        }
    }
}

/// What each item occurs together with, learned group by group.
///
/// The neighbours of an item are added up from its groups when they are asked for, and kept until one of
/// these groups changes; so a new basket costs next to nothing, and counts at once in the lists of all
/// that is in it. In lists of other items the share of what it holds grows when these change themselves.
#[derive(Debug)]
pub(crate) struct CoOccurrence {
    measure: Measure,
    /// The time at which a group weighs what its size says: later ones weigh more instead of all others
    /// less.
    epoch: i64,
    /// Sum of the weights of each item's groups.
    totals: Vec<f64>,
    rows: Vec<OnceLock<Arc<[Neighbour]>>>,
}

impl CoOccurrence {
    /// Nothing yet, of this many items. The epoch is in seconds since 1970.
    pub(crate) fn new(measure: Measure, item_count: usize, epoch: i64) -> Self {
        let rows = std::iter::repeat_with(OnceLock::new).take(item_count).collect();
        Self { measure, epoch, totals: vec![0.0; item_count], rows }
    }

    /// Counts a group no more: to be called before it changes.
    pub(crate) fn forget(&mut self, groups: &Groups, group: u32) {
        self.count(groups, group, -1.0);
    }

    /// Counts a group: to be called after it changed.
    pub(crate) fn learn(&mut self, groups: &Groups, group: u32) {
        self.count(groups, group, 1.0);
    }

    fn count(&mut self, groups: &Groups, group: u32, sign: f64) {
        let weight = self.weigh(groups, group);
        if weight > 0.0 {
            for &item in groups.members(group) {
                self.totals[item as usize] += sign * weight;
                self.rows[item as usize].take();
            }
        }
    }

    /// What a group says about its pairs; 0 for those that do not count.
    fn weigh(&self, groups: &Groups, group: u32) -> f64 {
        match groups.members(group).len() {
            0 => 0.0,
            size if size > LARGEST_GROUP => 0.0,
            size => {
                let newer = groups.began(group) - self.epoch;
                self.measure.size_discount(size) * growth(newer, HALF_LIFE_DAYS)
            }
        }
    }

    /// What the item occurs with, best first, at most 200.
    pub(crate) fn row(&self, groups: &Groups, item: Item) -> Arc<[Neighbour]> {
        self.rows[item as usize].get_or_init(|| self.add_up(groups, item).into()).clone()
    }

    fn add_up(&self, groups: &Groups, item: Item) -> Vec<Neighbour> {
        let found = SUMS.with_borrow_mut(|sums| {
            sums.resize(self.totals.len().max(sums.len()), (0.0, 0));
            let mut touched = Vec::new();
            for &group in groups.groups_of(item).iter().rev().take(LATEST_GROUPS) {
                let weight = self.weigh(groups, group);
                let members = if weight > 0.0 { groups.members(group) } else { &[] };
                for &other in members.iter().filter(|other| **other != item) {
                    let sum = &mut sums[other as usize];
                    if sum.1 == 0 {
                        touched.push(other);
                    }
                    *sum = (sum.0 + weight, sum.1 + 1);
                }
            }
            let take = |other: Item| (other, std::mem::take(&mut sums[other as usize]));
            touched.into_iter().map(take).collect::<Vec<_>>()
        });
        let mut row: Vec<Neighbour> = found
            .into_iter()
            .map(|(other, (sum, count))| {
                let score = self.score(groups, item, other, sum, count);
                Neighbour { item: other, score: score as f32, count }
            })
            .collect();
        let order =
            |a: &Neighbour, b: &Neighbour| compare_ranked(&(a.item, a.score), &(b.item, b.score));
        if row.len() > KEPT {
            row.select_nth_unstable_by(KEPT, order);
            row.truncate(KEPT);
        }
        row.sort_unstable_by(order);
        row
    }

    fn score(&self, groups: &Groups, item: Item, other: Item, sum: f64, count: u32) -> f64 {
        // A total is never below what both share, whatever rounding did to it.
        let total = |item: Item| self.totals[item as usize].max(sum);
        match self.measure {
            Measure::BoughtTogether => {
                let idf = (groups.len() as f64 / groups.groups_of(other).len() as f64).ln_1p();
                sum / total(item) * idf * (f64::from(count) / FULL_SUPPORT).min(1.0)
            }
            // The square roots are taken one by one: the product of two old totals underflows.
            Measure::Cosine => sum / total(item).sqrt() / total(other).sqrt(),
        }
    }
}

thread_local! {
    /// Sums of weights and counts while a row is added up; all zero between.
    static SUMS: RefCell<Vec<(f64, u32)>> = const { RefCell::new(Vec::new()) };
}

#[cfg(test)]
mod tests {
    use super::{super::DAY, *};

    struct Baskets {
        groups: Groups,
        rows: CoOccurrence,
    }

    impl Baskets {
        fn new(measure: Measure, item_count: usize) -> Self {
            let groups = Groups::of(item_count);
            Self { groups, rows: CoOccurrence::new(measure, item_count, 0) }
        }

        /// Baskets of the same day.
        fn of(baskets: &[&[Item]], measure: Measure, item_count: usize) -> Self {
            let mut all = Self::new(measure, item_count);
            for (key, items) in (0..).zip(baskets) {
                items.iter().for_each(|item| all.add(key, 0, *item));
            }
            all
        }

        fn add(&mut self, key: u64, at: i64, item: Item) {
            let group = self.groups.open(key, at);
            self.rows.forget(&self.groups, group);
            self.groups.insert(group, item);
            self.rows.learn(&self.groups, group);
        }

        fn row(&self, item: Item) -> Arc<[Neighbour]> {
            self.rows.row(&self.groups, item)
        }

        fn order(&self, item: Item) -> Vec<Item> {
            self.row(item).iter().map(|other| other.item).collect()
        }
    }

    #[test]
    fn what_is_bought_together_more_often_comes_first_and_is_counted() {
        let baskets: [&[Item]; 6] = [&[0, 1], &[0, 1], &[0, 1], &[0, 2], &[3, 2], &[3, 4]];
        let baskets = Baskets::of(&baskets, Measure::BoughtTogether, 5);
        assert_eq!(baskets.order(0), [1, 2]);
        assert_eq!(baskets.row(0)[0].count, 3);
        assert!(baskets.order(4) == [3], "the item itself is never its neighbour");
    }

    #[test]
    fn a_basket_counts_at_once_in_the_lists_of_all_that_is_in_it() {
        let mut baskets = Baskets::of(&[&[0, 1], &[2, 3]], Measure::BoughtTogether, 4);
        assert_eq!((baskets.order(0), baskets.order(3)), (vec![1], vec![2]));
        for key in 10..13 {
            baskets.add(key, 0, 3);
            baskets.add(key, 0, 0);
        }
        assert_eq!((baskets.order(0), baskets.order(3)), (vec![3, 1], vec![0, 2]));
    }

    #[test]
    fn a_rare_companion_beats_one_that_is_in_every_basket() {
        let baskets: [&[Item]; 8] =
            [&[0, 1, 9], &[0, 1, 9], &[0, 1, 9], &[2, 9], &[3, 9], &[4, 9], &[5, 9], &[6, 9]];
        assert_eq!(Baskets::of(&baskets, Measure::BoughtTogether, 10).order(0), [1, 9]);
    }

    #[test]
    fn a_small_basket_says_more_than_a_large_one() {
        let baskets: [&[Item]; 2] = [&[0, 1], &[0, 2, 3, 4, 5, 6, 7, 8]];
        assert_eq!(Baskets::of(&baskets, Measure::Cosine, 9).order(0)[0], 1);
    }

    #[test]
    fn equals_come_by_number() {
        let baskets = Baskets::of(&[&[2, 0, 1]], Measure::Cosine, 3);
        assert_eq!(baskets.order(0), [1, 2]);
        assert!((baskets.row(0)[0].score - 1.0).abs() < 1e-6, "always together is cosine 1");
    }

    #[test]
    fn a_basket_of_ninety_days_ago_counts_half() {
        let mut baskets = Baskets::new(Measure::Cosine, 3);
        let later = 90 * DAY;
        for (key, at, item) in [(1, 0, 0), (1, 0, 1), (2, later, 0), (2, later, 2)] {
            baskets.add(key, at, item);
        }
        assert_eq!(baskets.order(0), [2, 1]);
        let row = baskets.row(0);
        let ratio = row[0].score / row[1].score;
        assert!((ratio - 2f32.sqrt()).abs() < 1e-4, "{ratio}");
    }

    #[test]
    fn a_basket_of_hundreds_says_nothing_about_pairs() {
        let huge: Vec<Item> = (0..301).collect();
        let baskets = Baskets::of(&[&huge, &[1, 2]], Measure::Cosine, 301);
        assert!(baskets.row(0).is_empty());
        assert_eq!(baskets.order(1), [2]);
    }
}
