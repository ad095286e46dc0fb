use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use parking_lot::{RwLock, RwLockReadGuard};
use uuid::Uuid;

use crate::{
    experiment::{Assigned, Experiment, Running},
    knowledge::{Assortment, History, Knowledge},
    learning::{Item, attributes::AttributeIndex, newcomers::Newcomers},
    model::{Model, Trained},
    recommendation::Surface,
    rule::{Merchandise, NewRule},
};

/// Interactions learned before somebody who waits to read gets the turn.
const TURN: usize = 200;

/// Everything that answers are made from: the products at one time, and what is known of them since.
pub(crate) struct Serving {
    pub(crate) assortment: Assortment,
    pub(crate) attributes: AttributeIndex,
    newcomers: Newcomers,
    knowledge: RwLock<Knowledge>,
    model: ArcSwap<Model>,
    rules: ArcSwap<Merchandise>,
    experiments: ArcSwap<Running>,
    /// What must not be shown any more since these products were read.
    withdrawn: ArcSwap<HashSet<Item>>,
    sold_out: SoldOut,
}

/// Skus that cannot be bought for now.
pub(crate) type SoldOut = Arc<ArcSwap<HashSet<String>>>;

/// A look at what is known: nothing changes while it lasts, and others wait, so it must be short.
pub(crate) struct View<'a> {
    pub(crate) assortment: &'a Assortment,
    pub(crate) attributes: &'a AttributeIndex,
    /// What nobody had bought when these products were read.
    pub(crate) newcomers: &'a Newcomers,
    pub(crate) knowledge: RwLockReadGuard<'a, Knowledge>,
    pub(crate) model: Arc<Model>,
    pub(crate) rules: Arc<Merchandise>,
    withdrawn: Arc<HashSet<Item>>,
    sold_out: Arc<HashSet<String>>,
}

impl Serving {
    /// Learns all of history about these products.
    pub(crate) fn build(
        history: &History,
        assortment: Assortment,
        trained: &Trained,
        sold_out: SoldOut,
    ) -> Self {
        let attributes = AttributeIndex::build(assortment.descriptions());
        let knowledge = Knowledge::build(history, &assortment);
        let is_bought = |item| knowledge.is_bought(item);
        let newcomers = Newcomers::compare(assortment.newest(), is_bought, &attributes);
        Self {
            attributes,
            newcomers,
            knowledge: RwLock::new(knowledge),
            model: ArcSwap::from_pointee(trained.apply(&assortment)),
            rules: ArcSwap::default(),
            experiments: ArcSwap::default(),
            withdrawn: ArcSwap::default(),
            sold_out,
            assortment,
        }
    }

    /// Looks at what is known.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            assortment: &self.assortment,
            attributes: &self.attributes,
            newcomers: &self.newcomers,
            knowledge: self.knowledge.read(),
            model: self.model.load_full(),
            rules: self.rules.load_full(),
            withdrawn: self.withdrawn.load_full(),
            sold_out: self.sold_out.load_full(),
        }
    }

    /// Looks at what is known as an arm of an experiment does.
    pub(crate) fn view_as(&self, assigned: Option<&Assigned>) -> View<'_> {
        let mut view = self.view();
        if let Some(assigned) = assigned {
            let experiments = self.experiments.load();
            (view.model, view.rules) = experiments.apply(assigned, view.model, view.rules);
        }
        view
    }

    /// The arm of a visitor; `None` where nothing is tried.
    pub(crate) fn assign(&self, surface: Surface, visitor: Option<&str>) -> Option<Assigned> {
        self.experiments.load().assign(surface, visitor?)
    }

    /// Learns from all but so many of the first interactions; whether all of them could be: one that
    /// comes late cannot.
    pub(crate) fn learn(&self, history: &History, learned: usize) -> bool {
        let mut is_complete = true;
        let mut events = history.events_after(learned).peekable();
        if events.peek().is_none() {
            return is_complete;
        }
        while events.peek().is_some() {
            let mut knowledge = self.knowledge.write();
            for event in events.by_ref().take(TURN) {
                let reference = &history.references()[event.reference as usize];
                let Some(item) = self.assortment.resolve(reference) else { continue };
                if knowledge.can_learn(event) {
                    knowledge.learn(event, item);
                } else {
                    is_complete = false;
                }
            }
        }
        let ranking = self.knowledge.read().rank();
        self.knowledge.write().set_ranking(ranking);
        is_complete
    }

    /// The model that it answers with.
    pub(crate) fn model_id(&self) -> Option<Uuid> {
        self.model.load().id
    }

    /// Answers with this model from now on.
    pub(crate) fn activate(&self, trained: &Trained) {
        self.model.store(Arc::new(trained.apply(&self.assortment)));
    }

    /// Lists are by these rules from now on, which decide in this order.
    pub(crate) fn merchandise(&self, rules: &[NewRule]) {
        self.rules.store(Arc::new(Merchandise::compile(rules, &self.assortment)));
    }

    /// These experiments are running from now on, with the models of their arms.
    pub(crate) fn experiment(
        &self,
        experiments: &[Arc<Experiment>],
        models: &HashMap<Uuid, Arc<Trained>>,
    ) {
        let running = Running::compile(experiments, models, &self.assortment);
        self.experiments.store(Arc::new(running));
    }

    /// These pages, and no others since the products were read, must not be shown.
    pub(crate) fn withdraw(&self, pages: &[Uuid]) {
        let items = pages.iter().filter_map(|id| self.assortment.find_page(*id)).collect();
        self.withdrawn.store(Arc::new(items));
    }
}

impl View<'_> {
    /// The sku that stands for the item, the first that can be bought, unless the product cannot be
    /// shown.
    pub(crate) fn sku_if_shown(&self, item: Item) -> Option<&str> {
        let skus = self.assortment.skus_if_published(item);
        let sku = skus.iter().find(|sku| !self.sold_out.contains(*sku))?;
        (!self.withdrawn.contains(&item)).then_some(sku)
    }
}
