//! Associations of products and models: by type, to products and models, some with quantities.

mod other_side;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use other_side::{End, find_changes, forget, write_other_sides};

use super::{
    fields::{Fields, type_name},
    lookup::Lookup,
    report::Report,
};

/// Associated things per type and kind.
const MAX_LINKS: usize = 1_000;
const MAX_QUANTITY: i64 = 2_147_483_647;

/// Associations by type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Associations(pub BTreeMap<String, Links>);

/// What is associated in one way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Links {
    /// Products.
    pub products: Vec<ProductLink>,
    /// Product models.
    pub product_models: Vec<ModelLink>,
    /// Groups of products.
    pub groups: Vec<String>,
}

/// A product, maybe several of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProductLink {
    /// Just associated.
    Plain(Uuid),
    /// So many of it.
    Quantified {
        /// The product.
        uuid: Uuid,
        /// How many.
        quantity: i64,
    },
}

/// A product model, maybe several of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ModelLink {
    /// Just associated.
    Plain(String),
    /// So many of it.
    Quantified {
        /// Code of the model.
        identifier: String,
        /// How many.
        quantity: i64,
    },
}

/// How a product is named in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By its id.
    Uuid,
    /// By its identifier.
    Identifier,
}

impl ProductLink {
    /// The product.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Plain(id) | Self::Quantified { uuid: id, .. } => *id,
        }
    }
}

impl ModelLink {
    /// The code of the model.
    fn code(&self) -> &String {
        match self {
            Self::Plain(code) | Self::Quantified { identifier: code, .. } => code,
        }
    }
}

impl Links {
    /// Forgets what is inherited and was not its own before.
    fn leave_inherited(&mut self, inherited: &Self, before: &Self) {
        self.products
            .retain(|link| before.products.contains(link) || !inherited.products.contains(link));
        self.product_models.retain(|link| {
            before.product_models.contains(link) || !inherited.product_models.contains(link)
        });
        self.groups
            .retain(|group| before.groups.contains(group) || !inherited.groups.contains(group));
    }

    fn have_quantities(&self) -> bool {
        let product = |link: &ProductLink| matches!(link, ProductLink::Quantified { .. });
        let model = |link: &ModelLink| matches!(link, ModelLink::Quantified { .. });
        self.products.iter().any(product) || self.product_models.iter().any(model)
    }
}

/// Reads what was told of; what is not readable any more is none.
pub fn read(told: Option<&Value>) -> Associations {
    told.and_then(|told| Associations::deserialize(told).ok()).unwrap_or_default()
}

impl Associations {
    /// All associated products.
    pub fn products(&self) -> impl Iterator<Item = Uuid> {
        self.0.values().flat_map(|links| &links.products).map(ProductLink::id)
    }

    /// All associated products and models, by type.
    pub fn ends(&self) -> impl Iterator<Item = (&String, End)> {
        self.0.iter().flat_map(|(code, links)| {
            let products = links.products.iter().map(|link| End::Product(link.id()));
            let models = links.product_models.iter().map(|link| End::Model(link.code().clone()));
            products.chain(models).map(move |end| (code, end))
        })
    }

    /// As they are told of: null if there are none.
    pub fn tell(&self) -> Value {
        if self.0.is_empty() { Value::Null } else { json!(self) }
    }

    /// The properties of a body that leads here from the present ones. Products are named by their ids.
    pub fn body_from(&self, present: &Self) -> Map<String, Value> {
        let (mut plain, mut quantified) = (Map::new(), Map::new());
        let codes: BTreeSet<&String> = self.0.keys().chain(present.0.keys()).collect();
        for code in codes {
            let links = self.0.get(code).cloned().unwrap_or_default();
            let mut both = [self, present].into_iter().filter_map(|side| side.0.get(code));
            let has_quantities = both.any(Links::have_quantities);
            let mut kinds =
                json!({"products": links.products, "product_models": links.product_models});
            if !has_quantities {
                kinds["groups"] = json!(links.groups);
            }
            let body = if has_quantities { &mut quantified } else { &mut plain };
            body.insert(code.clone(), kinds);
        }
        Map::from_iter([
            ("associations".to_owned(), Value::Object(plain)),
            ("quantified_associations".to_owned(), Value::Object(quantified)),
        ])
    }

