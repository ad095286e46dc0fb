//! Keeps what is known up to date, for answers that take no database and wait for nobody.
//!
//! Each replica learns by itself, from the interactions as they are committed: within a second they count.
//! Where that is not possible (products changed, history of the past came in) everything is learned anew
//! beside, and swapped. Models are trained by one replica at a time and used by all.

mod serving;
mod staff;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use problem::{Problem, Result};
use sqlx::PgPool;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task::JoinHandle,
};
use uuid::Uuid;

pub(crate) use serving::{Serving, SoldOut, View};
use staff::StaffChanges;

use crate::{
    experiment::{self, Experiment},
    interaction,
    knowledge::{Assortment, Reader},
    model::{self, Summary, Trained},
    product::{
        self,
        store::{Changes, find_changes},
    },
    rule::{self, NewRule},
};

/// How often to look whether anything happened.
const LOOK: Duration = Duration::from_millis(500);
/// Products that do not stop changing are learned anew after this time anyway.
const MAX_DEBOUNCE: Duration = Duration::from_secs(10);
/// Learning anew may take one part in this many of the time.
const REST: u32 = 10;
/// Rows read at once.
const PAGE: i64 = 5_000;

/// What is known, up to date.
#[derive(Clone)]
pub struct Recommender {
    db: PgPool,
    serving: Arc<ArcSwap<Serving>>,
    /// What is sold out, as far as it is known.
    sold_out: SoldOut,
    learner: Arc<Mutex<Learner>>,
    /// Held while a training that somebody asked for runs: the next one is refused, not queued.
    on_demand: Arc<Mutex<()>>,
}

/// What keeps it so.
#[derive(Default)]
struct Learner {
    reader: Reader,
    /// Interactions of the history that are learned from.
    learned: usize,
    /// What was known of changes of products when they were read.
    products: Changes,
    /// What was known of them at the last look.
    last_look: Changes,
    trained: Arc<Trained>,
    sold_out: SoldOut,
    rules: Vec<NewRule>,
    experiments: Vec<Arc<Experiment>>,
    /// Models of their arms.
    models: HashMap<Uuid, Arc<Trained>>,
    /// What was known of both when they were read.
    staff_changes: StaffChanges,
    stale: Option<Stale>,
    building: Option<JoinHandle<Result<Built>>>,
    rest_until: Option<Instant>,
}

/// Since when there is something that can only be learned anew, and since when nothing came to it.
struct Stale {
    first: Instant,
    last: Instant,
}

/// What was learned anew.
struct Built {
    serving: Serving,
    learned: usize,
    products: Changes,
    took: Duration,
}

impl Recommender {
    /// Learns what the database holds.
    pub async fn start(db: PgPool) -> Result<Self> {
        let sold_out = SoldOut::default();
        let mut learner = Learner { sold_out: sold_out.clone(), ..Learner::default() };
        learner.reader.read_on(&db).await?;
        if let Some(active) = model::store::find_active(&db).await? {
            match model::store::load(&db, active).await {
                Ok(trained) => learner.trained = Arc::new(trained),
                Err(error) => tracing::error!(?error, "the active model cannot be used"),
            }
        }
        learner.read_staff(&db).await?;
        let built = learner.build(&db).await?;
        let serving = Arc::new(ArcSwap::new(learner.adopt(built).await?));
        let learner = Arc::new(Mutex::new(learner));
        Ok(Self { db, serving, sold_out, learner, on_demand: Arc::default() })
    }

    /// Trains a model where there is none to answer from.
    pub async fn train_first(&self) -> Result<()> {
        if self.current().model_id().is_none() {
            self.train().await?;
        }
        Ok(())
    }

    /// What is known now.
    pub(crate) fn current(&self) -> Arc<Serving> {
        self.serving.load_full()
    }

    /// From now on these are sold out, and no others.
    pub(crate) fn hide_sold_out(&self, skus: HashSet<String>) {
        self.sold_out.store(Arc::new(skus));
    }

    /// The right to train now; 409 while somebody else has it.
    pub(crate) fn reserve_training(&self) -> Result<OwnedMutexGuard<()>> {
        self.on_demand.clone().try_lock_owned().map_err(|_| {
            Problem::conflict("training_in_progress", "a training is running; ask again later")
                .retry_after(1)
        })
    }

    /// Learns everything that is committed now, trains a model on it, and uses that unless it is worse
    /// than the one in use.
    pub(crate) async fn train(&self) -> Result<Summary> {
        {
            let mut learner = self.learner.lock().await;
            learner.reader.read_on(&self.db).await?;
            let built = learner.build(&self.db).await?;
            self.replace(learner.adopt(built).await?);
        }
        let summary = model::train(&self.db, self.current()).await?;
        self.learner.lock().await.follow_model(&self.db, &self.current()).await?;
        Ok(summary)
    }

    /// Trains by itself, for ever: when there is enough to learn from, and not without pause.
    pub async fn keep_trained(self, pause: Duration) {
        loop {
            tokio::time::sleep(pause).await;
            let trained = async {
                if model::is_due(&self.db, &self.current()).await? {
                    model::train(&self.db, self.current()).await?;
                }
                Ok::<_, Problem>(())
            };
            if let Err(error) = trained.await {
                tracing::warn!(?error, "training failed, will try again");
            }
        }
    }

