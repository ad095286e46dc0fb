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

use super::report::Place;

pub use date::read_date;
pub use number::{METRIC_PLACES, PRICE_PLACES, read_decimal};
pub use select::Selection;
pub use text::check as check_text;
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

    /// The value at this place.
    pub fn at(&self, place: &Place) -> Option<&Value> {
        self.find(&place.attribute, place.locale.as_deref(), place.scope.as_deref())
    }

    /// Sets the value at this place; none removes it.
    pub fn set_at(&mut self, place: &Place, data: Option<Value>) {
        self.set(&place.attribute, place.locale.as_deref(), place.scope.as_deref(), data);
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

    /// Sets a value in place of what is inherited. From then on all values of the attribute are its own, at
    /// first the inherited ones; none brings the inherited one back, and when nothing is left that differs
    /// from what is inherited, all of them are inherited again.
    pub fn override_at(&mut self, place: &Place, data: Option<Value>, inherited: &Self) {
        let (code, above) = (&place.attribute, inherited.at(place));
        if !self.0.contains_key(code) {
            if data.is_none() || data.as_ref() == above {
                return;
            }
            let entries = inherited.0.get(code).cloned().unwrap_or_default();
            self.0.insert(code.clone(), entries);
        }
        self.set_at(place, data.or_else(|| above.cloned()));
        let above = inherited.0.get(code).map(Vec::as_slice).unwrap_or_default();
        let own = self.0.get(code).map(Vec::as_slice).unwrap_or_default();
        if own.iter().all(|entry| above.contains(entry)) {
            self.0.remove(code);
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

    #[test]
    fn an_override_is_of_all_values_of_an_attribute_until_none_differs() {
        let place = |locale: &str| Place {
            attribute: "name".to_owned(),
            locale: Some(locale.to_owned()),
            scope: None,
        };
        let (german, english) = (place("de_DE"), place("en_US"));
        let mut inherited = Values::default();
        inherited.set_at(&german, Some(json!("Tasse")));
        let mut own = Values::default();
        own.override_at(&german, Some(json!("Tasse")), &inherited);
        own.override_at(&german, None, &inherited);
        assert_eq!(own, Values::default(), "what is repeated, and nothing, override nothing");
        own.override_at(&english, Some(json!("Mug")), &inherited);
        assert_eq!(own.at(&german), Some(&json!("Tasse")), "the others are taken along");
        own.override_at(&german, Some(json!("Becher")), &inherited);
        own.override_at(&english, None, &inherited);
        assert_eq!((own.at(&german), own.at(&english)), (Some(&json!("Becher")), None));
        own.override_at(&german, None, &inherited);
        assert_eq!(own, Values::default());
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