    /// Adds those of a parent.
    pub fn inherit(&mut self, parent: &Self) {
        for (code, from) in &parent.0 {
            let links = self.0.entry(code.clone()).or_default();
            for product in &from.products {
                if !links.products.iter().any(|own| own.id() == product.id()) {
                    links.products.push(product.clone());
                }
            }
            for model in &from.product_models {
                if !links.product_models.contains(model) {
                    links.product_models.push(model.clone());
                }
            }
            for group in &from.groups {
                if !links.groups.contains(group) {
                    links.groups.push(group.clone());
                }
            }
        }
    }

    fn forget_empty(&mut self) {
        self.0.retain(|_, links| *links != Links::default());
    }

    /// Takes over `associations` and `quantified_associations`: an array replaces what is there of its
    /// type and kind, all else stays. What only the parent had is still only the parent's.
    pub fn take_over(
        &mut self,
        fields: &mut Fields<'_>,
        parent: Option<Uuid>,
        naming: Naming,
        lookup: &Lookup,
    ) {
        let inherited = lookup.inherited_associations(parent);
        for name in ["associations", "quantified_associations"] {
            let given = fields.object(name).unwrap_or_default();
            let quantified = name != "associations";
            let mut reading = Reading { name, quantified, naming, lookup, report: fields.report };
            for (code, kinds) in given {
                self.take_over_type(&code, &kinds, inherited.0.get(&code), &mut reading);
            }
        }
        self.forget_empty();
    }

    fn take_over_type(
        &mut self,
        code: &str,
        kinds: &Value,
        inherited: Option<&Links>,
        reading: &mut Reading<'_>,
    ) {
        let (name, quantified) = (reading.name, reading.quantified);
        let Some(shape) = reading.lookup.association_type(code) else {
            return reading.report.format(name, format!("Property \"{name}\" expects a valid association type code. The association type does not exist, \"{code}\" given."));
        };
        if shape.is_quantified != quantified {
            let other = if shape.is_quantified { "quantified" } else { "not quantified" };
            return reading
                .report
                .rule(name, format!("The association type \"{code}\" is {other}."));
        }
        let Some(kinds) = as_object(kinds) else {
            let given = type_name(kinds);
            return reading.report.format(
                name,
                format!("Property \"{name}\" expects an array with valid data, \"{given}\" given."),
            );
        };
        let links = self.0.entry(code.to_owned()).or_default();
        let before = links.clone();
        for (kind, items) in &kinds {
            let Some(items) = items.as_array() else {
                reading.report.format(name, format!("Property \"{name}\" expects an array with valid data, association format is not valid for the association type \"{code}\"."));
                continue;
            };
            if items.len() > MAX_LINKS {
                reading
                    .report
                    .rule(name, format!("An association has at most {MAX_LINKS} {kind}."));
                continue;
            }
            match kind.as_str() {
                "products" => links.products = reading.read_products(items),
                "product_models" => links.product_models = reading.read_models(items),
                "groups" if !quantified => links.groups = reading.read_groups(items),
                _ => reading
                    .report
                    .format(name, format!("Property \"{name}\" does not have a kind \"{kind}\".")),
            }
        }
        if let Some(inherited) = inherited {
            links.leave_inherited(inherited, &before);
        }
    }

    /// The property `associations` as clients read it: every type that is not quantified, with all
    /// kinds. `name` gives a product's name, none if it is gone.
    pub fn represent(
        &self,
        types: &[(String, bool)],
        name: impl Fn(Uuid) -> Option<String>,
    ) -> Value {
        let plain = types.iter().filter(|(_, is_quantified)| !is_quantified);
        let empty = Links::default();
        let by_type = plain.map(|(code, _)| {
            let links = self.0.get(code).unwrap_or(&empty);
            let products: Vec<String> =
                links.products.iter().filter_map(|link| name(link.id())).collect();
            let links = json!({
                "products": products, "product_models": links.product_models, "groups": links.groups
            });
            (code.clone(), links)
        });
        Value::Object(by_type.collect())
    }

