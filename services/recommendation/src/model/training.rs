use std::{sync::Arc, time::Instant};

use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Comparison, Model, Summary, store, trained::StoredLinear};
use crate::{
    learning::{
        baskets::Basket,
        linear::LinearModel,
        quality::{Quality, Replay, split},
        regulars::Weights,
    },
    recommender::Serving,
};

/// So many new baskets, or one in fifty, are worth a new model.
const LEAST_NEW_BASKETS: usize = 50;
const NEW_SHARE: usize = 50;

/// Whether enough was bought since a model was trained last: one that was held back is not tried again
/// on the same orders.
pub(crate) async fn is_due(db: &PgPool, serving: &Serving) -> Result<bool> {
    let through = store::find_last_trained_through(db).await?;
    let through = through.map_or(i64::MIN, |at| at.timestamp());
    let (all, new) = serving.view().knowledge.count_baskets(through);
    Ok(new >= LEAST_NEW_BASKETS.max(all / NEW_SHARE))
}

/// Trains a model, compares it with the active one, and activates it unless it is worse. One replica
/// trains at a time; others wait.
pub(crate) async fn train(db: &PgPool, serving: Arc<Serving>) -> Result<Summary> {
    let mut transaction = db.begin().await?;
    store::lock(&mut *transaction).await?;
    let active_through = store::find_trained_through(&mut *transaction).await?;
    let active_through = active_through.map_or(i64::MAX, |at| at.timestamp());
    let task = tokio::task::spawn_blocking(move || Session::of(&serving).train(active_through));
    let (mut summary, linear) = task.await.map_err(Problem::internal)?;
    let is_worse = summary.comparison.as_ref().is_some_and(Comparison::is_worse);
    store::insert(&mut *transaction, &summary, &linear).await?;
    if !is_worse {
        store::activate(&mut transaction, summary.model_id).await?;
        summary.active = true;
    }
    store::delete_oldest(&mut transaction).await?;
    transaction.commit().await?;
    metrics::histogram!("recommendation_training_duration_seconds")
        .record(summary.took_ms as f64 / 1000.0);
    tracing::info!(
        model.id = %summary.model_id,
        took_ms = summary.took_ms,
        baskets = summary.baskets,
        active = summary.active,
        "trained"
    );
    Ok(summary)
}

/// A training under way.
struct Session<'a> {
    started: Instant,
    serving: &'a Serving,
    baskets: Vec<Basket>,
    summary: Summary,
    active: Arc<Model>,
}

impl<'a> Session<'a> {
    fn of(serving: &'a Serving) -> Self {
        let view = serving.view();
        let baskets = view.knowledge.baskets();
        let newest = baskets.last().and_then(|basket| DateTime::from_timestamp(basket.at, 0));
        let summary = Summary {
            model_id: Uuid::now_v7(),
            trained_at: Utc::now(),
            took_ms: 0,
            products: serving.assortment.len() as i64,
            interactions: view.knowledge.interaction_count() as i64,
            baskets: baskets.len() as i64,
            sessions: view.knowledge.visits().len() as i64,
            customers: view.knowledge.customer_count() as i64,
            trained_through: newest,
            metrics: None,
            weights: None,
            comparison: None,
            active: false,
            available: true,
        };
        Self { started: Instant::now(), active: view.model.clone(), serving, baskets, summary }
    }

    /// `active_through`: when the newest basket was bought that the active model was trained on.
    fn train(mut self, active_through: i64) -> (Summary, StoredLinear) {
        let item_count = self.serving.assortment.len();
        let mut linear = LinearModel::default();
        // Below that nothing shows whether it does any good.
        if let Some(split) = split(&self.baskets) {
            let replay = Replay::new(&self.baskets, split, item_count);
            let candidate = LinearModel::fit(replay.known, item_count);
            let weights = replay.tune(&candidate);
            self.summary.metrics = Some(replay.measure(&candidate, weights, i64::MIN));
            self.summary.weights = Some(weights);
            self.summary.comparison = self.compare(&replay, &candidate, weights, active_through);
            linear = LinearModel::fit(&self.baskets, item_count);
        }
        self.summary.took_ms =
            i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        (self.summary, StoredLinear::new(&linear, &self.serving.assortment))
    }

    /// Both models on orders that neither knows.
    fn compare(
        &self,
        replay: &Replay<'_>,
        candidate: &LinearModel,
        weights: Weights,
        active_through: i64,
    ) -> Option<Comparison> {
        let measure = |linear, weights| replay.measure(linear, weights, active_through);
        let active = measure(&self.active.linear, self.active.weights);
        let candidate = measure(candidate, weights);
        let is_empty =
            |quality: &Quality| quality.held_out_baskets + quality.returning_customers == 0;
        let with = self.active.id?;
        (!is_empty(&active)).then_some(Comparison { with, active, candidate })
    }
}
