//! Properties that may refer to things that are written later, so that lines can be written without them
//! first: associations, and what structure refers to against the order of its sorts.

use std::collections::HashSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::resource::Noun;
use crate::management::lookup::Needs;

/// A thing that a line refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Reference {
    /// The property of the line.
    pub(super) property: &'static str,
    /// What is referred to; a product by either of its names.
    pub(super) noun: Noun,
    /// Its key.
    pub(super) key: String,
}

/// Things that are still to come in an import, as lines may name them.
#[derive(Debug, Default)]
pub(super) struct Pending(HashSet<(i16, String)>);

impl Pending {
    /// Adds a line that waits. Whichever of their two paths products come by, they are one sort.
    pub(super) fn add(&mut self, rank: i16, names: impl IntoIterator<Item = String>) {
        let is_product = rank == Noun::ProductUuid.rank();
        let rank = if is_product { Noun::Product.rank() } else { rank };
        self.0.extend(names.into_iter().map(|name| (rank, name)));
    }

    /// Properties that refer to something that is still to come.
    pub(super) fn properties(&self, references: &[Reference]) -> Vec<&'static str> {
        let waits = |reference: &&Reference| {
            self.0.contains(&(reference.noun.rank(), reference.key.clone()))
        };
        let mut properties: Vec<_> =
            references.iter().filter(waits).map(|reference| reference.property).collect();
        properties.dedup();
        properties
    }
}

/// What a line refers to by properties that it can be written without.
pub(super) fn find_references(noun: Noun, data: &Map<String, Value>) -> Vec<Reference> {
    match noun {
        Noun::Category => {
            let values = data.get("values").and_then(Value::as_array).into_iter().flatten();
            refer("values", Noun::Channel, values.filter_map(|value| value.get("channel")))
        }
        Noun::Channel => {
            let units = data.get("conversion_units").and_then(Value::as_object);
            let attributes = units.into_iter().flat_map(Map::keys).cloned();
            make("conversion_units", Noun::Attribute, attributes)
        }
        Noun::AttributeGroup => {
            let attributes = data.get("attributes").and_then(Value::as_array);
            refer("attributes", Noun::Attribute, attributes.into_iter().flatten())
        }
        Noun::AssetFamily => refer(
            "attribute_as_main_media",
            Noun::RecordAttribute,
            data.get("attribute_as_main_media"),
        ),
        Noun::Record => refer("values", Noun::Record, value_data(data)),
        Noun::ProductModel | Noun::Product | Noun::ProductUuid => {
            ["associations", "quantified_associations"]
                .into_iter()
                .flat_map(|property| associated(property, data))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The line without these properties.
pub(super) fn without(data: &Map<String, Value>, properties: &[&str]) -> Map<String, Value> {
    let mut data = data.clone();
    data.retain(|name, _| !properties.contains(&name.as_str()));
    data
}

/// Data of values, and what lists of it hold.
fn value_data(data: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let values = data.get("values").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let entries = values.filter_map(Value::as_array).flatten();
    entries.filter_map(|entry| entry.get("data")).flat_map(|data| match data {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    })
}

fn associated(property: &'static str, data: &Map<String, Value>) -> Vec<Reference> {
    let Some(given) = data.get(property) else { return Vec::new() };
    let mut needs = Needs::default();
    needs.add_body(&Map::from_iter([(property.to_owned(), given.clone())]));
    let name =
        |name: &String| Uuid::parse_str(name).map_or_else(|_| name.clone(), |id| id.to_string());
    let mut references = make(property, Noun::Product, needs.named_products().map(name));
    references.extend(make(property, Noun::ProductModel, needs.named_models().cloned()));
    references
}

fn refer<'a>(
    property: &'static str,
    noun: Noun,
    names: impl IntoIterator<Item = &'a Value>,
) -> Vec<Reference> {
    make(property, noun, names.into_iter().filter_map(Value::as_str).map(str::to_owned))
}

/// What the database cannot hold names nothing.
fn make(property: &'static str, noun: Noun, keys: impl Iterator<Item = String>) -> Vec<Reference> {
    keys.filter(|key| !key.contains('\0')).map(|key| Reference { property, noun, key }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(noun: Noun, data: Value) -> Vec<(&'static str, String)> {
        let references = find_references(noun, data.as_object().unwrap());
        references.into_iter().map(|reference| (reference.property, reference.key)).collect()
    }

    #[test]
    fn associations_name_products_and_models() {
        let data = json!({
            "parent": "root",
            "associations": {"PACK": {"products": ["A"], "product_models": ["m"]}},
            "quantified_associations": {"SET": {"products": [{"identifier": "B", "quantity": 2}]}},
        });
        let expected =
            [("associations", "A"), ("associations", "m"), ("quantified_associations", "B")];
        let expected = expected.map(|(property, key)| (property, key.to_owned()));
        assert_eq!(keys(Noun::Product, data), expected);
    }

    #[test]
    fn structure_names_what_comes_later() {
        let group = json!({"code": "a", "attributes": ["color"]});
        assert_eq!(keys(Noun::AttributeGroup, group), [("attributes", "color".to_owned())]);
        let record = json!({"values": {"a": [{"data": "x"}], "b": [{"data": ["y", 1]}]}});
        let expected = ["x", "y"].map(|key| ("values", key.to_owned()));
        assert_eq!(keys(Noun::Record, record), expected);
        assert!(keys(Noun::Family, json!({"attributes": ["color"]})).is_empty());
    }

    #[test]
    fn only_what_waits_is_held_back() {
        let mut pending = Pending::default();
        pending.add(Noun::ProductUuid.rank(), ["A".to_owned()]);
        let refer =
            |property, key: &str| Reference { property, noun: Noun::Product, key: key.into() };
        let found = [refer("associations", "A"), refer("quantified_associations", "B")];
        assert_eq!(pending.properties(&found), ["associations"]);
    }
}
