//! A value of the management API becomes an entry of the document.

use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use super::{
    super::{
        document::AttributeValue,
        structure::{Attribute, Channel, Kind, Locale, Structure, convert, decimal, label},
    },
    format,
    price::{minor_digits, prices},
};

/// Longest text that is listed as an attribute, in characters.
const MAX_TEXT: usize = 10_000;

/// In what surroundings values are read: structure, channel and locale.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub structure: &'a Structure,
    pub channel: &'a Channel,
    pub locale: &'a Locale,
}

/// Value, unit and text for people.
struct Shown {
    value: Value,
    unit: Option<String>,
    formatted: String,
}

impl Shown {
    fn plain(value: Value, formatted: impl Into<String>) -> Option<Self> {
        Some(Self { value, unit: None, formatted: formatted.into() })
    }
}

impl Reading<'_> {
    /// The entry of an attribute; `None` if the attribute is not known or the data is not of its type.
    pub(super) fn entry(&self, code: &str, data: &Value) -> Option<AttributeValue> {
        let attribute = self.structure.attributes.get(code)?;
        let shown = self.show(code, attribute, data)?;
        Some(AttributeValue {
            code: code.to_owned(),
            label: label(&attribute.labels, self.locale, code),
            group: label(&attribute.group_labels, self.locale, &attribute.group),
            kind: attribute.kind.as_str().to_owned(),
            value: shown.value,
            unit: shown.unit,
            formatted: shown.formatted,
        })
    }

    /// Label of a select option, or the text itself.
    pub(super) fn text(&self, code: &str, data: &Value) -> Option<String> {
        self.entry(code, data).map(|entry| entry.formatted).filter(|text| !text.trim().is_empty())
    }

    fn show(&self, code: &str, attribute: &Attribute, data: &Value) -> Option<Shown> {
        match attribute.kind {
            Kind::Text | Kind::Identifier => {
                let text: String = data.as_str()?.chars().take(MAX_TEXT).collect();
                Shown::plain(json!(text), text.clone())
            }
            Kind::Select => {
                let option = data.as_str()?;
                let text = self.structure.option_label(code, option, self.locale);
                Shown::plain(data.clone(), text)
            }
            Kind::MultiSelect => self.show_options(code, data),
            Kind::Boolean => {
                Shown::plain(data.clone(), format::boolean(data.as_bool()?, &self.locale.code))
            }
            Kind::Number => {
                let amount = decimal(data)?;
                Shown::plain(json!(amount.to_f64()?), format::number(amount, &self.locale.code))
            }
            Kind::Metric => self.show_metric(code, attribute, data),
            Kind::Price => self.show_price(data),
            Kind::Date => {
                let day = data.as_str()?.get(..10)?;
                Shown::plain(json!(day), day)
            }
            Kind::Image => None,
            Kind::Other => {
                let text = data.as_str().map_or_else(|| data.to_string(), str::to_owned);
                Shown::plain(data.clone(), text)
            }
        }
    }

    fn show_options(&self, code: &str, data: &Value) -> Option<Shown> {
        let options: Vec<&str> = data.as_array()?.iter().filter_map(Value::as_str).collect();
        let labels: Vec<String> = options
            .iter()
            .map(|option| self.structure.option_label(code, option, self.locale))
            .collect();
        Shown::plain(json!(options), labels.join(", "))
    }

    /// The amount in the unit that the channel shows.
    fn show_metric(&self, code: &str, attribute: &Attribute, data: &Value) -> Option<Shown> {
        let (amount, unit) = (decimal(&data["amount"])?, data["unit"].as_str()?);
        let units = self.structure.units.get(attribute.metric_family.as_deref()?)?;
        let wanted = self.channel.conversion_units.get(code).and_then(Value::as_str);
        let (amount, unit) = wanted
            .and_then(|wanted| Some((convert(units, amount, unit, wanted)?, wanted)))
            .unwrap_or((amount, unit));
        let symbol = units.get(unit).map(|found| {
            if found.symbol.is_empty() {
                label(&found.labels, self.locale, unit)
            } else {
                found.symbol.clone()
            }
        });
        let number = format::number(amount, &self.locale.code);
        Some(Shown {
            value: json!(amount.to_f64()?),
            unit: Some(unit.to_owned()),
            formatted: format!("{number} {}", symbol.unwrap_or_else(|| unit.to_owned())),
        })
    }

    fn show_price(&self, data: &Value) -> Option<Shown> {
        let prices = prices(Some(data), &self.channel.currencies);
        let text = |currency: &str, minor: i64| {
            format::money(minor, minor_digits(currency), currency, &self.locale.code)
        };
        let formatted: Vec<String> =
            prices.iter().map(|(currency, range)| text(currency.as_str(), range.min)).collect();
        let money: Vec<Value> = prices
            .iter()
            .map(|(currency, range)| json!({ "amount": range.min, "currency": currency }))
            .collect();
        if money.is_empty() { None } else { Shown::plain(json!(money), formatted.join(", ")) }
    }
}
