use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::PgPool;
use tokio::task::{JoinError, JoinHandle};
use uuid::Uuid;

use super::{
    Comparison, Model, Status, Summary,
    progress::{Stage, Step},
    store,
    trained::StoredLinear,
};
use crate::{
    learning::{
        Cancelled,
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
/// How often a training tells how far it is, and looks whether somebody wants it to end.
const REPORT: Duration = Duration::from_millis(500);

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
    store::end_interrupted(db).await?;
    let active_through = store::find_trained_through(&mut *transaction).await?;
    let active_through = active_through.map_or(i64::MAX, |at| at.timestamp());
    let stage = Arc::new(Stage::default());
    let session = Session::of(serving, stage.clone());
    let id = session.summary.model_id;
    store::start(db, &session.summary).await?;
    let task = tokio::task::spawn_blocking(move || session.train(active_through));
    let trained = report_until_done(db, id, &stage, task).await;
    let finished = match trained {
        Ok(Ok((mut summary, linear))) => {
            let is_finished = store::finish(&mut *transaction, &summary, &linear).await?;
            summary.status = Status::Trained;
            is_finished.then_some(summary)
        }
        Ok(Err(Cancelled)) => None,
        Err(panic) => {
            store::end(db, id, Status::Interrupted).await?;
            return Err(Problem::internal(panic));
        }
    };
    let Some(mut summary) = finished else {
        store::end(db, id, Status::Cancelled).await?;
        return Err(Problem::conflict("training_cancelled", "somebody ended this training"));
    };
    if !summary.comparison.as_ref().is_some_and(Comparison::is_worse) {
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

/// Tells how far a training is, and ends it where somebody wants that.
async fn report_until_done<T>(
    db: &PgPool,
    id: Uuid,
    stage: &Stage,
    mut task: JoinHandle<T>,
) -> Result<T, JoinError> {
    let mut every = tokio::time::interval(REPORT);
    loop {
        tokio::select! {
            done = &mut task => return done,
            _ = every.tick() => match store::report(db, id, stage.now()).await {
                Ok(true) => stage.cancel(),
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "cannot tell how far the training is"),
            },
        }
    }
}

/// A training under way.
struct Session {
    started: Instant,
    serving: Arc<Serving>,
    stage: Arc<Stage>,
    baskets: Vec<Basket>,
    summary: Summary,
    active: Arc<Model>,
}

impl Session {
    fn of(serving: Arc<Serving>, stage: Arc<Stage>) -> Self {
        let view = serving.view();
        let baskets = view.knowledge.baskets();
        let newest = baskets.last().and_then(|basket| DateTime::from_timestamp(basket.at, 0));
        let summary = Summary {
            model_id: Uuid::now_v7(),
            status: Status::Running,
            progress: None,
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
        let active = view.model.clone();
        drop(view);
        Self { started: Instant::now(), active, serving, stage, baskets, summary }
    }

    /// `active_through`: when the newest basket was bought that the active model was trained on.
    fn train(mut self, active_through: i64) -> Result<(Summary, StoredLinear), Cancelled> {
        let stage = self.stage.clone();
        let watch = |step| {
            let stage = &stage;
            move |share| stage.tell(step, share)
        };
        let item_count = self.serving.assortment.len();
        let mut linear = LinearModel::default();
        // Below that nothing shows whether it does any good.
        if let Some(split) = split(&self.baskets) {
            let replay = Replay::new(&self.baskets, split, item_count);
            let candidate = LinearModel::fit(replay.known, item_count, &watch(Step::FitCandidate))?;
            let weights = replay.tune(&candidate, &watch(Step::Tune))?;
            stage.tell(Step::Measure, 0.0)?;
            self.summary.metrics = Some(replay.measure(&candidate, weights, i64::MIN));
            self.summary.weights = Some(weights);
            self.summary.comparison = self.compare(&replay, &candidate, weights, active_through);
            linear = LinearModel::fit(&self.baskets, item_count, &watch(Step::Fit))?;
        }
        self.summary.took_ms =
            i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Ok((self.summary, StoredLinear::new(&linear, &self.serving.assortment)))
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
