use serde::Serialize;
use sqlx::FromRow;

/// 95 % of a normal distribution lie within so many deviations.
const DEVIATIONS: f64 = 1.959_964;

/// How an arm does.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct ArmOutcome {
    /// Code of the arm.
    pub(crate) arm: String,
    /// Visitors who were shown its lists.
    pub(crate) visitors: i64,
    /// Share of them who clicked in a list afterwards.
    pub(crate) click_through: Share,
    /// Share of them who bought something afterwards.
    pub(crate) conversion: Share,
}

/// A share with the interval in which it truly lies with 95 % confidence (Wilson, Probable Inference,
/// JASA 1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Share {
    /// How many did.
    pub(crate) count: i64,
    /// The share; 0 where nobody was there.
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) rate: f64,
    /// Lower end of the interval.
    pub(crate) low: f64,
    /// Upper end of the interval.
    pub(crate) high: f64,
}

/// What was counted.
#[derive(Debug, FromRow)]
pub(super) struct Counts {
    arm: String,
    visitors: i64,
    clickers: i64,
    buyers: i64,
}

impl Counts {
    /// The outcome of an arm that nobody was shown yet.
    pub(super) fn none(arm: &str) -> Self {
        Self { arm: arm.to_owned(), visitors: 0, clickers: 0, buyers: 0 }
    }

    pub(super) fn is_of(&self, arm: &str) -> bool {
        self.arm == arm
    }
}

impl From<Counts> for ArmOutcome {
    fn from(counts: Counts) -> Self {
        Self {
            click_through: Share::of(counts.clickers, counts.visitors),
            conversion: Share::of(counts.buyers, counts.visitors),
            visitors: counts.visitors,
            arm: counts.arm,
        }
    }
}

impl Share {
    fn of(count: i64, all: i64) -> Self {
        if all == 0 {
            return Self { count, rate: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, rate) = (all as f64, count as f64 / all as f64);
        let square = DEVIATIONS * DEVIATIONS;
        let middle = (rate + square / (2.0 * n)) / (1.0 + square / n);
        let width = DEVIATIONS / (1.0 + square / n)
            * (rate * (1.0 - rate) / n + square / (4.0 * n * n)).sqrt();
        let round = |value: f64| (value.clamp(0.0, 1.0) * 1e6).round() / 1e6;
        Self { count, rate: round(rate), low: round(middle - width), high: round(middle + width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_in_the_interval_that_is_known_for_it() {
        // 81 of 263, an example of Newcombe, Statistics in Medicine 1998.
        let share = Share::of(81, 263);
        assert!((share.low - 0.2553).abs() < 1e-4 && (share.high - 0.3662).abs() < 1e-4);
        let none = Share::of(0, 20);
        assert_eq!((none.rate, none.low), (0.0, 0.0));
        assert!((none.high - 0.1611).abs() < 1e-4);
        assert_eq!((Share::of(0, 0).low, Share::of(0, 0).high), (0.0, 1.0));
    }
}
