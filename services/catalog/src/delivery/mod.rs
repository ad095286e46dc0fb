//! The delivery side: flat documents of product pages, and everything shops read from them.
//!
//! [`projection`] builds the documents in PostgreSQL, one projector at a time. Every replica follows
//! them by their position into a search index on its local disk ([`index`]) and keeps those that are
//! asked for as ready bytes in memory ([`document`]). Reads of product pages and lists touch PostgreSQL
//! only where memory does not have the document.

mod answers;
mod category;
mod conventions;
mod document;
mod feed;
mod freshness;
mod index;
pub(crate) mod marketplace;
mod media;
mod negotiate;
mod pack;
mod product;
mod projection;
mod reply;
mod search;
mod sellable;
mod structure;
mod suggest;
mod sync;
mod view;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use axum::response::Response;
use http::HeaderMap;
use problem::Problem;
use sqlx::PgPool;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Lifecycle, database::at_start};

use crate::{App, Config, config::Defaults};
use answers::Answers;
pub use document::retention::purge;
use document::{pages::Pages, retention::purge_periodically};
use freshness::{Freshness, tell_readiness};
use index::{ViewIndex, follow::Follower, index_key};
pub(crate) use media::{MAX_SIDE, renditions_of};
use projection::Projector;
use reply::{Answer, Standing};
use structure::Structure;
use view::{View, ViewQuery};

/// Documents and search indexes of this replica; cheap to clone.
#[derive(Clone)]
pub struct Delivery(Arc<State>);

struct State {
    db: PgPool,
    defaults: Defaults,
    index_folder: PathBuf,
    structure: ArcSwap<Structure>,
    indexes: ArcSwap<HashMap<String, Arc<ViewIndex>>>,
    pages: Pages,
    answers: Answers,
    freshness: Freshness,
    renditions: media::Renditions,
    feeds: marketplace::Feeds,
    public_url: String,
    position: AtomicI64,
}

impl Delivery {
    /// Makes the folder of the index; [`start`] fills it.
    pub fn open(config: &Config, db: PgPool) -> Result<Self> {
        std::fs::create_dir_all(&config.index_dir)
            .with_context(|| format!("cannot write to {}", config.index_dir.display()))?;
        Ok(Self(Arc::new(State {
            pages: Pages::new(db.clone()),
            answers: Answers::default(),
            freshness: Freshness::default(),
            db,
            defaults: config.defaults.clone(),
            index_folder: config.index_dir.clone(),
            structure: ArcSwap::default(),
            indexes: ArcSwap::default(),
            renditions: media::Renditions::default(),
            feeds: marketplace::Feeds::default(),
            public_url: config.public_url.trim_end_matches('/').to_owned(),
            position: AtomicI64::new(0),
        })))
    }

    /// Which version of the catalog's structure reads of this replica reflect.
    pub fn structure_version(&self) -> i64 {
        self.structure().version
    }

    fn db(&self) -> &PgPool {
        &self.0.db
    }

    fn pages(&self) -> &Pages {
        &self.0.pages
    }

    fn index_folder(&self) -> &Path {
        &self.0.index_folder
    }

    fn structure(&self) -> Arc<Structure> {
        self.0.structure.load_full()
    }

    /// What answers of now reflect; 503 if that is too old.
    fn standing(&self) -> problem::Result<Standing> {
        let age_seconds = self.0.freshness.age_seconds(Instant::now())?;
        Ok(Standing { position: self.0.position.load(Ordering::Acquire), age_seconds })
    }

    fn set_position(&self, position: i64) {
        self.0.position.store(position, Ordering::Release);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("catalog_index_position").set(position as f64);
    }

    /// At this moment the indexes had every change.
    fn confirm(&self, moment: Instant) {
        self.0.freshness.confirm(moment);
    }

    fn index_of(&self, key: &str) -> Option<Arc<ViewIndex>> {
        self.0.indexes.load().get(key).cloned()
    }

    fn replace(&self, structure: Arc<Structure>, indexes: HashMap<String, Arc<ViewIndex>>) {
        self.0.indexes.store(Arc::new(indexes));
        self.0.structure.store(structure);
    }

    /// Channel, locale and currency of a request.
    fn view(&self, query: &ViewQuery, headers: &HeaderMap) -> problem::Result<View> {
        View::resolve(&self.structure(), &self.0.defaults, query, headers)
    }

    /// The index of a view.
    fn index(&self, view: &View) -> problem::Result<Arc<ViewIndex>> {
        self.index_of(&index_key(&view.channel, &view.locale.code))
            .ok_or_else(|| Problem::unavailable("the search index"))
    }

    /// Answers a read of a view: as before, where the catalog has not changed since, else as `make` does.
    /// The question is all that the answer depends on beside the catalog and the view.
    async fn answer(
        &self,
        (read, question): (&'static str, &str),
        view: &View,
        headers: &HeaderMap,
        make: impl Future<Output = problem::Result<Answer>>,
    ) -> problem::Result<Response> {
        // All of this before `make` begins: what changes meanwhile belongs to another question.
        let standing = self.standing()?;
        let (name, edition, position) = (&view.name, &view.edition, self.index(view)?.position());
        let question = format!("{read}|{name}|{edition}|{position}|{question}");
        let answer = self.0.answers.get_or_make(read, question, make).await?;
        self.respond(&answer, view, standing, headers).await
    }

    /// The response to one who asks.
    async fn respond(
        &self,
        answer: &Answer,
        view: &View,
        standing: Standing,
        headers: &HeaderMap,
    ) -> problem::Result<Response> {
        self.0.answers.respond(answer, view, standing, headers).await
    }
}

/// Starts the projection, and returns when the index has caught up with the documents.
pub async fn start(app: &App, lifecycle: &Lifecycle) -> Result<()> {
    lifecycle.spawn(Projector::new(&app.config, app.db.clone()).run());
    let follower = at_start(|| Follower::start(app.delivery.clone())).await?;
    lifecycle.spawn(follower.run());
    let delivery = app.delivery.clone();
    lifecycle.spawn(tell_readiness(lifecycle.clone(), move || delivery.standing().is_ok()));
    lifecycle.spawn(purge_periodically(app.db.clone()));
    Ok(())
}

/// The routes of the delivery API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(product::api::list_products))
        .routes(routes!(product::api::get_product))
        .routes(routes!(product::api::get_product_by_sku))
        .routes(routes!(category::api::list_categories))
        .routes(routes!(category::api::get_category))
        .routes(routes!(suggest::api::suggest))
        .routes(routes!(sync::api::sync_products))
        .routes(routes!(media::api::get_media))
        .routes(routes!(sellable::api::find_sellable_items))
        .routes(routes!(marketplace::api::get_marketplace_feed))
        .routes(routes!(marketplace::api::get_marketplace_feed_report))
        .routes(routes!(feed::read_feed))
}
