use std::time::Duration;

/// Times of single requests.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut times: Vec<Duration> = parts.into_iter().flat_map(|part| part.0).collect();
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time within which this share of them came, in milliseconds; of joined samples.
    pub(crate) fn percentile_ms(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let time = self.0.get((last as f64 * share).round() as usize).copied();
        time.unwrap_or_default().as_secs_f64() * 1e3
    }
}
