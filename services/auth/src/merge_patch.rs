//! JSON Merge Patch (RFC 7396) of a thing's editable fields.

use problem::{Problem, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The thing with the patch applied; 422 naming the field if the result is not such a thing.
pub(crate) fn apply<T: Serialize + DeserializeOwned>(current: &T, patch: Value) -> Result<T> {
    if !patch.is_object() {
        return Err(Problem::invalid("", "invalid_value", "must be an object"));
    }
    let mut value = serde_json::to_value(current).map_err(Problem::internal)?;
    merge(&mut value, patch);
    web::parse_json(&serde_json::to_vec(&value).map_err(Problem::internal)?)
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else { return };
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
    fn a_patch_changes_adds_and_removes_as_rfc_7396_says() {
        let mut target = json!({ "a": "b", "c": { "d": "e", "f": "g" } });
        merge(&mut target, json!({ "a": "z", "c": { "f": null }, "h": [1] }));
        assert_eq!(target, json!({ "a": "z", "c": { "d": "e" }, "h": [1] }));
    }
}
