use std::cmp::Ordering;

use super::{DAY, Item, growth};

/// Interest of two weeks ago counts half.
const LONG_DAYS: f64 = 14.0;
/// For what rises: interest of yesterday counts half.
const SHORT_DAYS: f64 = 1.0;
/// What is older weighs less than a hundredth and is not looked at.
const HORIZON_SECONDS: i64 = 100 * DAY;
/// Interest that every item is taken to have had, so that one buyer is no trend.
const PRIOR: f64 = 2.0;
/// Standard deviations above the usual interest at which an item counts twice.
const FULL_RISE: f64 = 4.0;

/// What is asked for: by two half-lives, so that what rises is told from what is always there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Popularity {
    /// The time at which a sign of interest weighs what its kind says: later ones weigh more.
    epoch: i64,
    long: Vec<f64>,
    short: Vec<f64>,
    ranking: Ranking,
}

/// What is popular at one time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranking {
    /// Interest in the most popular item.
    most: f64,
    items: Vec<Item>,
}

impl Popularity {
    /// No interest yet, in this many items. The epoch is in seconds since 1970.
    pub(crate) fn new(item_count: usize, epoch: i64) -> Self {
        let none = vec![0.0; item_count];
        Self { epoch, long: none.clone(), short: none, ..Self::default() }
    }

    /// Counts a sign of interest at a time; with a negative weight it counts no more.
    pub(crate) fn count(&mut self, item: Item, at: i64, weight: f64) {
        let newer = at - self.epoch;
        if newer >= -HORIZON_SECONDS {
            add(&mut self.long[item as usize], weight * growth(newer, LONG_DAYS));
            add(&mut self.short[item as usize], weight * growth(newer, SHORT_DAYS));
        }
    }

    /// All items in order as they stand at `now`: what is popular, rising things up to twice as high as
    /// they are; then those without any interest, newest first.
    pub(crate) fn rank(&self, now: i64) -> Ranking {
        let newer = now - self.epoch;
        let (long_unit, short_unit) = (growth(newer, LONG_DAYS), growth(newer, SHORT_DAYS));
        let score = |item: Item| {
            let (long, short) = (self.long[item as usize], self.short[item as usize]);
            (item, trend(long / long_unit, short / short_unit) as f32)
        };
        // Little changed since the last time: what is in order already is merged, not sorted.
        let mut ranked: Vec<(Item, f32)> = match &self.ranking.items[..] {
            [] => (0..self.long.len() as Item).map(score).collect(),
            last => last.iter().copied().map(score).collect(),
        };
        ranked.sort_by(compare_interest);
        let most = self.long.iter().copied().fold(0.0, f64::max);
        Ranking { most, items: ranked.into_iter().map(|(item, _)| item).collect() }
    }

    /// Goes by this ranking from now on.
    pub(crate) fn set_ranking(&mut self, ranking: Ranking) {
        self.ranking = ranking;
    }

    /// All items in the order of the last ranking.
    pub(crate) fn ranking(&self) -> &[Item] {
        &self.ranking.items
    }

    /// Interest in an item as a share of the interest in the most popular one.
    pub(crate) fn share(&self, item: Item) -> f32 {
        let most = self.ranking.most;
        if most > 0.0 { (self.long[item as usize] / most).min(1.0) as f32 } else { 0.0 }
    }
}

fn add(sum: &mut f64, weight: f64) {
    *sum += weight;
    // What rounding leaves is no interest.
    if *sum < weight.abs() * 1e-9 {
        *sum = 0.0;
    }
}

/// Most interest first; of none, the newest, as ids of products grow with time.
fn compare_interest(a: &(Item, f32), b: &(Item, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then_with(|| if a.1 > 0.0 { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) })
}

/// Interest of the last weeks, doubled where that of the last days is far above what it lets expect.
fn trend(long: f64, short: f64) -> f64 {
    let expected = long * SHORT_DAYS / LONG_DAYS;
    let deviation = (short - expected) / (expected + PRIOR).sqrt();
    long * (1.0 + (deviation / FULL_RISE).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn popularity(signs: &[(Item, i64)], item_count: usize) -> Popularity {
        let mut popularity = Popularity::new(item_count, 0);
        for &(item, days_ago) in signs {
            popularity.count(item, -days_ago * DAY, 1.0);
        }
        popularity.set_ranking(popularity.rank(0));
        popularity
    }

    #[test]
    fn new_interest_beats_more_but_older_interest() {
        let popularity = popularity(&[(0, 28), (0, 28), (0, 28), (1, 0), (2, 200)], 4);
        assert_eq!(popularity.ranking(), [1, 0, 3, 2], "without interest: newest first");
        assert!((popularity.share(0) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn what_rises_passes_what_is_always_asked_for() {
        let steady = (0..40).flat_map(|day| [(0, day); 4]);
        let risen = [(1, 0); 48];
        let signs: Vec<_> = steady.chain(risen).collect();
        let popularity = popularity(&signs, 2);
        assert!(popularity.share(1) < 1.0, "there is less interest in it altogether");
        assert_eq!(popularity.ranking(), [1, 0]);
    }

    #[test]
    fn a_ranking_does_not_depend_on_the_one_before() {
        let mut random = 1u32;
        let mut signs: Vec<(Item, i64)> = Vec::new();
        let mut grown = popularity(&[], 50);
        for _ in 0..20 {
            for _ in 0..7 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let sign = ((random >> 8) % 40, i64::from(random >> 24) % 30);
                grown.count(sign.0, -sign.1 * DAY, 1.0);
                signs.push(sign);
            }
            grown.set_ranking(grown.rank(0));
            assert_eq!(grown.ranking(), popularity(&signs, 50).ranking());
        }
    }
}
