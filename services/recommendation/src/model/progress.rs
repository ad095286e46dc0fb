use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::learning::Cancelled;

/// What a training is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrainingStep)]
pub(crate) enum Step {
    /// Fits a model to all but the newest baskets.
    FitCandidate,
    /// Looks for the weights that foretell the newest baskets best.
    Tune,
    /// Measures the candidate, and the active model beside it.
    Measure,
    /// Fits the model to all baskets.
    Fit,
}

impl Step {
    /// As it is written in the database and on the wire.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::FitCandidate => "fit_candidate",
            Self::Tune => "tune",
            Self::Measure => "measure",
            Self::Fit => "fit",
        }
    }

    /// The share of a training that is done when the step begins, and when it ends.
    fn range(self) -> (f32, f32) {
        match self {
            Self::FitCandidate => (0.0, 0.4),
            Self::Tune => (0.4, 0.5),
            Self::Measure => (0.5, 0.6),
            Self::Fit => (0.6, 1.0),
        }
    }
}

/// How far a training is, as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TrainingProgress)]
pub(crate) struct Progress {
    /// When it began.
    pub(crate) started_at: DateTime<Utc>,
    /// What it is doing.
    pub(crate) step: Step,
    /// The share of it that is done.
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) fraction: f32,
}

/// Between who trains and who tells of it.
#[derive(Debug)]
pub(super) struct Stage {
    now: Mutex<(Step, f32)>,
    is_cancelled: AtomicBool,
}

impl Default for Stage {
    fn default() -> Self {
        Self { now: Mutex::new((Step::FitCandidate, 0.0)), is_cancelled: AtomicBool::new(false) }
    }
}

impl Stage {
    /// Notes that this share of the step is done, unless somebody ended the training.
    pub(super) fn tell(&self, step: Step, share: f32) -> Result<(), Cancelled> {
        let (start, end) = step.range();
        *self.now.lock() = (step, start + (end - start) * share);
        if self.is_cancelled.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    /// What was noted last.
    pub(super) fn now(&self) -> (Step, f32) {
        *self.now.lock()
    }

    /// Ends the training where it next tells how far it is.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}
