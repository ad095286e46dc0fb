use std::{borrow::Cow, collections::BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::management::{
    report::Place,
    values::{Entry, Values},
};

/// What follows from other things or from time, and is nobody's change.
const DERIVED: [&str; 6] =
    ["code", "created", "updated", "group_labels", "common_attributes", "channel_requirements"];

/// One property, or one value of an attribute, before and after a write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HistoryChange)]
pub struct Change {
    /// The property; `values` for a value.
    #[schema(example = "values")]
    pub property: String,
    /// Which value: `attribute`, `locale` and `scope`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What it was; null if it was not there.
    pub old: Value,
    /// What it became; null if it went.
    pub new: Value,
}

/// A thing at one version: what clients may write of it. Properties that are null are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State<'a> {
    /// Properties by name, without values.
    pub properties: Map<String, Value>,
    /// Values; empty where there are none.
    pub values: Cow<'a, Values>,
}

impl<'a> State<'a> {
    /// From properties as they are read, and values.
    pub fn new(mut properties: Map<String, Value>, values: Cow<'a, Values>) -> Self {
        properties.retain(|name, value| !value.is_null() && !DERIVED.contains(&name.as_str()));
        Self { properties, values }
    }

    /// The same, apart from the thing it is of.
    pub fn into_owned(self) -> State<'static> {
        let values = Cow::Owned(self.values.into_owned());
        State { properties: self.properties, values }
    }

    /// Takes back changes: those of the latest version first.
    pub fn undo(&mut self, changes: Vec<Change>) {
        for Change { property, place, old, .. } in changes {
            match place {
                Some(Place { attribute, locale, scope }) => {
                    let data = Some(old).filter(|data| !data.is_null());
                    self.values.to_mut().set(&attribute, locale.as_deref(), scope.as_deref(), data);
                }
                None if old.is_null() => drop(self.properties.remove(&property)),
                None => drop(self.properties.insert(property, old)),
            }
        }
    }

    /// All of it as one object.
    pub fn represent(&self) -> Map<String, Value> {
        let mut body = self.properties.clone();
        if !self.values.0.is_empty() {
            body.insert("values".into(), json!(self.values));
        }
        body
    }

    /// The body that leads from the present state here, by the merge rules: what has come since is set
    /// to null.
    pub fn body_from(&self, present: &State<'_>) -> Map<String, Value> {
        let mut body = self.properties.clone();
        for (name, value) in &present.properties {
            match (body.get_mut(name), value) {
                (None, value) => drop(body.insert(name.clone(), emptied(value))),
                (Some(Value::Object(wanted)), Value::Object(now)) => {
                    for (key, value) in now.iter().filter(|(_, value)| !value.is_object()) {
                        wanted.entry(key.clone()).or_insert_with(|| emptied(value));
                    }
                }
                _ => {}
            }
        }
        let mut values = json!(self.values);
        for (attribute, entry) in entries(&present.values) {
            let (locale, scope) = (entry.locale.as_deref(), entry.scope.as_deref());
            if self.values.find(attribute, locale, scope).is_none() {
                let gone = json!({"locale": locale, "scope": scope, "data": null});
                match values.get_mut(attribute).and_then(Value::as_array_mut) {
                    Some(entries) => entries.push(gone),
                    None => values[attribute] = json!([gone]),
                }
            }
        }
        if values.as_object().is_some_and(|values| !values.is_empty()) {
            body.insert("values".into(), values);
        }
        body
    }
}

/// What a property is written as when it is to hold nothing.
fn emptied(value: &Value) -> Value {
    match value {
        Value::Array(_) => json!([]),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), emptied(value))).collect()
        }
        _ => Value::Null,
    }
}

fn entries(values: &Values) -> impl Iterator<Item = (&String, &Entry)> {
    values
        .0
        .iter()
        .flat_map(|(attribute, entries)| entries.iter().map(move |entry| (attribute, entry)))
}

