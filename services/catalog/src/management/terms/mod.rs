//! Terms: what of a product's values a search can look up, one number each, in one index for all
//! attributes. A term only finds candidates, which are then checked exactly; so numbers and days fall
//! into coarse ones, and it does no harm if two texts share one.

mod bucket;
mod store;
mod upkeep;

use std::collections::BTreeSet;

use bucket::Bucket;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use store::{find_models, find_products, prefer_indexes};
pub use upkeep::{keep, keep_periodically};

use super::{
    lookup::Lookup,
    values::{Values, read_date, read_decimal},
};

/// Longer texts, in bytes, have no term of their own.
const MAX_TEXT: usize = 255;

/// The terms of these values, without repetition. The lookup knows the units of those that have one, see
/// [`Needs::add_units`](super::lookup::Needs::add_units).
pub fn of_values(values: &Values, lookup: &Lookup) -> Vec<i32> {
    let mut terms = BTreeSet::new();
    for (attribute, entries) in &values.0 {
        terms.insert(of_attribute(attribute));
        for entry in entries {
            add(&mut terms, attribute, &entry.data, lookup);
        }
    }
    terms.into_iter().collect()
}

/// What an attribute of any type may be looked up by: the form of the value tells, not the type, so that
/// terms depend on nothing that could change.
fn add(terms: &mut BTreeSet<i32>, attribute: &str, data: &Value, lookup: &Lookup) {
    match data {
        Value::String(text) => {
            terms.extend(of_text(attribute, text));
            if let Some(day) = read_date(text) {
                terms.extend(in_days(attribute, Some(day), Some(day)));
            } else if let Some(number) = read_decimal(data) {
                terms.extend(of_number(attribute, "", number));
            }
        }
        Value::Bool(value) => drop(terms.insert(of_boolean(attribute, *value))),
        Value::Number(_) => {
            if let Some(number) = read_decimal(data) {
                terms.extend(of_number(attribute, "", number));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add(terms, attribute, item, lookup)),
        Value::Object(parts) => {
            let text = |name| parts.get(name).and_then(Value::as_str);
            let Some(amount) = parts.get("amount").and_then(read_decimal) else { return };
            if let Some(currency) = text("currency") {
                terms.extend(of_number(attribute, currency, amount));
            } else if let Some(unit) = text("unit") {
                let standard = lookup.standard_amount(attribute, unit, amount);
                let overflow = if amount.is_sign_negative() { Decimal::MIN } else { Decimal::MAX };
                terms.extend(of_number(attribute, "", standard.unwrap_or(overflow)));
            }
        }
        Value::Null => {}
    }
}

/// Has a value of the attribute.
pub fn of_attribute(attribute: &str) -> i32 {
    term(attribute)
}

/// Has this text, option or record; none if it is too long for a term.
pub fn of_text(attribute: &str, text: &str) -> Option<i32> {
    (text.len() <= MAX_TEXT).then(|| term(&format!("{attribute}\n{text}")))
}

/// Has this boolean.
pub fn of_boolean(attribute: &str, value: bool) -> i32 {
    term(&format!("{attribute}\n{value}"))
}

/// Has a day in the months of these, both included; none leaves that side open.
pub fn in_days(attribute: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Vec<i32> {
    let months = bucket::month_range(from, to);
    months.map(|month| term(&format!("{attribute}\nmonth {month}"))).collect()
}

/// Has a number about between these; none leaves that side open. `unit` is a currency, or nothing for
/// plain numbers and amounts in the standard unit.
pub fn in_numbers(
    attribute: &str,
    unit: &str,
    from: Option<Decimal>,
    to: Option<Decimal>,
) -> Vec<i32> {
    let buckets = bucket::number_range(from, to).into_iter();
    buckets.map(|bucket| of_bucket(attribute, unit, bucket)).collect()
}

fn of_number(attribute: &str, unit: &str, number: Decimal) -> [i32; 2] {
    bucket::of_number(number).map(|bucket| of_bucket(attribute, unit, bucket))
}

fn of_bucket(attribute: &str, unit: &str, bucket: Bucket) -> i32 {
    term(&format!("{attribute}\n{unit} about {bucket}"))
}

/// Terms as the database reads an array.
pub fn literal(terms: &[i32]) -> String {
    let terms: Vec<String> = terms.iter().map(i32::to_string).collect();
    format!("{{{}}}", terms.join(","))
}

/// The same as the database's function `term`.
fn term(text: &str) -> i32 {
    let hash = Sha256::digest(text);
    i32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn terms(data: Value) -> Vec<i32> {
        let mut values = Values::default();
        values.set("a", None, None, Some(data));
        of_values(&values, &Lookup::default())
    }

    #[test]
    fn a_value_is_found_by_its_attribute_and_by_itself() {
        let found = terms(json!(["red", "blue"]));
        for term in [of_attribute("a"), of_text("a", "red").unwrap(), of_text("a", "blue").unwrap()]
        {
            assert!(found.contains(&term));
        }
        assert!(!found.contains(&of_text("b", "red").unwrap()));
        assert!(terms(json!(true)).contains(&of_boolean("a", true)));
    }

    #[test]
    fn numbers_are_found_as_number_text_and_price() {
        let around = in_numbers("a", "", Some(Decimal::from(5)), Some(Decimal::from(5)));
        for data in [json!(5), json!("5.00")] {
            assert!(terms(data).iter().any(|term| around.contains(term)));
        }
        let price = terms(json!([{"amount": "5.00", "currency": "EUR"}]));
        let euros = in_numbers("a", "EUR", Some(Decimal::from(4)), None);
        assert!(price.iter().any(|term| euros.contains(term)));
        assert!(!price.iter().any(|term| around.contains(term)));
    }

    #[test]
    fn a_day_is_found_by_its_month() {
        let found = terms(json!("2026-03-01T00:00:00+00:00"));
        let day = NaiveDate::from_ymd_opt(2026, 3, 31);
        assert!(found.contains(&in_days("a", day, day)[0]));
        assert!(in_days("a", None, day).iter().any(|term| found.contains(term)));
    }
}
