//! Changes as bodies: what a draft writes onto what is there by now.

use serde_json::{Map, Value, json};

use crate::management::{
    associations,
    history::{Change, State},
};

/// The body that makes these changes to the present state. Lists and objects keep what others have
/// added to them since.
pub(super) fn body_of(changes: &[Change], present: &State<'_>) -> Map<String, Value> {
    let mut body = Map::new();
    for change in changes {
        match &change.place {
            Some(place) => {
                let value =
                    json!({"locale": place.locale, "scope": place.scope, "data": change.new});
                let values = body.entry("values").or_insert_with(|| json!({}));
                match values[&place.attribute].as_array_mut() {
                    Some(entries) => entries.push(value),
                    None => values[&place.attribute] = json!([value]),
                }
            }
            None => {
                let now = present.properties.get(&change.property).unwrap_or(&Value::Null);
                let merged = merge(now, &change.old, &change.new);
                if change.property == "associations" {
                    let wanted = associations::read(Some(&merged));
                    body.extend(wanted.body_from(&associations::read(Some(now))));
                } else {
                    body.insert(change.property.clone(), merged);
                }
            }
        }
    }
    body
}

/// What is there at the place of a change.
pub(super) fn find<'a>(change: &Change, state: &'a State<'_>) -> Option<&'a Value> {
    match &change.place {
        Some(place) => {
            state.values.find(&place.attribute, place.locale.as_deref(), place.scope.as_deref())
        }
        None => state.properties.get(&change.property),
    }
}

/// The difference between old and new, made to what is there now.
fn merge(now: &Value, old: &Value, new: &Value) -> Value {
    let sides = [now, old, new];
    if sides.iter().any(|side| side.is_object()) {
        let member = |side: &Value, name: &str| side.get(name).cloned().unwrap_or_default();
        let names = sides.iter().filter_map(|side| side.as_object()).flat_map(Map::keys);
        let merged = names.map(|name| {
            let [now, old, new] = sides.map(|side| member(side, name));
            (name.clone(), merge(&now, &old, &new))
        });
        return merged.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into();
    }
    if sides.iter().any(|side| side.is_array()) {
        let items = |side: &Value| side.as_array().cloned().unwrap_or_default();
        let (old, new) = (items(old), items(new));
        let mut merged = items(now);
        merged.retain(|item| new.contains(item) || !old.contains(item));
        let added = new.into_iter().filter(|item| !old.contains(item));
        let added: Vec<Value> = added.filter(|item| !merged.contains(item)).collect();
        merged.extend(added);
        return merged.into();
    }
    new.clone()
}

/// Whether a body says something of the place of the change, so that the change is of no interest.
pub(super) fn is_overridden(change: &Change, body: &Map<String, Value>) -> bool {
    let Some(place) = &change.place else {
        return change.property != "associations" && body.contains_key(&change.property);
    };
    let entries = body.get("values").and_then(|values| values.get(&place.attribute));
    entries.and_then(Value::as_array).into_iter().flatten().any(|entry| {
        entry.get("locale").and_then(Value::as_str) == place.locale.as_deref()
            && entry.get("scope").and_then(Value::as_str) == place.scope.as_deref()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_list() -> impl Strategy<Value = Value> {
        proptest::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4).prop_map(|list| json!(list))
    }

    proptest! {
        #[test]
        fn without_other_writes_the_new_list_results(old in any_list(), new in any_list()) {
            let merged = merge(&old, &old, &new);
            let sorted = |list: &Value| {
                let mut list = list.as_array().unwrap().clone();
                list.sort_by_key(Value::to_string);
                list
            };
            prop_assert_eq!(sorted(&merged), sorted(&new));
        }

        #[test]
        fn what_a_change_does_not_touch_stays(now in any_list(), old in any_list(), new in any_list()) {
            let merged = merge(&now, &old, &new);
            let has = |list: &Value, item: &str| list.as_array().unwrap().contains(&json!(item));
            for item in ["a", "b", "c", "d"] {
                let wanted = match (has(&old, item), has(&new, item)) {
                    (true, false) => false,
                    (false, true) => true,
                    _ => has(&now, item),
                };
                prop_assert_eq!(has(&merged, item), wanted);
            }
        }
    }

    #[test]
    fn objects_merge_by_member_and_scalars_are_replaced() {
        let now = json!({"PACK": {"products": ["a", "x"]}, "UPSELL": {"products": ["u"]}});
        let old = json!({"PACK": {"products": ["a"]}});
        let new = json!({"PACK": {"products": ["b"]}});
        assert_eq!(
            merge(&now, &old, &new),
            json!({"PACK": {"products": ["x", "b"]}, "UPSELL": {"products": ["u"]}})
        );
        assert_eq!(merge(&json!("now"), &json!("old"), &Value::Null), Value::Null);
        assert_eq!(merge(&Value::Null, &json!(["a"]), &Value::Null), json!([]));
    }
}
