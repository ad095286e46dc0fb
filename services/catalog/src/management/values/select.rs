use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Entry, Values};

/// Which values a reader wants.
#[derive(Debug, Default)]
pub struct Selection {
    /// Only these attributes.
    pub attributes: Option<HashSet<String>>,
    /// Only these locales, and values without locale.
    pub locales: Option<HashSet<String>>,
    /// Only this channel, and values without channel.
    pub scope: Option<String>,
    /// Only prices in these currencies.
    pub currencies: Option<HashSet<String>>,
}

impl Selection {
    /// Takes out what is not wanted.
    pub fn apply(&self, values: &mut Values) {
        if let Some(attributes) = &self.attributes {
            values.0.retain(|code, _| attributes.contains(code));
        }
        if self.locales.is_none() && self.scope.is_none() && self.currencies.is_none() {
            return;
        }
        values.0.retain(|_, entries| {
            entries.retain_mut(|entry| self.keeps(entry));
            !entries.is_empty()
        });
    }

    fn keeps(&self, entry: &mut Entry) -> bool {
        let keeps = |chosen: &Option<HashSet<String>>, code: &Option<String>| match (chosen, code) {
            (Some(chosen), Some(code)) => chosen.contains(code),
            _ => true,
        };
        let in_scope = match (&self.scope, &entry.scope) {
            (Some(chosen), Some(scope)) => chosen == scope,
            _ => true,
        };
        in_scope && keeps(&self.locales, &entry.locale) && self.keeps_prices(&mut entry.data)
    }

    /// Takes prices in other currencies out; false if none is left.
    fn keeps_prices(&self, data: &mut Value) -> bool {
        let (Some(currencies), Value::Array(items)) = (&self.currencies, data) else { return true };
        if !items.iter().any(|item| price_currency(item).is_some()) {
            return true;
        }
        items.retain(|item| price_currency(item).is_some_and(|code| currencies.contains(code)));
        !items.is_empty()
    }
}

fn price_currency(item: &Value) -> Option<&str> {
    item.as_object()
        .and_then(|price: &Map<String, Value>| price.get("currency"))
        .and_then(Value::as_str)
}
