use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Lookup;
use crate::management::{
    attribute::{Attribute, Kind},
    values::{Entry, Values},
};

/// What lines refer to, by their codes.
#[derive(Debug, Default)]
pub struct Needs {
    pub(super) attributes: BTreeSet<String>,
    pub(super) families: BTreeSet<String>,
    pub(super) variants: BTreeSet<String>,
    pub(super) categories: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
    pub(super) models: BTreeSet<String>,
    pub(super) model_ids: BTreeSet<Uuid>,
    pub(super) product_ids: BTreeSet<Uuid>,
    pub(super) identifiers: BTreeSet<String>,
}

impl Needs {
    /// Adds what a body refers to. Whatever is of a wrong type is left to be refused later.
    pub fn add_body(&mut self, body: &Map<String, Value>) {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        self.families.extend(text("family"));
        self.variants.extend(text("family_variant"));
        self.models.extend(text("parent"));
        for name in ["categories", "add_categories", "remove_categories"] {
            let items = body.get(name).and_then(Value::as_array).into_iter().flatten();
            self.categories.extend(items.filter_map(Value::as_str).map(str::to_owned));
        }
        self.add_groups(body.get("groups"));
        if let Some(values) = body.get("values").and_then(Value::as_object) {
            for code in values.keys() {
                if !self.attributes.contains(code) {
                    self.attributes.insert(code.clone());
                }
            }
        }
        for name in ["associations", "quantified_associations"] {
            let types = body.get(name).and_then(Value::as_object).into_iter().flatten();
            for (_, kinds) in types {
                self.add_links(kinds);
            }
        }
    }

    /// Adds a family.
    pub fn add_family(&mut self, code: &str) {
        self.families.insert(code.to_owned());
    }

    /// Adds a family variant.
    pub fn add_variant(&mut self, code: &str) {
        self.variants.insert(code.to_owned());
    }

    /// Adds a model, with those above it.
    pub fn add_model(&mut self, id: Uuid) {
        self.model_ids.insert(id);
    }

    /// Adds the attributes of values with a unit, which convert into the standard one.
    pub fn add_units(&mut self, values: &Values) {
        let has_unit = |entry: &Entry| entry.data.get("unit").is_some();
        let attributes = values.0.iter().filter(|(_, entries)| entries.iter().any(has_unit));
        self.attributes.extend(attributes.map(|(code, _)| code.clone()));
    }

    /// Products that a body's associations name, as they name them.
    pub fn named_products(&self) -> impl Iterator<Item = &String> {
        self.identifiers.iter()
    }

    /// Models that a body names.
    pub fn named_models(&self) -> impl Iterator<Item = &String> {
        self.models.iter()
    }

    fn add_groups(&mut self, given: Option<&Value>) {
        let items = given.and_then(Value::as_array).into_iter().flatten();
        self.groups.extend(items.filter_map(Value::as_str).map(str::to_owned));
    }

    fn add_links(&mut self, kinds: &Value) {
        self.add_groups(kinds.get("groups"));
        let items = |kind: &str| kinds.get(kind).and_then(Value::as_array).into_iter().flatten();
        for item in items("products") {
            let name = item.as_str().or_else(|| {
                item.get("uuid").or_else(|| item.get("identifier")).and_then(Value::as_str)
            });
            let Some(name) = name else { continue };
            self.product_ids.extend(Uuid::parse_str(name).ok());
            self.identifiers.insert(name.to_owned());
        }
        for item in items("product_models") {
            let name = item.as_str().or_else(|| item.get("identifier").and_then(Value::as_str));
            self.models.extend(name.map(str::to_owned));
        }
    }
}

/// What values refer to, known once their attributes are.
#[derive(Debug, Default)]
pub(super) struct ValueNeeds {
    /// Attributes, and codes in lower case.
    pub(super) options: BTreeSet<(String, String)>,
    pub(super) media_files: Vec<String>,
    pub(super) record_owners: Vec<String>,
    pub(super) records: Vec<String>,
}

impl ValueNeeds {
    pub(super) fn add_values(&mut self, values: Option<&Value>, lookup: &Lookup) {
        for (code, entries) in values.and_then(Value::as_object).into_iter().flatten() {
            let Some(attribute) = lookup.attribute(code) else { continue };
            let entries = entries.as_array().into_iter().flatten();
            for data in entries.filter_map(|entry| entry.get("data")) {
                match (attribute.kind, data) {
                    (Kind::SimpleSelect, Value::String(option)) => self.add_option(code, option),
                    (Kind::MultiSelect, Value::Array(options)) => {
                        for option in options.iter().filter_map(Value::as_str) {
                            self.add_option(code, option);
                        }
                    }
                    (Kind::File | Kind::Image, Value::String(path)) => {
                        self.media_files.push(path.clone());
                    }
                    (Kind::ReferenceEntity, Value::String(record)) => {
                        self.add_record(attribute, record);
                    }
                    (
                        Kind::ReferenceEntityCollection | Kind::AssetCollection,
                        Value::Array(records),
                    ) => {
                        for record in records.iter().filter_map(Value::as_str) {
                            self.add_record(attribute, record);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn add_record(&mut self, attribute: &Attribute, record: &str) {
        self.record_owners.extend(attribute.record_owner());
        self.records.push(record.to_owned());
    }

    fn add_option(&mut self, attribute: &str, option: &str) {
        self.options.insert((attribute.to_owned(), option.to_lowercase()));
    }
}
