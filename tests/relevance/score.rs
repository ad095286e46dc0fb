//! How good an order of results is.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

/// Results that NDCG looks at.
const TOP: usize = 10;
/// From this gain on a product is what was looked for.
const GOOD: f64 = 0.66;

/// Of one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002, with gains
    /// as they are); what was not judged gains nothing.
    pub ndcg: f64,
    /// One over the place of the first good result; 0 without.
    pub reciprocal_rank: f64,
    /// Whether nothing was found.
    pub is_empty: bool,
}

impl Score {
    /// Of these results, best first. What stands there twice counts once.
    pub(crate) fn of(results: &[String], gains: &HashMap<String, f64>) -> Self {
        let mut seen = HashSet::new();
        let results: Vec<&String> = results.iter().filter(|id| seen.insert(*id)).collect();
        let gain = |id: &&String| gains.get(*id).copied().unwrap_or_default();
        let mut ideal: Vec<f64> = gains.values().copied().collect();
        ideal.sort_by(|one, other| other.total_cmp(one));
        let best = ideal.first().copied().unwrap_or_default();
        let good = GOOD.min(best);
        let first = results.iter().zip(1_u32..).find(|(id, _)| gain(id) >= good);
        Self {
            ndcg: discounted(results.iter().map(gain)) / discounted(ideal.iter().copied()),
            reciprocal_rank: first.map_or(0.0, |(_, place)| 1.0 / f64::from(place)),
            is_empty: results.is_empty(),
        }
    }
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains.take(TOP).zip(1_u32..).map(|(gain, place)| gain / f64::from(place + 1).log2()).sum()
}

/// Means over the queries of a set.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    queries: u32,
    ndcg: f64,
    reciprocal_rank: f64,
    empty: u32,
}

impl Summary {
    /// Counts a query.
    pub(crate) fn add(&mut self, score: &Score) {
        self.queries += 1;
        self.ndcg += score.ndcg;
        self.reciprocal_rank += score.reciprocal_rank;
        self.empty += u32::from(score.is_empty);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queries = f64::from(self.queries.max(1));
        let (ndcg, rank) = (self.ndcg / queries, self.reciprocal_rank / queries);
        let empty = 100.0 * f64::from(self.empty) / queries;
        write!(f, "{:>7} {ndcg:>7.3} {rank:>7.3} {empty:>6.1}%", self.queries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(results: &[&str]) -> Score {
        let gains = [("a", 1.0), ("b", 0.5), ("c", 0.0)].map(|(id, gain)| (id.to_owned(), gain));
        let results: Vec<String> = results.iter().map(|id| (*id).to_owned()).collect();
        Score::of(&results, &gains.into())
    }

    #[test]
    fn the_best_order_scores_one_and_a_worse_one_less() {
        assert!((score(&["a", "b", "c"]).ndcg - 1.0).abs() < 1e-9);
        let swapped = score(&["b", "a"]);
        assert!(
            (swapped.ndcg - (0.5 + 1.0 / 3_f64.log2()) / (1.0 + 0.5 / 3_f64.log2())).abs() < 1e-9
        );
        assert!((swapped.reciprocal_rank - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_was_not_judged_gains_nothing_and_a_double_counts_once() {
        assert!(score(&["x", "a"]).ndcg < score(&["a"]).ndcg);
        assert_eq!(score(&["a", "a", "b"]), score(&["a", "b"]));
        assert!(score(&[]).is_empty);
    }
}