    /// The property `quantified_associations`; `key` is `uuid` or `identifier`.
    pub fn represent_quantified(
        &self,
        types: &[(String, bool)],
        key: &str,
        name: impl Fn(Uuid) -> Option<String>,
    ) -> Value {
        let quantified = types.iter().filter(|(_, is_quantified)| *is_quantified);
        let by_type = quantified.filter_map(|(code, _)| {
            let links = self.0.get(code)?;
            let products: Vec<Value> = links
                .products
                .iter()
                .filter_map(|link| match link {
                    ProductLink::Quantified { uuid, quantity } => {
                        Some(json!({key: name(*uuid)?, "quantity": quantity}))
                    }
                    ProductLink::Plain(_) => None,
                })
                .collect();
            let links = json!({"products": products, "product_models": links.product_models});
            Some((code.clone(), links))
        });
        Value::Object(by_type.collect())
    }
}

struct Reading<'a> {
    name: &'a str,
    quantified: bool,
    naming: Naming,
    lookup: &'a Lookup,
    report: &'a mut Report,
}

impl Reading<'_> {
    /// A product that is not found by the names that are asked for may be named by the others.
    fn read_products(&mut self, items: &[Value]) -> Vec<ProductLink> {
        let mut links: Vec<ProductLink> = Vec::with_capacity(items.len());
        for item in items {
            let key = if self.naming == Naming::Uuid { "uuid" } else { "identifier" };
            let Some((given, quantity)) = self.read_item(item, key) else { continue };
            let id = match self.naming {
                Naming::Uuid => self.find_by_id(&given).or_else(|| self.lookup.product_id(&given)),
                Naming::Identifier => {
                    self.lookup.product_id(&given).or_else(|| self.find_by_id(&given))
                }
            };
            match id {
                Some(id) if links.iter().any(|link| link.id() == id) => {}
                Some(id) if self.quantified => {
                    links.push(ProductLink::Quantified { uuid: id, quantity });
                }
                Some(id) => links.push(ProductLink::Plain(id)),
                None => {
                    let name = self.name;
                    self.report.format(name, format!("Property \"{name}\" expects a valid product {key}. The product does not exist, \"{given}\" given."));
                }
            }
        }
        links
    }

    fn find_by_id(&self, given: &str) -> Option<Uuid> {
        Uuid::parse_str(given).ok().filter(|id| self.lookup.has_product(*id))
    }

    fn read_models(&mut self, items: &[Value]) -> Vec<ModelLink> {
        let mut links: Vec<ModelLink> = Vec::with_capacity(items.len());
        for item in items {
            let Some((given, quantity)) = self.read_item(item, "identifier") else { continue };
            if !self.lookup.has_model(&given) {
                let name = self.name;
                self.report.format(name, format!("Property \"{name}\" expects a valid product model identifier. The product model does not exist, \"{given}\" given."));
                continue;
            }
            let link = if self.quantified {
                ModelLink::Quantified { identifier: given, quantity }
            } else {
                ModelLink::Plain(given)
            };
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links
    }

    fn read_item(&mut self, item: &Value, key: &str) -> Option<(String, i64)> {
        let name = self.name;
        if !self.quantified {
            let Some(text) = item.as_str() else {
                self.report.format(name, format!("Property \"{name}\" expects an array with valid data, one of the values is not a string."));
                return None;
            };
            return Some((text.to_owned(), 1));
        }
        let named = item.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(named), Some(quantity)) = (named, item.get("quantity")) else {
            self.report.format(name, format!("Property \"{name}\" expects an array of objects with \"{key}\" and \"quantity\"."));
            return None;
        };
        match quantity.as_i64().filter(|quantity| (1..=MAX_QUANTITY).contains(quantity)) {
            Some(quantity) => Some((named, quantity)),
            None => {
                self.report.rule(
                    name,
                    format!("The quantity should be an integer between 1 and {MAX_QUANTITY}."),
                );
                None
            }
        }
    }

    fn read_groups(&mut self, items: &[Value]) -> Vec<String> {
        let mut groups: Vec<String> = Vec::with_capacity(items.len());
        for item in items {
            let Some((given, _)) = self.read_item(item, "identifier") else { continue };
            if !self.lookup.has_group(&given) {
                let name = self.name;
                self.report.format(name, format!("Property \"{name}\" expects a valid group code. The group does not exist, \"{given}\" given."));
            } else if !groups.contains(&given) {
                groups.push(given);
            }
        }
        groups
    }
}

fn as_object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Array(items) if items.is_empty() => Some(Map::new()),
        _ => None,
    }
}
