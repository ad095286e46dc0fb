//! Builds the documents: one projector at a time takes the tasks in order, reads the products as they
//! are now and writes what has changed.
//!
//! A batch is one transaction under an advisory lock that ends with it. Positions are taken inside, so
//! they become visible in their order; whoever is killed leaves the tasks where they were.

mod entity;
mod format;
mod link;
mod page;
mod plain;
mod price;
mod publish;
mod slug;
mod store;
mod value;
mod write;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

pub(super) use format::boolean;
pub(super) use plain::{shorten, without_tags};
pub(super) use price::minor_digits;

use super::structure::{self, Kind, Structure};
use crate::{Config, config::Defaults};
use entity::Root;
use link::Links;
use page::{Context, Draft, Pictures};
use store::Known;
use value::Reading;
use write::{Key, Row};

/// Tasks of a batch.
const BATCH: i64 = 100;
/// How long to wait when there is nothing to do.
const IDLE: Duration = Duration::from_millis(100);
/// How long to wait after a failure.
const BACKOFF: Duration = Duration::from_secs(1);

/// Builds documents for as long as the process runs.
pub(super) struct Projector {
    db: PgPool,
    defaults: Defaults,
    public_url: String,
    structure: Option<Arc<Structure>>,
}

impl Projector {
    pub(super) fn new(config: &Config, db: PgPool) -> Self {
        Self {
            db,
            defaults: config.defaults.clone(),
            public_url: config.public_url.trim_end_matches('/').to_owned(),
            structure: None,
        }
    }

    /// Builds for ever.
    pub(super) async fn run(mut self) {
        loop {
            match self.project_batch().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(IDLE).await,
                Err(error) => {
                    let chain = format!("{error:#}");
                    tracing::warn!(error = chain, "the projection failed and is tried again");
                    tokio::time::sleep(BACKOFF).await;
                }
            }
        }
    }

    /// Builds the next batch; false if there was nothing to do or another replica does it.
    async fn project_batch(&mut self) -> Result<bool> {
        if !store::has_work(&self.db).await? {
            return Ok(false);
        }
        let mut transaction = self.db.begin().await?;
        if !store::try_lock(&mut *transaction).await? {
            return Ok(false);
        }
        store::allow_time(&mut *transaction).await?;
        // Tasks first: a product whose task is seen here uses no option younger than the changes
        // taken next.
        let tasks = store::take_tasks(&mut *transaction, BATCH).await?;
        let taken = Instant::now();
        let waited: Vec<f64> = tasks.iter().map(|task| task.waited).collect();
        let tasks = tasks.into_iter().map(|task| task.root_id).collect();
        if store::take_changes(&mut *transaction).await? {
            store::advance_structure(&mut *transaction).await?;
        }
        let structure = self.current_structure(&mut transaction).await?;
        let rows = self.build(&mut transaction, structure.clone(), tasks).await?;
        if !rows.is_empty() {
            store::write(&mut *transaction, &rows).await?;
            self.tell_others(&mut transaction, &rows).await?;
        }
        transaction.commit().await?;
        // Only now: had the commit failed, this copy would pass for a version that never was.
        self.structure = Some(structure);
        metrics::counter!("catalog_documents_written_total").increment(rows.len() as u64);
        for waited in waited {
            let delay = waited + taken.elapsed().as_secs_f64();
            metrics::histogram!("catalog_projection_delay_seconds").record(delay);
        }
        Ok(true)
    }

    async fn current_structure(&self, connection: &mut PgConnection) -> Result<Arc<Structure>> {
        let (version, _) = structure::store::version(&mut *connection).await?;
        match self.structure.as_ref().filter(|known| known.version == version) {
            Some(known) => Ok(known.clone()),
            None => Ok(Arc::new(structure::store::read(connection).await?)),
        }
    }

    /// The rows that these pages need.
    async fn build(
        &self,
        connection: &mut PgConnection,
        structure: Arc<Structure>,
        tasks: Vec<Uuid>,
    ) -> Result<Vec<Row>> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let mut pages = store::find_roots(&mut *connection, &tasks).await?;
        pages.extend(tasks);
        pages.sort_unstable();
        pages.dedup();
        let roots = read_roots(connection, &pages).await?;
        let links = read_links(connection, &roots).await?;
        let pictures =
            store::pictures(&mut *connection, &picture_codes(&structure, &roots)).await?;
        let known: HashMap<Key, Known> = store::known(&mut *connection, &pages)
            .await?
            .into_iter()
            .map(|known| ((known.channel.clone(), known.locale.clone(), known.root_id), known))
            .collect();
        let existing: HashSet<Uuid> = roots.iter().map(|root| root.top.id).collect();
        let drafts =
            tokio::task::spawn_blocking(move || draft_all(&structure, &roots, &links, &pictures));
        let drafts = drafts.await?;
        let slugs = write::choose_slugs(connection, &drafts, &known).await?;
        // After the choice: until the documents of these pages are taken back, their addresses are
        // not free.
        pages.retain(|page| !existing.contains(page));
        store::free_slugs(connection, &pages).await?;
        let public_url = self.public_url.clone();
        let rows = move || write::rows(drafts, &slugs, &known, &public_url);
        Ok(tokio::task::spawn_blocking(rows).await??)
    }

    /// Other pages that show one of these are built next; other services read of it in the outbox.
    async fn tell_others(&self, connection: &mut PgConnection, rows: &[Row]) -> Result<()> {
        let mut changed: Vec<Uuid> =
            rows.iter().filter(|row| row.is_card_new).map(|row| row.root_id).collect();
        changed.sort_unstable();
        changed.dedup();
        if !changed.is_empty() {
            store::touch_related(&mut *connection, &changed).await?;
        }
        publish::append_events(connection, &self.defaults, rows).await
    }
}

