use super::{Item, decay, groups::Groups, lists::Lists};

/// Neighbours kept per item: more changes nothing that anyone sees.
const KEPT: usize = 200;
/// A larger basket is a reseller's or a robot's and says nothing about pairs.
const LARGEST_GROUP: usize = 300;
/// A pair seen less often is trusted in proportion.
const FULL_SUPPORT: f32 = 3.0;

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

const HALF_LIFE_DAYS: f64 = 90.0;

impl Measure {
    fn size_discount(self, size: usize) -> f32 {
        match self {
            Self::BoughtTogether => 1.0 / (size as f32).sqrt(),
            Self::Cosine => 1.0 / size as f32,
        }
    }
}

/// For each of `item_count` items what it occurs with, best first.
///
/// Row by row: all groups of one item are added up in one dense array, so the memory is that of the
/// result and the order of additions, hence the result, is always the same.
pub(crate) fn co_occurrence(
    groups: &Groups,
    item_count: usize,
    measure: Measure,
) -> Lists<Neighbour> {
    let weights = weigh(groups, measure);
    let groups_of = groups.members.invert(item_count);
    let totals: Vec<f32> = groups_of
        .iter()
        .map(|groups| groups.iter().map(|&group| weights[group as usize]).sum())
        .collect();
    let norm = Norm { measure, totals, groups_of: &groups_of, group_count: groups.len() };
    let mut rows = Lists::default();
    let mut sums = vec![(0.0, 0); item_count];
    for item in 0..item_count {
        let found = add_up(groups, groups_of.get(item), &weights, &mut sums);
        let row = found.into_iter().filter(|other| other.item as usize != item);
        rows.push(best(row.map(|other| norm.apply(item, other)).collect()));
    }
    rows
}

/// Weight of each group; 0 for those that do not count.
fn weigh(groups: &Groups, measure: Measure) -> Vec<f32> {
    let newest = groups.at.last().copied().unwrap_or_default();
    let weigh_one = |(members, at): (&[Item], &i64)| match members.len() {
        0 => 0.0,
        size if size > LARGEST_GROUP => 0.0,
        size => measure.size_discount(size) * decay(newest - at, HALF_LIFE_DAYS),
    };
    groups.members.iter().zip(&groups.at).map(weigh_one).collect()
}

/// Sums weights and counts of everything in these groups; leaves `sums` zero again.
fn add_up(
    groups: &Groups,
    numbers: &[u32],
    weights: &[f32],
    sums: &mut [(f32, u32)],
) -> Vec<Neighbour> {
    let mut touched = Vec::new();
    for &number in numbers {
        let weight = weights[number as usize];
        if weight == 0.0 {
            continue;
        }
        for &item in groups.members.get(number as usize) {
            let sum = &mut sums[item as usize];
            if sum.1 == 0 {
                touched.push(item);
            }
            sum.0 += weight;
            sum.1 += 1;
        }
    }
    touched
        .into_iter()
        .map(|item| {
            let (score, count) = std::mem::take(&mut sums[item as usize]);
            Neighbour { item, score, count }
        })
        .collect()
}

/// Turns sums of weights into scores.
struct Norm<'a> {
    measure: Measure,
    /// Sum of the weights of each item's groups.
    totals: Vec<f32>,
    groups_of: &'a Lists<u32>,
    group_count: usize,
}

impl Norm<'_> {
    fn apply(&self, item: usize, mut other: Neighbour) -> Neighbour {
        let own = f64::from(self.totals[item]);
        let sum = f64::from(other.score);
        let score = match self.measure {
            Measure::BoughtTogether => {
                let baskets = self.groups_of.get(other.item as usize).len();
                let idf = (self.group_count as f64 / baskets.max(1) as f64).ln_1p();
                let support = f64::from((other.count as f32 / FULL_SUPPORT).min(1.0));
                sum / own * idf * support
            }
            // The square roots are taken one by one: the product of two old totals underflows.
            Measure::Cosine => {
                sum / own.sqrt() / f64::from(self.totals[other.item as usize]).sqrt()
            }
        };
        other.score = score as f32;
        other
    }
}

fn best(mut row: Vec<Neighbour>) -> Vec<Neighbour> {
    let order =
        |a: &Neighbour, b: &Neighbour| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item));
    if row.len() > KEPT {
        row.select_nth_unstable_by(KEPT, order);
        row.truncate(KEPT);
    }
    row.sort_unstable_by(order);
    row
}

#[cfg(test)]
mod tests {
    use super::{super::groups::Membership, *};

    /// Baskets of the same day.
    fn baskets(baskets: &[&[Item]]) -> Groups {
        let memberships = (0..).zip(baskets).flat_map(|(group, items)| {
            items.iter().map(move |&item| Membership { group, at: 0, item })
        });
        Groups::gather(memberships.collect(), usize::MAX)
    }

    fn order(rows: &Lists<Neighbour>, item: usize) -> Vec<Item> {
        rows.get(item).iter().map(|other| other.item).collect()
    }

    #[test]
    fn what_is_bought_together_more_often_comes_first_and_is_counted() {
        let groups = baskets(&[&[0, 1], &[0, 1], &[0, 1], &[0, 2], &[3, 2], &[3, 4]]);
        let rows = co_occurrence(&groups, 5, Measure::BoughtTogether);
        assert_eq!(order(&rows, 0), [1, 2]);
        assert_eq!(rows.get(0)[0].count, 3);
        assert!(order(&rows, 4) == [3], "the item itself is never its neighbour");
    }

    #[test]
    fn a_rare_companion_beats_one_that_is_in_every_basket() {
        let groups = baskets(&[
            &[0, 1, 9],
            &[0, 1, 9],
            &[0, 1, 9],
            &[2, 9],
            &[3, 9],
            &[4, 9],
            &[5, 9],
            &[6, 9],
        ]);
        assert_eq!(order(&co_occurrence(&groups, 10, Measure::BoughtTogether), 0), [1, 9]);
    }

    #[test]
    fn a_small_basket_says_more_than_a_large_one() {
        let groups = baskets(&[&[0, 1], &[0, 2, 3, 4, 5, 6, 7, 8]]);
        assert_eq!(order(&co_occurrence(&groups, 9, Measure::Cosine), 0)[0], 1);
    }

    #[test]
    fn equals_come_by_number() {
        let rows = co_occurrence(&baskets(&[&[2, 0, 1]]), 3, Measure::Cosine);
        assert_eq!(order(&rows, 0), [1, 2]);
        assert!((rows.get(0)[0].score - 1.0).abs() < 1e-6, "always together is cosine 1");
    }

    #[test]
    fn a_basket_of_ninety_days_ago_counts_half() {
        let at = 90 * super::super::DAY;
        let groups = Groups::gather(
            [(1, 0, 0), (1, 0, 1), (2, at, 0), (2, at, 2)]
                .map(|(group, at, item)| Membership { group, at, item })
                .into(),
            9,
        );
        let rows = co_occurrence(&groups, 3, Measure::Cosine);
        assert_eq!(order(&rows, 0), [2, 1]);
        let ratio = rows.get(0)[0].score / rows.get(0)[1].score;
        assert!((ratio - 2f32.sqrt()).abs() < 1e-4, "{ratio}");
    }

    #[test]
    fn a_basket_of_hundreds_says_nothing_about_pairs() {
        let huge: Vec<Item> = (0..301).collect();
        let rows = co_occurrence(&baskets(&[&huge, &[1, 2]]), 301, Measure::Cosine);
        assert!(rows.get(0).is_empty());
        assert_eq!(order(&rows, 1), [2]);
    }
}
