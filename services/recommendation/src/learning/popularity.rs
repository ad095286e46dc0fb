use super::{DAY, Item, decay, sort_ranked};

/// Interest of two weeks ago counts half.
const HALF_LIFE_DAYS: f64 = 14.0;
/// What is older weighs less than a hundredth and is not looked at.
pub(crate) const HORIZON_SECONDS: i64 = 100 * DAY;

/// One sign of interest in an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sign {
    /// The item.
    pub(crate) item: Item,
    /// When, in seconds since 1970.
    pub(crate) at: i64,
    /// What it weighs when it is new.
    pub(crate) weight: f32,
}

/// What is popular now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Popularity {
    /// Decayed interest in each item.
    pub(crate) score: Vec<f32>,
    /// All items, most popular first; those without any interest last, newest first.
    pub(crate) ranking: Vec<Item>,
}

impl Popularity {
    /// Adds up signs of interest, as they stand at `now`.
    pub(crate) fn measure(signs: &[Sign], item_count: usize, now: i64) -> Self {
        let mut score = vec![0.0; item_count];
        for sign in signs.iter().filter(|sign| now - sign.at <= HORIZON_SECONDS) {
            score[sign.item as usize] += sign.weight * decay(now - sign.at, HALF_LIFE_DAYS);
        }
        let mut ranked: Vec<(Item, f32)> = (0..).zip(score.iter().copied()).collect();
        sort_ranked(&mut ranked);
        let known = ranked.partition_point(|(_, score)| *score > 0.0);
        // Ids of products grow with time.
        ranked[known..].reverse();
        Self { score, ranking: ranked.into_iter().map(|(item, _)| item).collect() }
    }

    /// Interest in an item as a share of the interest in the most popular one.
    pub(crate) fn share(&self, item: Item) -> f32 {
        let most = self.ranking.first().map_or(0.0, |&first| self.score[first as usize]);
        if most > 0.0 { self.score[item as usize] / most } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_interest_beats_more_but_older_interest() {
        let sign = |item, days_ago: i64| Sign { item, at: -days_ago * DAY, weight: 1.0 };
        let signs = [sign(0, 28), sign(0, 28), sign(0, 28), sign(1, 0), sign(2, 200)];
        let popularity = Popularity::measure(&signs, 4, 0);
        assert_eq!(popularity.ranking, [1, 0, 3, 2], "without interest: newest first");
        assert!((popularity.share(0) - 0.75).abs() < 1e-6);
    }
}