async fn read_roots(connection: &mut PgConnection, pages: &[Uuid]) -> sqlx::Result<Vec<Root>> {
    let models = store::models(&mut *connection, pages).await?;
    let model_ids: Vec<Uuid> = models.iter().map(|model| model.id).collect();
    let variants = store::variants(&mut *connection, &model_ids).await?;
    let (mut tops, models): (Vec<_>, Vec<_>) =
        models.into_iter().partition(|model| model.parent_id.is_none());
    let products = store::products(&mut *connection, pages).await?;
    tops.extend(products.into_iter().filter(|product| product.parent_id.is_none()));
    let drafts = store::drafts(connection, pages).await?;
    Ok(Root::gather(tops, models, variants, drafts))
}

async fn read_links(connection: &mut PgConnection, roots: &[Root]) -> sqlx::Result<Links> {
    let targets = Links::targets(roots);
    if targets.is_empty() {
        return Ok(Links::default());
    }
    let pages = store::target_pages(&mut *connection, &targets).await?;
    let ids: Vec<Uuid> = pages.values().copied().collect();
    let cards = store::cards(connection, &ids).await?;
    Ok(Links { pages, cards })
}

/// Codes of the pictures that may be shown on these pages.
fn picture_codes(structure: &Structure, roots: &[Root]) -> Vec<String> {
    let is_image = |code: &str| {
        structure.attributes.get(code).is_some_and(|attribute| attribute.kind == Kind::Image)
    };
    let values = roots.iter().flat_map(Root::entities).flat_map(|entity| &entity.values);
    let images = values.filter(|(code, _)| is_image(code));
    let data = images.flat_map(|(_, values)| values.as_array().into_iter().flatten());
    data.filter_map(|value| value["data"].as_str()).map(str::to_owned).collect()
}

/// The documents of every page in every channel and locale in which it is published.
fn draft_all(
    structure: &Structure,
    roots: &[Root],
    links: &Links,
    pictures: &Pictures,
) -> Vec<(Key, Draft)> {
    let mut drafts = Vec::new();
    for channel in structure.channels.values() {
        for locale in &channel.locales {
            let reading = Reading { structure, channel, locale };
            let context = Context { reading, links, pictures };
            let published = roots.iter().filter(|root| !root.draft_in.contains(&channel.code));
            drafts.extend(published.filter_map(|root| {
                let key = (channel.code.clone(), locale.code.clone(), root.top.id);
                Some((key, context.draft(root)?))
            }));
        }
    }
    drafts
}