    /// Learns what happens, for ever.
    pub async fn keep_learning(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.look().await {
                tracing::warn!(?error, "cannot look for what happened, will try again");
            }
        }
    }

    /// Answers from this from now on.
    fn replace(&self, serving: Arc<Serving>) {
        let old = self.serving.swap(serving);
        // To give back all its memory takes a while.
        tokio::task::spawn_blocking(move || drop(old));
    }

    async fn look(&self) -> Result<()> {
        let mut learner = self.learner.lock().await;
        learner.reader.read_on(&self.db).await?;
        let serving = self.current();
        learner.learn_new(&serving).await?;
        learner.follow_products(&self.db, &serving).await?;
        if learner.read_staff(&self.db).await? {
            learner.apply_staff(&serving);
        }
        if let Some(built) = learner.take_built().await? {
            self.replace(learner.adopt(built).await?);
        }
        learner.build_if_due(&self.db);
        // Last: one that cannot be used keeps nothing else from happening.
        learner.follow_model(&self.db, &self.current()).await
    }
}

impl Learner {
    /// Learns from what was read since.
    async fn learn_new(&mut self, serving: &Arc<Serving>) -> Result<()> {
        let (history, learned) = (self.reader.history().clone(), self.learned);
        if history.len() == learned {
            return Ok(());
        }
        self.learned = history.len();
        let serving = serving.clone();
        let is_complete = beside(move || serving.learn(&history, learned)).await?;
        if !is_complete {
            self.mark_stale();
        }
        Ok(())
    }

    /// Hides what was withdrawn, at once, and notices what else changed.
    async fn follow_products(&mut self, db: &PgPool, serving: &Serving) -> Result<()> {
        let changes = find_changes(db, self.products.since).await?;
        if changes != self.last_look {
            serving.withdraw(&product::store::list_withdrawn(db, changes.since).await?);
            self.last_look = changes;
            self.mark_stale();
        }
        Ok(())
    }

    fn mark_stale(&mut self) {
        let now = Instant::now();
        self.stale.get_or_insert(Stale { first: now, last: now }).last = now;
    }

    /// Uses the active model.
    async fn follow_model(&mut self, db: &PgPool, serving: &Arc<Serving>) -> Result<()> {
        let active = model::store::find_active(db).await?;
        if let Some(active) = active.filter(|id| self.trained.id != Some(*id)) {
            self.trained = Arc::new(model::store::load(db, active).await?);
            let (serving, trained) = (serving.clone(), self.trained.clone());
            beside(move || serving.activate(&trained)).await?;
            tracing::info!(model.id = %active, "answers with this model from now on");
        }
        Ok(())
    }

    /// Reads rules and experiments if they changed; whether they did.
    async fn read_staff(&mut self, db: &PgPool) -> Result<bool> {
        // Before the rules: what is committed meanwhile is then a change.
        let changes = staff::find_changes(db).await?;
        if changes == self.staff_changes {
            return Ok(false);
        }
        self.rules = rule::store::list_active(db).await?;
        self.experiments = experiment::store::list_active(db).await?;
        let needed: HashSet<Uuid> = self
            .experiments
            .iter()
            .flat_map(|experiment| experiment.arms.iter().filter_map(|arm| arm.model))
            .collect();
        self.models.retain(|id, _| needed.contains(id));
        for id in needed {
            if let Entry::Vacant(place) = self.models.entry(id) {
                place.insert(Arc::new(model::store::load(db, id).await?));
            }
        }
        self.staff_changes = changes;
        Ok(true)
    }

    /// What staff decided holds for these products.
    fn apply_staff(&self, serving: &Serving) {
        serving.merchandise(&self.rules);
        serving.experiment(&self.experiments, &self.models);
    }

    /// Learns everything anew, beside, when that is due: soon after something changed, but not without
    /// pause.
    fn build_if_due(&mut self, db: &PgPool) {
        let Some(stale) = &self.stale else { return };
        let is_settled = stale.last.elapsed() >= LOOK || stale.first.elapsed() >= MAX_DEBOUNCE;
        let is_rested = self.rest_until.is_none_or(|until| Instant::now() >= until);
        if is_settled && is_rested && self.building.is_none() {
            let task = self.build(db);
            self.building = Some(tokio::spawn(task));
            self.stale = None;
        }
    }

    /// What was learned anew, once that is done.
    async fn take_built(&mut self) -> Result<Option<Built>> {
        let Some(task) = self.building.take_if(|task| task.is_finished()) else { return Ok(None) };
        let built = task.await.map_err(Problem::internal)?;
        if built.is_err() {
            self.mark_stale();
        }
        built.map(Some)
    }

    fn build(&mut self, db: &PgPool) -> impl Future<Output = Result<Built>> + use<> {
        // One that is under way would count from another beginning.
        self.building = None;
        self.learned = self.learned.saturating_sub(self.reader.forget_oldest());
        let history = self.reader.history().clone();
        let (trained, sold_out) = (self.trained.clone(), self.sold_out.clone());
        let db = db.clone();
        async move {
            let started = Instant::now();
            // Before the reads: what is committed meanwhile is then a change, and not overlooked.
            let horizon = interaction::store::find_horizon(&db).await?;
            let products = find_changes(&db, horizon).await?;
            let assortment = read_assortment(&db).await?;
            let learned = history.len();
            let serving =
                beside(move || Serving::build(&history, assortment, &trained, sold_out)).await?;
            let took = started.elapsed();
            metrics::histogram!("recommendation_build_duration_seconds").record(took.as_secs_f64());
            Ok(Built { serving, learned, products, took })
        }
    }

    /// Takes over what was learned anew, with what happened meanwhile.
    async fn adopt(&mut self, built: Built) -> Result<Arc<Serving>> {
        self.learned = built.learned;
        self.products = built.products;
        self.last_look = built.products;
        self.rest_until = Some(Instant::now() + built.took * REST);
        let serving = Arc::new(built.serving);
        if serving.model_id() != self.trained.id {
            serving.activate(&self.trained);
        }
        self.apply_staff(&serving);
        self.learn_new(&serving).await?;
        Ok(serving)
    }
}

/// Does what takes long where it keeps no answer waiting.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
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
