//! Products and models as the management side keeps them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A product or a product model.
#[derive(Debug)]
pub(super) struct Entity {
    pub id: Uuid,
    /// Sku of a product, code of a model; the id where there is none.
    pub code: String,
    /// Sku of a product; `None` for models and products without one.
    pub sku: Option<String>,
    pub enabled: bool,
    pub family: Option<String>,
    pub family_variant: Option<String>,
    pub parent_id: Option<Uuid>,
    /// Its own values, in the form of the management API.
    pub values: Map<String, Value>,
    pub associations: Map<String, Value>,
    pub categories: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Everything a page is made of.
#[derive(Debug)]
pub(super) struct Root {
    /// The simple product or the root model.
    pub top: Entity,
    /// Models of the second level.
    pub models: Vec<Entity>,
    /// Variants; none for a simple product.
    pub variants: Vec<Entity>,
    /// Channels in which the page is not published.
    pub draft_in: HashSet<String>,
}

impl Root {
    /// Gathers rows into pages, by the id of the top.
    pub(super) fn gather(
        tops: Vec<Entity>,
        models: Vec<Entity>,
        variants: Vec<Entity>,
        drafts: Vec<(Uuid, String)>,
    ) -> Vec<Self> {
        let mut draft_in: HashMap<Uuid, HashSet<String>> = HashMap::new();
        for (page, channel) in drafts {
            draft_in.entry(page).or_default().insert(channel);
        }
        let root_of_model: HashMap<Uuid, Uuid> =
            models.iter().filter_map(|model| Some((model.id, model.parent_id?))).collect();
        let mut models = group(models, |model| model.parent_id);
        let mut variants = group(variants, |variant| {
            let parent = variant.parent_id?;
            Some(root_of_model.get(&parent).copied().unwrap_or(parent))
        });
        tops.into_iter()
            .map(|top| {
                let models = models.remove(&top.id).unwrap_or_default();
                let variants = variants.remove(&top.id).unwrap_or_default();
                let draft_in = draft_in.remove(&top.id).unwrap_or_default();
                Self { top, models, variants, draft_in }
            })
            .collect()
    }

    /// What can be bought here: the variants, or the simple product itself.
    pub(super) fn leaves(&self) -> &[Entity] {
        if self.is_model() { &self.variants } else { std::slice::from_ref(&self.top) }
    }

    /// Everything that it is made of.
    pub(super) fn entities(&self) -> impl Iterator<Item = &Entity> {
        std::iter::once(&self.top).chain(&self.models).chain(&self.variants)
    }

    /// Whether the page has variants.
    pub(super) fn is_model(&self) -> bool {
        self.top.family_variant.is_some()
    }

    /// A leaf and what it inherits from, nearest first.
    pub(super) fn line<'a>(&'a self, leaf: &'a Entity) -> Line<'a> {
        let mut line = vec![leaf];
        if leaf.id != self.top.id {
            line.extend(self.models.iter().find(|model| Some(model.id) == leaf.parent_id));
            line.push(&self.top);
        }
        Line(line)
    }

    /// The top alone.
    pub(super) fn top_line(&self) -> Line<'_> {
        Line(vec![&self.top])
    }
}

fn group(
    entities: Vec<Entity>,
    key: impl Fn(&Entity) -> Option<Uuid>,
) -> HashMap<Uuid, Vec<Entity>> {
    let mut groups: HashMap<Uuid, Vec<Entity>> = HashMap::new();
    for entity in entities {
        if let Some(key) = key(&entity) {
            groups.entry(key).or_default().push(entity);
        }
    }
    groups
}

/// An entity and its ancestors, nearest first: values are inherited along it.
pub(super) struct Line<'a>(Vec<&'a Entity>);

impl<'a> Line<'a> {
    /// The value of an attribute for this channel and locale. The nearest that has the attribute has all
    /// its values.
    pub(super) fn value(&self, attribute: &str, channel: &str, locale: &str) -> Option<&'a Value> {
        let fits = |wanted: &Value, actual: &str| wanted.as_str().is_none_or(|text| text == actual);
        let values = self.0.iter().find_map(|entity| entity.values.get(attribute)?.as_array())?;
        values.iter().find_map(|value| {
            let here = fits(&value["scope"], channel) && fits(&value["locale"], locale);
            Some(&value["data"]).filter(|data| here && !is_empty(data))
        })
    }

    /// Codes of every attribute with a value.
    pub(super) fn attributes(&self) -> Vec<&'a str> {
        let mut codes: Vec<&str> =
            self.0.iter().flat_map(|entity| entity.values.keys()).map(String::as_str).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Categories, inherited ones included.
    pub(super) fn categories(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|entity| &entity.categories).map(String::as_str)
    }
}

fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
