use std::{collections::HashMap, sync::Arc};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Arm, Experiment};
use crate::{
    knowledge::Assortment,
    model::{Model, Trained},
    recommendation::Surface,
    rule::Merchandise,
};

/// The experiments that are running, in terms of items.
#[derive(Debug, Default)]
pub(crate) struct Running {
    by_surface: HashMap<Surface, Arc<Experiment>>,
    models: HashMap<Uuid, Arc<Model>>,
}

/// What one visitor is shown.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(crate) experiment: Arc<Experiment>,
    /// Number of the arm.
    place: usize,
}

impl Running {
    /// Of experiments, with the models of their arms.
    pub(crate) fn compile(
        experiments: &[Arc<Experiment>],
        models: &HashMap<Uuid, Arc<Trained>>,
        assortment: &Assortment,
    ) -> Self {
        let mut running = Self::default();
        for experiment in experiments {
            for surface in &experiment.surfaces.0 {
                running.by_surface.insert(*surface, experiment.clone());
            }
        }
        let apply =
            |(id, trained): (&Uuid, &Arc<Trained>)| (*id, Arc::new(trained.apply(assortment)));
        running.models = models.iter().map(apply).collect();
        running
    }

    /// The arm of a visitor, always the same; `None` where nothing is tried.
    pub(crate) fn assign(&self, surface: Surface, visitor: &str) -> Option<Assigned> {
        let experiment = self.by_surface.get(&surface)?;
        let place = choose(experiment.code.as_str(), &experiment.arms, visitor);
        Some(Assigned { experiment: experiment.clone(), place })
    }

    /// What the arm answers with instead of this model and these rules.
    pub(crate) fn apply(
        &self,
        assigned: &Assigned,
        model: Arc<Model>,
        rules: Arc<Merchandise>,
    ) -> (Arc<Model>, Arc<Merchandise>) {
        let arm = assigned.arm();
        let own = arm.model.and_then(|id| self.models.get(&id)).cloned();
        let mut model = own.unwrap_or(model);
        if let Some(weights) = arm.weights {
            model = Arc::new(Model { weights, ..Model::clone(&model) });
        }
        (model, if arm.rules { rules } else { Arc::default() })
    }
}

impl Assigned {
    pub(crate) fn arm(&self) -> &Arm {
        &self.experiment.arms[self.place]
    }
}

/// Where a visitor falls: by a hash, so that every replica says the same at any time, and another
/// experiment splits them anew.
fn choose(experiment: &str, arms: &[Arm], visitor: &str) -> usize {
    let sum =
        Sha256::new().chain_update(experiment).chain_update([0]).chain_update(visitor).finalize();
    let number = sum[..8].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let total: u64 = arms.iter().map(|arm| u64::from(arm.weight)).sum();
    let mut point = number % total.max(1);
    for (place, arm) in arms.iter().enumerate() {
        match point.checked_sub(arm.weight.into()) {
            Some(rest) => point = rest,
            None => return place,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use types::RuleCode;

    use super::*;

    #[test]
    fn visitors_are_split_by_weight_and_stay_where_they_are() {
        let arm = |code: &str, weight| Arm {
            code: RuleCode::parse(code).unwrap(),
            weight,
            model: None,
            weights: None,
            rules: true,
        };
        let arms = [arm("a", 1), arm("b", 3)];
        let visitors: Vec<String> = (0..4_000).map(|number| format!("visitor-{number}")).collect();
        let chosen: Vec<usize> = visitors.iter().map(|v| choose("one", &arms, v)).collect();
        let of_b = chosen.iter().sum::<usize>();
        assert!((2_900..3_100).contains(&of_b), "{of_b}");
        assert!(visitors.iter().zip(&chosen).all(|(v, arm)| choose("one", &arms, v) == *arm));
        let moved =
            visitors.iter().zip(&chosen).filter(|(v, arm)| choose("two", &arms, v) != **arm);
        assert!(moved.count() > 1_000, "another experiment splits them anew");
    }
}
