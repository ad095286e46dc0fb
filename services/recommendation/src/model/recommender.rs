use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use chrono::Utc;
use problem::{Problem, Result};
use sqlx::PgPool;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::{
    Assortment, History, Model, Training,
    store::{self, Marker},
};
use crate::{interaction, learning::Item, product};

/// How often to look whether anything changed.
const LOOK: Duration = Duration::from_secs(1);
/// A stream of changes that does not pause is learned from after this time anyway.
const MAX_DEBOUNCE: Duration = Duration::from_secs(10);
/// Training may take one part in this many of the time.
const REST: u32 = 10;
/// Rows read at once.
const PAGE: i64 = 5_000;

/// The model in use, and what must not be shown any more since it was trained.
pub(crate) struct Serving {
    pub(crate) model: Arc<Model>,
    withdrawn: HashSet<Item>,
}

impl Serving {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model, withdrawn: HashSet::new() }
    }

    /// The sku that stands for the item, unless the product cannot be shown.
    pub(crate) fn sku_if_shown(&self, item: Item) -> Option<&str> {
        self.model.assortment.sku_if_shown(item).filter(|_| !self.withdrawn.contains(&item))
    }
}

/// Keeps a trained model at hand. Reading it takes no lock and asks nobody.
#[derive(Clone)]
pub struct Recommender {
    db: PgPool,
    serving: Arc<ArcSwap<Serving>>,
    learned: Arc<Mutex<Learned>>,
    /// Held while a training that somebody asked for runs: the next one is refused, not queued.
    on_demand: Arc<Mutex<()>>,
}

/// What the next training begins with.
#[derive(Default)]
struct Learned {
    history: History,
    /// What was there to learn from at the last training.
    marker: Marker,
    took: Duration,
}

impl Recommender {
    /// Trains the first model from what the database holds.
    pub async fn start(db: PgPool) -> Result<Self> {
        let mut learned = Learned::default();
        let model = learn(&db, &mut learned).await?;
        let serving = Serving::new(Arc::new(model.0));
        Ok(Self {
            db,
            serving: Arc::new(ArcSwap::from_pointee(serving)),
            learned: Arc::new(Mutex::new(learned)),
            on_demand: Arc::default(),
        })
    }

    /// The model in use.
    pub(crate) fn current(&self) -> Arc<Serving> {
        self.serving.load_full()
    }

    /// The right to train now; 409 while somebody else has it.
    pub(crate) fn reserve_training(&self) -> Result<MutexGuard<'_, ()>> {
        self.on_demand.try_lock().map_err(|_| {
            Problem::conflict("training_in_progress", "a training is running; ask again later")
                .retry_after(1)
        })
    }

    /// Trains on everything that is committed now, and swaps.
    pub(crate) async fn train(&self) -> Result<Training> {
        self.train_locked(self.learned.lock().await).await
    }

    async fn train_locked(&self, mut learned: MutexGuard<'_, Learned>) -> Result<Training> {
        let (model, training) = learn(&self.db, &mut learned).await?;
        self.serving.store(Arc::new(Serving::new(Arc::new(model))));
        Ok(training)
    }

    /// Trains for ever: soon after something changed, but not without pause.
    pub(crate) async fn keep_trained(self, pause: Duration) {
        let mut last_training: Option<Instant> = None;
        let mut before = Marker::default();
        let mut changing_since = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let learned = self.learned.lock().await;
            let marker = match self.look(&learned).await {
                Ok(marker) => marker,
                Err(error) => {
                    tracing::warn!(?error, "cannot look for changes, will try again");
                    continue;
                }
            };
            let is_quiet = std::mem::replace(&mut before, marker) == marker;
            if marker == learned.marker {
                changing_since = None;
                continue;
            }
            let since = *changing_since.get_or_insert_with(Instant::now);
            let rest = pause.max(learned.took * REST);
            let may_train = last_training.is_none_or(|last| last.elapsed() >= rest);
            if may_train && (is_quiet || since.elapsed() >= MAX_DEBOUNCE) {
                if let Err(error) = self.train_locked(learned).await {
                    tracing::warn!(?error, "training failed, will try again");
                }
                last_training = Some(Instant::now());
                changing_since = None;
            }
        }
    }

    /// Whether anything changed. A product that was withdrawn is hidden at once.
    async fn look(&self, learned: &Learned) -> Result<Marker> {
        let horizon = learned.history.horizon();
        let marker = store::find_marker(&self.db, horizon).await?;
        if !marker.same_products(&learned.marker) {
            let ids = product::store::list_withdrawn(&self.db, horizon).await?;
            self.hide(&ids);
        }
        Ok(marker)
    }

    fn hide(&self, ids: &[Uuid]) {
        let model = self.serving.load().model.clone();
        let withdrawn = ids.iter().filter_map(|id| model.assortment.find_page(*id)).collect();
        self.serving.store(Arc::new(Serving { model, withdrawn }));
    }
}

/// Reads what is new, learns, and remembers the training.
async fn learn(db: &PgPool, learned: &mut Learned) -> Result<(Model, Training)> {
    let started = Instant::now();
    let mut history = std::mem::take(&mut learned.history);
    let horizon = interaction::store::find_horizon(db).await?;
    // Before the reads: what is committed meanwhile is then a change, and not overlooked.
    let marker = store::find_marker(db, horizon).await?;
    history.read_on(db, horizon).await?;
    let assortment = read_assortment(db).await?;
    let task = tokio::task::spawn_blocking(move || {
        let (model, training) = Model::learn(&history, assortment, Utc::now());
        (history, model, training)
    });
    // Where anything fails the history is gone and read anew the next time.
    let (history, model, mut training) = task.await.map_err(Problem::internal)?;
    *learned = Learned { history, marker, took: started.elapsed() };
    training.took_ms = i64::try_from(learned.took.as_millis()).unwrap_or(i64::MAX);
    store::insert(db, &training).await?;
    store::delete_oldest(db).await?;
    metrics::histogram!("recommendation_training_duration_seconds")
        .record(learned.took.as_secs_f64());
    tracing::info!(
        model.id = %training.model_id,
        took_ms = training.took_ms,
        products = training.products,
        interactions = training.interactions,
        "trained"
    );
    Ok((model, training))
}

async fn read_assortment(db: &PgPool) -> Result<Assortment> {
    let mut products: Vec<product::Product> = Vec::new();
    loop {
        let after = products.last().map_or(Uuid::nil(), |last| last.product_id);
        let page = product::store::list(db, after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        products.extend(page);
    }
    let mut skus: Vec<(String, Uuid)> = Vec::new();
    loop {
        let after = skus.last().map_or("", |(sku, _)| sku.as_str());
        let page = product::store::list_skus(db, after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        skus.extend(page);
    }
    Ok(Assortment::new(products, skus))
}