/// What changed from one state to the other.
pub fn compare(before: &State<'_>, after: &State<'_>) -> Vec<Change> {
    let names: BTreeSet<&String> =
        before.properties.keys().chain(after.properties.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let (old, new) = (before.properties.get(name), after.properties.get(name));
        if old != new {
            changes.push(change(name, None, old, new));
        }
    }
    let attributes: BTreeSet<&String> =
        before.values.0.keys().chain(after.values.0.keys()).collect();
    for attribute in attributes {
        let (old, new) = (before.values.0.get(attribute), after.values.0.get(attribute));
        if old != new {
            compare_entries(attribute, &before.values, &after.values, &mut changes);
        }
    }
    changes
}

fn compare_entries(attribute: &str, before: &Values, after: &Values, changes: &mut Vec<Change>) {
    let places: BTreeSet<(Option<&str>, Option<&str>)> = [before, after]
        .into_iter()
        .filter_map(|values| values.0.get(attribute))
        .flatten()
        .map(|entry| (entry.locale.as_deref(), entry.scope.as_deref()))
        .collect();
    for (locale, scope) in places {
        let old = before.find(attribute, locale, scope);
        let new = after.find(attribute, locale, scope);
        if old != new {
            let (locale, scope) = (locale.map(str::to_owned), scope.map(str::to_owned));
            let place = Place { attribute: attribute.to_owned(), locale, scope };
            changes.push(change("values", Some(place), old, new));
        }
    }
}

fn change(
    property: &str,
    place: Option<Place>,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Change {
    let data = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
    Change { property: property.to_owned(), place, old: data(old), new: data(new) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state(properties: Value, values: Value) -> State<'static> {
        let Value::Object(properties) = properties else { panic!("not an object") };
        State::new(properties, Cow::Owned(serde_json::from_value(values).unwrap()))
    }

    #[test]
    fn a_change_names_its_property_or_value() {
        let before = state(json!({"enabled": true, "family": "mugs", "updated": "now"}), json!({}));
        let name = json!({"name": [{"locale": "de_DE", "scope": null, "data": "Tasse"}]});
        let after = state(json!({"enabled": false, "family": null}), name);
        assert_eq!(
            json!(compare(&before, &after)),
            json!([
                {"property": "enabled", "old": true, "new": false},
                {"property": "family", "old": "mugs", "new": null},
                {"property": "values", "attribute": "name", "locale": "de_DE", "scope": null,
                 "old": null, "new": "Tasse"},
            ])
        );
    }

    #[test]
    fn a_body_that_leads_back_empties_what_has_come_since() {
        let wanted = state(json!({"labels": {"en_US": "Mug"}}), json!({}));
        let color = json!({"color": [{"locale": null, "scope": null, "data": "red"}]});
        let present = state(
            json!({"labels": {"de_DE": "Tasse"}, "parent": "a", "units": {"web": ["x"]}}),
            color,
        );
        assert_eq!(
            Value::Object(wanted.body_from(&present)),
            json!({"labels": {"en_US": "Mug", "de_DE": null}, "parent": null, "units": {"web": []},
                   "values": {"color": [{"locale": null, "scope": null, "data": null}]}})
        );
    }

    fn any_state() -> impl Strategy<Value = State<'static>> {
        let values = proptest::collection::vec((0u8..4, 0u8..3, 0u8..3, 0u8..5), 0..20);
        let properties = proptest::collection::btree_map("[a-d]", 0u8..3, 0..4);
        (properties, values).prop_map(|(properties, entries)| {
            let mut values = Values::default();
            for (attribute, locale, scope, data) in entries {
                let (locale, scope) = (format!("l{locale}"), format!("s{scope}"));
                values.set(&attribute.to_string(), Some(&locale), Some(&scope), Some(json!(data)));
            }
            let properties = properties.into_iter().map(|(name, data)| (name, json!(data)));
            State::new(properties.collect(), Cow::Owned(values))
        })
    }

    proptest! {
        #[test]
        fn undoing_what_changed_leads_back(before in any_state(), after in any_state()) {
            let changes = serde_json::to_string(&compare(&before, &after)).unwrap();
            let mut state = after.clone();
            state.undo(serde_json::from_str(&changes).unwrap());
            prop_assert_eq!(state, before);
        }
    }
}
