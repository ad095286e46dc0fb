//! Completeness: how much of what a family requires in a channel is there, per locale.

mod store;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{error::Result, values::Values};

/// Channels and their locales.
#[derive(Debug, Default)]
pub struct Channels(BTreeMap<String, Vec<String>>);

/// What families require, per channel.
#[derive(Debug, Default)]
pub struct Requirements {
    channels: Channels,
    /// Family and channel to the attributes.
    required: BTreeMap<(String, String), Vec<Required>>,
}

/// An attribute that has to be filled.
#[derive(Debug, Clone)]
pub struct Required {
    /// Its code.
    pub attribute: String,
    /// Whether there is a value per locale.
    pub localizable: bool,
    /// Whether there is a value per channel.
    pub scopable: bool,
    /// Locales of a locale-specific attribute; empty: all.
    pub available_locales: Vec<String>,
}

impl Channels {
    /// Loads them all.
    pub async fn load(connection: &mut PgConnection) -> Result<Self> {
        store::load_channels(connection).await
    }

    /// Completeness of something that needs the same in all channels: one entry per channel and
    /// locale. `name` is what the entry calls the channel.
    pub fn completenesses(&self, required: &[Required], values: &Values, name: &str) -> Value {
        let places = self
            .0
            .iter()
            .flat_map(|(channel, locales)| locales.iter().map(move |locale| (channel, locale)));
        let entries = places.map(|(channel, locale)| {
            let percent = percent(required, values, channel, locale);
            json!({name: channel, "locale": locale, "data": percent})
        });
        entries.collect()
    }
}

impl Requirements {
    /// Loads what these families require.
    pub async fn load(connection: &mut PgConnection, families: &[&str]) -> Result<Self> {
        store::load(connection, families).await
    }

    /// Completeness of a product with these values, identifier included: one entry per channel and
    /// locale; none without family.
    pub fn of(&self, family: Option<&str>, values: &Values) -> Value {
        let Some(family) = family else { return json!([]) };
        let mut entries = Vec::new();
        for (channel, locales) in &self.channels.0 {
            let key = (family.to_owned(), channel.clone());
            let required = self.required.get(&key).map(Vec::as_slice).unwrap_or_default();
            for locale in locales {
                let percent = percent(required, values, channel, locale);
                entries.push(json!({"scope": channel, "locale": locale, "data": percent}));
            }
        }
        entries.into()
    }
}

/// 100 · (required − missing) / required, rounded down; 100 if nothing is required.
fn percent(required: &[Required], values: &Values, channel: &str, locale: &str) -> usize {
    let counts = |required: &&Required| {
        let available = &required.available_locales;
        available.is_empty() || available.iter().any(|other| other == locale)
    };
    let required: Vec<&Required> = required.iter().filter(counts).collect();
    if required.is_empty() {
        return 100;
    }
    let is_there = |required: &&&Required| {
        let locale = required.localizable.then_some(locale);
        let scope = required.scopable.then_some(channel);
        values.find(&required.attribute, locale, scope).is_some()
    };
    100 * required.iter().filter(is_there).count() / required.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(attribute: &str, localizable: bool) -> Required {
        Required {
            attribute: attribute.into(),
            localizable,
            scopable: false,
            available_locales: Vec::new(),
        }
    }

    #[test]
    fn completeness_is_the_share_of_required_values_rounded_down() {
        let mut values = Values::default();
        values.set("sku", None, None, Some(json!("A")));
        values.set("name", Some("en_US"), None, Some(json!("Mug")));
        let required = [required("sku", false), required("name", true), required("brand", false)];
        assert_eq!(percent(&required, &values, "web", "en_US"), 66);
        assert_eq!(percent(&required, &values, "web", "de_DE"), 33);
        assert_eq!(percent(&[], &values, "web", "de_DE"), 100);
    }
}
