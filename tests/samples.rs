use std::time::Duration;

/// Times of single requests.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Adds the time of one more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// All of these together, in order: what percentiles need.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut times: Vec<Duration> = parts.into_iter().flat_map(|part| part.0).collect();
        times.sort_unstable();
        Self(times)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time within which this share of them came, in milliseconds; of joined samples.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let time = self.0.get((last as f64 * share).round() as usize).copied();
        time.unwrap_or_default().as_secs_f64() * 1e3
    }
}
