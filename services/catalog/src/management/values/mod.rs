//! Values of products and models: attribute to values by locale and channel.

mod choice;
mod data;
mod date;
mod link;
mod media;
mod number;
pub mod pattern;
mod place;
mod select;
mod text;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use date::read_date;
pub use number::read_decimal;
pub use select::Selection;
pub use write::write_values;

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its locale, if the attribute is localizable.
    pub locale: Option<String>,
    /// Its channel, if the attribute is scopable.
    pub scope: Option<String>,
    /// What it is, in the form of the attribute's type.
    pub data: Value,
}

/// Values by attribute, each list in order of channel and locale.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(pub BTreeMap<String, Vec<Entry>>);

impl Values {
    /// The value of an attribute that has one for all locales and channels.
    pub fn plain(&self, attribute: &str) -> Option<&Value> {
        self.find(attribute, None, None)
    }

    /// The value with this locale and channel.
    pub fn find(
        &self,
        attribute: &str,
        locale: Option<&str>,
        scope: Option<&str>,
    ) -> Option<&Value> {
        self.0
            .get(attribute)?
            .iter()
            .find(|entry| entry.locale.as_deref() == locale && entry.scope.as_deref() == scope)
            .map(|entry| &entry.data)
    }

    /// Sets the value with this locale and channel; none removes it.
    pub fn set(
        &mut self,
        attribute: &str,
        locale: Option<&str>,
        scope: Option<&str>,
        data: Option<Value>,
    ) {
        let Some(data) = data else { return self.remove(attribute, locale, scope) };
        let entries = self.0.entry(attribute.to_owned()).or_default();
        let key = (scope, locale);
        match entries
            .binary_search_by(|entry| (entry.scope.as_deref(), entry.locale.as_deref()).cmp(&key))
        {
            Ok(place) => entries[place].data = data,
            Err(place) => {
                let (locale, scope) = (locale.map(str::to_owned), scope.map(str::to_owned));
                entries.insert(place, Entry { locale, scope, data });
            }
        }
    }

    fn remove(&mut self, attribute: &str, locale: Option<&str>, scope: Option<&str>) {
        let Some(entries) = self.0.get_mut(attribute) else { return };
        entries
            .retain(|entry| entry.locale.as_deref() != locale || entry.scope.as_deref() != scope);
        if entries.is_empty() {
            self.0.remove(attribute);
        }
    }

    /// Adds the values of attributes that are not here yet.
    pub fn inherit(&mut self, from: &Self) {
        for (attribute, entries) in &from.0 {
            self.0.entry(attribute.clone()).or_insert_with(|| entries.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn null_removes_only_its_own_locale_and_channel() {
        let mut values = Values::default();
        values.set("name", Some("de_DE"), None, Some(json!("Tasse")));
        values.set("name", Some("en_US"), None, Some(json!("Mug")));
        values.set("name", Some("de_DE"), None, None);
        assert_eq!(values.find("name", Some("en_US"), None), Some(&json!("Mug")));
        values.set("name", Some("en_US"), None, None);
        assert_eq!(values, Values::default());
    }

    proptest! {
        #[test]
        fn writing_the_same_twice_is_writing_it_once(
            writes in proptest::collection::vec((0u8..3, 0u8..3, proptest::option::of(0u8..4)), 0..20)
        ) {
            let apply = |values: &mut Values| {
                let mut last = BTreeMap::new();
                for (locale, scope, data) in &writes {
                    last.insert((*locale, *scope), *data);
                }
                for ((locale, scope), data) in last {
                    let (locale, scope) = (format!("l{locale}"), format!("s{scope}"));
                    values.set("a", Some(&locale), Some(&scope), data.map(|data| json!(data)));
                }
            };
            let mut once = Values::default();
            apply(&mut once);
            let mut twice = once.clone();
            apply(&mut twice);
            prop_assert_eq!(once, twice);
        }
    }
}
