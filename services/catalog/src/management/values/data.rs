use serde_json::Value;

use super::{choice, date, link, media, number, text};
use crate::management::{
    attribute::{Attribute, Kind},
    fields::type_name,
    lookup::Lookup,
    report::{Place, Report},
};

/// What is needed to read one value.
pub(super) struct Reading<'a> {
    pub(super) attribute: &'a Attribute,
    pub(super) place: &'a Place,
    /// Of the price that is being read.
    pub(super) currency: Option<String>,
    /// What is there now.
    pub(super) present: Option<&'a Value>,
    pub(super) lookup: &'a Lookup,
    pub(super) report: &'a mut Report,
}

/// The data in the form in which it is kept; `None` if it is refused, `Some(None)` if it is empty.
pub(super) fn read_data(
    attribute: &Attribute,
    place: &Place,
    data: &Value,
    present: Option<&Value>,
    lookup: &Lookup,
    report: &mut Report,
) -> Option<Option<Value>> {
    let is_empty = match data {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if is_empty {
        return Some(None);
    }
    let mut reading = Reading { attribute, place, currency: None, present, lookup, report };
    match attribute.kind {
        Kind::Identifier | Kind::Text | Kind::TextArea => text::read(&mut reading, data),
        Kind::SimpleSelect => choice::read_option(&mut reading, data),
        Kind::MultiSelect => choice::read_options(&mut reading, data),
        Kind::Boolean => choice::read_boolean(&mut reading, data),
        Kind::Date => date::read(&mut reading, data),
        Kind::Number => number::read_number(&mut reading, data),
        Kind::Metric => number::read_metric(&mut reading, data),
        Kind::PriceCollection => number::read_prices(&mut reading, data),
        Kind::File | Kind::Image => media::read(&mut reading, data),
        Kind::ReferenceEntity => link::read_record(&mut reading, data),
        Kind::ReferenceEntityCollection | Kind::AssetCollection => {
            link::read_records(&mut reading, data)
        }
    }
}

impl Reading<'_> {
    /// The data is of a wrong type.
    pub(super) fn expects<T>(&mut self, expected: &str, given: &Value) -> Option<T> {
        let (code, given) = (&self.attribute.code, type_name(given));
        self.report.format(
            "values",
            format!("Property \"{code}\" expects {expected} as data, \"{given}\" given."),
        );
        None
    }

    /// The data breaks a rule of the attribute.
    pub(super) fn refuse<T>(&mut self, message: String) -> Option<T> {
        match &self.currency {
            Some(currency) => self.report.price_rule(self.place, currency, message),
            None => self.report.value_rule(self.place, message),
        }
        None
    }
}
