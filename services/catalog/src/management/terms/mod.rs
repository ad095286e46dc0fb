//! Terms: what of a product's values, associations and scores a search can look up, one number each, in
//! one index for all of them. A term only finds candidates, which are then checked exactly; so numbers and days fall
//! into coarse ones, and it does no harm if two texts share one.

mod bucket;
mod score;
mod store;
mod upkeep;

use std::{collections::BTreeSet, fmt::Write};

use bucket::Bucket;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use score::{of_completeness, of_grades};
pub use store::{
    are_frequent, find_models, find_parents, find_products, find_unscored, prefer_indexes,
};
pub use upkeep::{flush, flush_periodically, keep, keep_periodically, keep_those_with};

use super::{
    associations::{Associations, End},
    lookup::Lookup,
    score::Rules,
    values::{Values, read_date, read_decimal},
};

/// Longer texts, in bytes, have no term.
const MAX_TEXT: usize = 255;
/// Terms of an attribute that its free texts share: an index of few long lists is much cheaper to write than
/// one with an entry for every sentence.
const SHARED: u32 = 1024;

/// Terms of a product.
#[derive(Debug)]
pub struct ProductTerms {
    /// Of its values, associations and scores.
    pub terms: Vec<i32>,
    /// The version of the rules that the scores follow; 0 without family.
    pub rules_version: i64,
}

/// The terms of a product with these values and associations. The lookup knows the rules of its family and the models above.
pub fn of_product(
    family: Option<&str>,
    has_identifier: bool,
    parent: Option<Uuid>,
    values: &Values,
    associations: &Associations,
    lookup: &Lookup,
) -> ProductTerms {
    let mut terms = of_model(values, associations, lookup);
    let rules = family.and_then(|family| lookup.rules(family));
    if let Some(rules) = rules {
        terms.extend(of_scores(rules, has_identifier, parent, values, lookup));
    }
    ProductTerms { terms, rules_version: rules.map_or(0, |rules| rules.version) }
}

fn of_scores(
    rules: &Rules,
    has_identifier: bool,
    parent: Option<Uuid>,
    values: &Values,
    lookup: &Lookup,
) -> Vec<i32> {
    let above = lookup.ancestry(parent).map(|model| &model.values);
    let levels: Vec<&Values> = [values].into_iter().chain(above).collect();
    let scores = rules.score(has_identifier, &levels);
    scores.flat_map(|(place, score)| score::of_score(place, score)).collect()
}

/// The terms of a model with these values and associations.
pub fn of_model(values: &Values, associations: &Associations, lookup: &Lookup) -> Vec<i32> {
    let mut terms = of_values(values, lookup);
    terms.extend(associations.ends().map(|(_, end)| of_end(&end)));
    terms
}

/// Is associated with this one.
pub fn of_end(end: &End) -> i32 {
    // No code of an attribute begins with a line feed.
    match end {
        End::Product(id) => term(&format!("\nproduct {id}")),
        End::Model(code) => term(&format!("\nmodel {code}")),
    }
}

/// The terms of these values, without repetition. The lookup knows the units of those that have one, see
/// [`Needs::add_units`](super::lookup::Needs::add_units).
fn of_values(values: &Values, lookup: &Lookup) -> Vec<i32> {
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
            if is_code(text) {
                terms.insert(of_code(attribute, text));
            }
            if let Some(day) = read_date(text) {
                terms.extend(in_days(attribute, Some(day), Some(day)));
            } else if let Some(number) = read_decimal(data) {
                terms.extend(of_number(attribute, "", number));
            } else if !is_code(text) && text.len() <= MAX_TEXT {
                terms.insert(shared(attribute, text));
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

/// Has one of these if it has this text, option or record; none if it is too long for a term.
pub fn of_text(attribute: &str, text: &str) -> Option<Vec<i32>> {
    if is_code(text) {
        return Some(vec![of_code(attribute, text)]);
    }
    if let Some(day) = read_date(text) {
        return Some(in_days(attribute, Some(day), Some(day)));
    }
    if let Some(number) = read_decimal(&text.into()) {
        let [narrow, _] = of_number(attribute, "", number);
        return Some(vec![narrow]);
    }
    // Earlier versions gave every text a term of its own.
    (text.len() <= MAX_TEXT).then(|| vec![shared(attribute, text), of_code(attribute, text)])
}

/// What may be the code of an option or a record, an article number or the like: it has a term of its own.
fn is_code(text: &str) -> bool {
    let is_of_code = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=MAX_TEXT).contains(&text.len()) && text.bytes().all(is_of_code)
}

fn of_code(attribute: &str, code: &str) -> i32 {
    term(&format!("{attribute}\n{code}"))
}

fn shared(attribute: &str, text: &str) -> i32 {
    term(&format!("{attribute}\ntext {}", term(text).cast_unsigned() % SHARED))
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
    let mut text = String::with_capacity(2 + 12 * terms.len());
    text.push('{');
    for (index, term) in terms.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(text, "{comma}{term}").expect("a string takes whatever is written");
    }
    text.push('}');
    text
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
        for term in [of_attribute("a"), of_code("a", "red"), of_code("a", "blue")] {
            assert!(found.contains(&term));
        }
        assert!(!found.contains(&of_code("b", "red")));
        assert!(terms(json!(true)).contains(&of_boolean("a", true)));
    }

    #[test]
    fn every_text_is_found_by_what_it_is_looked_up_by() {
        let long = "x ".repeat(MAX_TEXT);
        for text in
            ["red", "42", "12.50", "2026-03-01", "2026-03-01T00:00:00+00:00", "a b", "", "é"]
        {
            let (written, asked) = (terms(json!(text)), of_text("a", text).unwrap());
            assert!(asked.iter().any(|term| written.contains(term)), "{text}");
        }
        assert_eq!((of_text("a", &long), terms(json!(long))), (None, vec![of_attribute("a")]));
    }

    #[test]
    fn few_terms_are_of_all_free_texts() {
        let texts = (0..10_000).map(|number| shared("a", &format!("text no {number}")));
        assert_eq!(texts.collect::<BTreeSet<_>>().len(), SHARED as usize);
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
