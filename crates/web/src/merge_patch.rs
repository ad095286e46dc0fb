//! JSON merge patch (RFC 7396): a body with only what changes; `null` removes.

use problem::{Problem, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The thing with the patch applied; 422 naming the field if the result is not a valid thing.
pub fn apply<T: Serialize + DeserializeOwned>(current: &T, patch: Value) -> Result<T> {
    if !patch.is_object() {
        return Err(Problem::invalid("", "invalid_value", "must be an object"));
    }
    let mut merged = serde_json::to_value(current).map_err(Problem::internal)?;
    merge(&mut merged, patch);
    crate::parse_json(&serde_json::to_vec(&merged).map_err(Problem::internal)?)
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let target = target.as_object_mut().expect("it was made an object above");
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_removes_and_the_rest_replaces() {
        let patched: Value =
            apply(&json!({"a": 1, "b": {"c": 2, "d": 3}}), json!({"a": null, "b": {"c": [4]}}))
                .unwrap();
        assert_eq!(patched, json!({"b": {"c": [4], "d": 3}}));
    }

    #[test]
    fn what_is_new_is_added_at_any_depth() {
        let patched: Value =
            apply(&json!({}), json!({ "a": { "b": { "c": 1, "d": null } } })).unwrap();
        assert_eq!(patched, json!({ "a": { "b": { "c": 1 } } }));
    }

    #[test]
    fn a_patch_is_an_object() {
        assert!(apply(&json!({}), json!([])).is_err());
    }
}
