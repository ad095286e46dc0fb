//! What reference entities and asset families have in common: attributes, their options, and records
//! with values.

pub mod attribute;
mod kind;
pub mod media;
mod naming;
pub mod option;
mod read;
mod search;
mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;

pub use attribute::RecordAttribute;
pub use kind::{Owner, RecordKind};
pub use naming::NamingConvention;
pub use option::RecordOption;
pub use read::{RecordParameters, get, list, media_url};
pub use store::{check_family, family_exists};

use super::{fields::Fields, values::Values};

/// A record of a reference entity, or an asset of an asset family.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Record {
    /// Chosen by staff, never changed.
    #[schema(example = "kartell")]
    pub code: String,
    /// Values by attribute, each with locale, channel and data.
    #[sqlx(json)]
    #[schema(value_type = Object, example = json!({"label": [{"locale": "en_US", "channel": null, "data": "Kartell"}]}))]
    pub values: Values,
    /// When it was made; only read.
    #[sqlx(rename = "created_at")]
    pub created: DateTime<Utc>,
    /// When it last changed; only read.
    #[sqlx(rename = "updated_at")]
    pub updated: DateTime<Utc>,
    #[serde(skip)]
    owner: String,
    #[serde(skip)]
    version: i64,
    /// Values of a body that are not taken over yet: what they mean is up to the attributes.
    #[serde(skip)]
    #[sqlx(skip)]
    given: Option<Value>,
}

impl Record {
    fn new(owner: &str, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            values: Values::default(),
            created: Utc::now(),
            updated: Utc::now(),
            owner: owner.to_owned(),
            version: 0,
            given: None,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.ignore(&["created", "updated", "completenesses"]);
        self.given = fields.take("values").map(with_scopes);
    }
}

/// Sets values to nothing that a body with values of before does not know.
fn clear_later(body: &mut Map<String, Value>, present: &Map<String, Value>) {
    let Some(wanted) = body.get_mut("values").and_then(Value::as_object_mut) else { return };
    let present = present.get("values").and_then(Value::as_object).into_iter().flatten();
    for (attribute, entries) in present {
        let wanted = wanted.entry(attribute.clone()).or_insert_with(|| json!([]));
        let Some(wanted) = wanted.as_array_mut() else { continue };
        for entry in entries.as_array().into_iter().flatten() {
            let is_here = |wanted: &Value| {
                wanted["locale"] == entry["locale"] && wanted["scope"] == entry["scope"]
            };
            if !wanted.iter().any(is_here) {
                let (locale, scope) = (&entry["locale"], &entry["scope"]);
                wanted.push(json!({"locale": locale, "scope": scope, "data": null}));
            }
        }
    }
}

/// Values as products have them: records say `channel` where products say `scope`.
fn with_scopes(values: &Value) -> Value {
    let mut values = values.clone();
    let entries = values.as_object_mut().into_iter().flat_map(|values| values.values_mut());
    for entry in entries.filter_map(Value::as_array_mut).flatten().filter_map(Value::as_object_mut)
    {
        if let Some(channel) = entry.remove("channel") {
            entry.insert("scope".into(), channel);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_channel_of_a_value_becomes_its_scope() {
        let given = json!({"a": [{"channel": "web", "data": 1}, 2], "b": "x"});
        let expected = json!({"a": [{"scope": "web", "data": 1}, 2], "b": "x"});
        assert_eq!(with_scopes(&given), expected);
        assert_eq!(with_scopes(&json!([])), json!([]));
    }
}
