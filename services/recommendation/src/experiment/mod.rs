//! Experiments: visitors are split between ways of recommending, and what they do afterwards is counted.

pub(crate) mod api;
mod exposure;
mod outcome;
mod running;
pub(crate) mod store;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use problem::{Result, Rules};
use serde::{Deserialize, Serialize};
use types::RuleCode;
use uuid::Uuid;

use crate::{
    learning::regulars::Weights,
    recommendation::{Surface, Surfaces},
};

pub(crate) use exposure::{Exposures, keep_exposures};
pub(crate) use running::{Assigned, Running};

const MAX_WEIGHT: u32 = 1_000;

/// A way of recommending that is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExperimentArm)]
pub(crate) struct Arm {
    /// Names it within the experiment.
    pub(crate) code: RuleCode,
    /// Its share of the visitors, against the weights of the other arms.
    #[schema(minimum = 1, maximum = 1000)]
    #[serde(default = "one")]
    pub(crate) weight: u32,
    /// The model that answers; the active one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<Uuid>,
    /// By what lists for a customer are weighed; as the model says if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weights: Option<Weights>,
    /// Whether rules of merchandising apply.
    #[serde(default = "yes")]
    pub(crate) rules: bool,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// An experiment as staff begin it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExperiment {
    /// Names it for ever.
    pub(crate) code: RuleCode,
    /// What staff read.
    #[schema(min_length = 1, max_length = 200, example = "Without rules of merchandising")]
    pub(crate) name: String,
    /// Where it takes place: at least one surface, each in one running experiment at a time.
    pub(crate) surfaces: Surfaces,
    /// 2 to 10 ways; the first is what the others are compared with.
    #[schema(min_items = 2, max_items = 10)]
    pub(crate) arms: Vec<Arm>,
}

/// An experiment.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct Experiment {
    /// Names it for ever.
    #[sqlx(try_from = "String")]
    pub(crate) code: RuleCode,
    /// What staff read.
    pub(crate) name: String,
    /// Where it takes place.
    #[sqlx(try_from = "Vec<String>")]
    pub(crate) surfaces: Surfaces,
    /// The ways that are tried.
    #[sqlx(json)]
    pub(crate) arms: Vec<Arm>,
    /// Whether visitors are being split; what was ended does not begin again.
    pub(crate) active: bool,
    /// When it began.
    pub(crate) started_at: DateTime<Utc>,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Counts its changes; also the `ETag`.
    pub(crate) version: i64,
}

impl NewExperiment {
    /// 422 with every broken rule.
    fn validate(&self) -> Result<()> {
        let mut rules = Rules::default();
        rules.text("/name", &self.name, 200);
        let Surfaces(surfaces) = &self.surfaces;
        rules.check(!surfaces.is_empty(), "/surfaces", "required", "must name a surface");
        let is_tried = !surfaces.contains(&Surface::RecentlyViewed);
        rules.check(
            is_tried,
            "/surfaces",
            "invalid_value",
            "what was viewed is no matter of taste",
        );
        let count = self.arms.len();
        rules.check((2..=10).contains(&count), "/arms", "out_of_range", "must be 2 to 10 arms");
        let codes: HashSet<&str> = self.arms.iter().map(|arm| arm.code.as_str()).collect();
        rules.check(codes.len() == count, "/arms", "conflict", "each arm has a code of its own");
        for (place, arm) in self.arms.iter().enumerate() {
            let detail = format!("must be within 1 and {MAX_WEIGHT}");
            let is_weight = (1..=MAX_WEIGHT).contains(&arm.weight);
            rules.check(is_weight, &format!("/arms/{place}/weight"), "out_of_range", &detail);
            let weights = arm.weights.unwrap_or_default();
            let is_share = [weights.companions, weights.popularity]
                .iter()
                .all(|weight| (0.0..=10.0).contains(weight));
            let detail = "must be within 0 and 10";
            rules.check(is_share, &format!("/arms/{place}/weights"), "out_of_range", detail);
        }
        rules.done()
    }
}
