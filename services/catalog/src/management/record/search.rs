use serde_json::Value;

use super::with_scopes;
use crate::management::{
    error::Result,
    search::{Condition, read_search},
};

/// Reads the parameter `search` of a list of records: a single condition may stand without its array,
/// and conditions say `channel` where those of products say `scope`.
pub(super) fn read(text: Option<&str>) -> Result<Vec<Condition>> {
    let Some(Ok(mut search)) = text.map(serde_json::from_str::<Value>) else {
        return read_search(text, None, None);
    };
    for conditions in search.as_object_mut().into_iter().flat_map(|search| search.values_mut()) {
        if conditions.is_object() {
            *conditions = Value::Array(vec![conditions.take()]);
        }
    }
    read_search(Some(&with_scopes(&search).to_string()), None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_may_stand_alone_and_names_its_channel() {
        let text =
            r#"{"complete":{"operator":"=","value":true,"channel":"web","locales":["en_US"]}}"#;
        let conditions = read(Some(text)).unwrap();
        assert_eq!(conditions[0].scope.as_deref(), Some("web"));
        assert_eq!(conditions[0].locales, ["en_US"]);
        assert!(read(Some("{")).is_err());
        assert!(read(Some(r#"{"a":1}"#)).is_err());
        assert!(read(None).unwrap().is_empty());
    }
}
