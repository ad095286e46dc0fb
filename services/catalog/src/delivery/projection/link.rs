//! Associations: which pages they lead to, and what those look like.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{
        document::{AssociatedProduct, Association, Card},
        structure::label,
    },
    entity::Root,
    value::Reading,
};

/// Most products that a page lists of one type of association.
const MAX_PRODUCTS: usize = 50;

/// Whom an association names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Product(Uuid),
    Sku(String),
    Model(String),
}

/// An association of a page.
struct Link {
    kind: String,
    target: Target,
    quantity: Option<i64>,
}

/// What the associations of a batch lead to.
#[derive(Default)]
pub(super) struct Links {
    /// The page of each target.
    pub pages: HashMap<Target, Uuid>,
    /// Cards of those pages, by channel, locale and page.
    pub cards: HashMap<(String, String, Uuid), Card>,
}

impl Links {
    /// Everything that the pages of a batch are associated with.
    pub(super) fn targets(roots: &[Root]) -> Vec<Target> {
        roots.iter().flat_map(links).map(|link| link.target).collect()
    }

    /// A product that is not there yet is expected to become a page of its own.
    fn page(&self, target: &Target) -> Option<Uuid> {
        let expected = match target {
            Target::Product(id) => Some(*id),
            _ => None,
        };
        self.pages.get(target).copied().or(expected)
    }

    /// The associations of a page, and every page they lead to.
    pub(super) fn of_page(
        &self,
        root: &Root,
        reading: &Reading<'_>,
    ) -> (Vec<Association>, Vec<Uuid>) {
        let mut by_kind: BTreeMap<String, Vec<AssociatedProduct>> = BTreeMap::new();
        let mut related = Vec::new();
        for link in links(root) {
            let Some(page) = self.page(&link.target) else { continue };
            if page == root.top.id {
                continue;
            }
            related.push(page);
            let key = (reading.channel.code.clone(), reading.locale.code.clone(), page);
            let Some(card) = self.cards.get(&key) else { continue };
            let products = by_kind.entry(link.kind).or_default();
            if products.len() < MAX_PRODUCTS && products.iter().all(|known| known.id != page) {
                products.push(light(card, link.quantity));
            }
        }
        related.sort_unstable();
        related.dedup();
        let label_of = |code: &str| match reading.structure.association_types.get(code) {
            Some(labels) => label(labels, reading.locale, code),
            None => code.to_owned(),
        };
        let associations = by_kind.into_iter().map(|(code, products)| Association {
            label: label_of(&code),
            code,
            products,
        });
        (associations.collect(), related)
    }
}

fn light(card: &Card, quantity: Option<i64>) -> AssociatedProduct {
    AssociatedProduct {
        id: card.id,
        sku: card.sku.clone(),
        slug: card.slug.clone(),
        name: card.name.clone(),
        price: None,
        image: card.image.clone(),
        quantity,
        prices: card.prices.clone(),
    }
}

/// The associations of a page and of its variants.
fn links(root: &Root) -> Vec<Link> {
    root.entities()
        .flat_map(|entity| &entity.associations)
        .flat_map(|(kind, association)| {
            let products = items(&association["products"]).map(|item| (item, product_target(item)));
            let models =
                items(&association["product_models"]).map(|item| (item, model_target(item)));
            products.chain(models).filter_map(|(item, target)| {
                Some(Link {
                    kind: kind.clone(),
                    target: target?,
                    quantity: item["quantity"].as_i64(),
                })
            })
        })
        .collect()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn product_target(item: &Value) -> Option<Target> {
    let id = item.as_str().or_else(|| item["uuid"].as_str());
    match id.and_then(|text| Uuid::parse_str(text).ok()) {
        Some(id) => Some(Target::Product(id)),
        None => {
            let sku = item.as_str().or_else(|| item["identifier"].as_str())?;
            Some(Target::Sku(sku.to_owned()))
        }
    }
}

fn model_target(item: &Value) -> Option<Target> {
    let code = item.as_str().or_else(|| item["identifier"].as_str())?;
    Some(Target::Model(code.to_owned()))
}
