//! How well lists foretell.

use std::{collections::HashSet, fmt, time::Duration};

/// Sums over questions.
#[derive(Debug, Default)]
pub(crate) struct Score {
    questions: u32,
    recall: f64,
    ndcg: f64,
    hits: f64,
    reciprocal_rank: f64,
    /// How long each answer took.
    pub took: Vec<Duration>,
}

impl Score {
    /// Counts a list, best first, of which the first `depth` are looked at.
    pub(crate) fn add(&mut self, list: &[String], targets: &[String], depth: usize) {
        let targets: HashSet<&String> = targets.iter().collect();
        let hits: Vec<usize> = list
            .iter()
            .take(depth)
            .enumerate()
            .filter(|(_, sku)| targets.contains(sku))
            .map(|(place, _)| place)
            .collect();
        self.questions += 1;
        self.recall += hits.len() as f64 / targets.len() as f64;
        self.ndcg += discounted(hits.iter().copied()) / discounted(0..targets.len().min(depth));
        self.hits += f64::from(u8::from(hits.first().is_some_and(|place| *place < 10)));
        self.reciprocal_rank += hits.first().map_or(0.0, |place| 1.0 / (*place as f64 + 1.0));
    }
}

fn discounted(places: impl Iterator<Item = usize>) -> f64 {
    places.map(|place| 1.0 / (place as f64 + 2.0).log2()).sum()
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mean = |sum: f64| sum / f64::from(self.questions.max(1));
        let mut took = self.took.clone();
        took.sort_unstable();
        let median = took.get(took.len() / 2).map_or(0.0, |took| took.as_secs_f64() * 1000.0);
        write!(
            f,
            "{:>9} {:>9.4} {:>8.4} {:>7.3} {:>7.3} {:>8.2}",
            self.questions,
            mean(self.recall),
            mean(self.ndcg),
            mean(self.hits),
            mean(self.reciprocal_rank),
            median
        )
    }
}
