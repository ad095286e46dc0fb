//! Reads the properties of a JSON object into a thing, by the merge rules: absent is left alone,
//! scalars and arrays replace, objects merge. What is wrong goes into the report.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Map, Value};

use super::{report::Report, time};

/// Labels by locale.
pub type Labels = BTreeMap<String, String>;

/// Entries of any array in a body.
const MAX_ARRAY: usize = 10_000;
/// Characters of a word, or of some words, to search for.
const MAX_WORD: usize = 100;
/// Characters of a label.
const MAX_LABEL: usize = 255;

/// The properties of one object, taken one after the other.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    taken: BTreeSet<&'static str>,
    /// What is wrong with it so far.
    pub report: &'a mut Report,
}

impl<'a> Fields<'a> {
    /// Nothing taken yet.
    pub fn new(object: &'a Map<String, Value>, report: &'a mut Report) -> Self {
        Self { object, taken: BTreeSet::new(), report }
    }

    /// The property as it is, if it is there.
    pub fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.insert(name);
        self.object.get(name)
    }

    /// Properties that are only read by clients and ignored when they come back.
    pub fn ignore(&mut self, names: &[&'static str]) {
        self.taken.extend(names);
    }

    /// A text that must be there when the property is.
    pub fn text(&mut self, name: &'static str, target: &mut String) {
        match self.take(name) {
            None => {}
            Some(Value::String(text)) => text.clone_into(target),
            Some(other) => self.expects(name, "a string", other),
        }
    }

    /// A text or null.
    pub fn optional_text(&mut self, name: &'static str, target: &mut Option<String>) {
        match self.take(name) {
            None => {}
            Some(Value::Null) => *target = None,
            Some(Value::String(text)) => {
                *target = Some(text.clone()).filter(|text| !text.is_empty())
            }
            Some(other) => self.expects(name, "a string", other),
        }
    }

    /// A number or null, kept as decimal text; numbers and numeric texts are both read.
    pub fn optional_decimal(&mut self, name: &'static str, target: &mut Option<String>) {
        match self.take(name) {
            None => {}
            Some(Value::Null) => *target = None,
            Some(Value::Number(number)) => *target = Some(number.to_string()),
            Some(Value::String(text)) if text.is_empty() => *target = None,
            Some(Value::String(text)) if text.parse::<rust_decimal::Decimal>().is_ok() => {
                *target = Some(text.clone());
            }
            Some(other) => self.expects(name, "a number", other),
        }
    }

    /// true or false.
    pub fn boolean(&mut self, name: &'static str, target: &mut bool) {
        match self.take(name) {
            None => {}
            Some(Value::Bool(value)) => *target = *value,
            Some(other) => self.expects(name, "a boolean", other),
        }
    }

    /// A moment or null.
    pub fn optional_moment(&mut self, name: &'static str, target: &mut Option<DateTime<Utc>>) {
        if let Some(value) = self.take(name) {
            read_moment(name, value, target, self.report);
        }
    }

    /// true, false or null.
    pub fn optional_boolean(&mut self, name: &'static str, target: &mut Option<bool>) {
        match self.take(name) {
            None => {}
            Some(Value::Null) => *target = None,
            Some(Value::Bool(value)) => *target = Some(*value),
            Some(other) => self.expects(name, "a boolean", other),
        }
    }

    /// A whole number of 32 bits.
    pub fn integer(&mut self, name: &'static str, target: &mut i32) {
        let mut value = Some(*target);
        self.optional_integer(name, &mut value);
        match value {
            Some(value) => *target = value,
            None => self.expects(name, "an integer", &Value::Null),
        }
    }

    /// A whole number of 32 bits or null.
    pub fn optional_integer(&mut self, name: &'static str, target: &mut Option<i32>) {
        let Some(value) = self.take(name) else { return };
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        match (value, number.and_then(|number| i32::try_from(number).ok())) {
            (Value::Null, _) => *target = None,
            (_, Some(number)) => *target = Some(number),
            (other, None) => self.expects(name, "an integer", other),
        }
    }

    /// An array of texts.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.take(name)?;
        let Value::Array(items) = value else {
            self.expects(name, "an array", value);
            return None;
        };
        if items.len() > MAX_ARRAY {
            self.report.rule(
                name,
                format!("This collection should contain {MAX_ARRAY} elements or less."),
            );
            return None;
        }
        let texts: Option<Vec<String>> =
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        if texts.is_none() {
            self.report.format(
                name,
                format!("Property \"{name}\" expects an array with valid data, one of the values is not a string."),
            );
        }
        texts
    }

    /// An array of codes, kept once each and in order.
    pub fn codes(&mut self, name: &'static str, target: &mut Vec<String>) {
        if let Some(mut codes) = self.texts(name) {
            codes.sort();
            codes.dedup();
            *target = codes;
        }
    }

    /// An array of words or some words each, kept once each and as they are ordered; at most so many.
    pub fn words(&mut self, name: &'static str, most: usize, target: &mut Vec<String>) {
        let Some(words) = self.texts(name) else { return };
        target.clear();
        if words.len() > most {
            let rule = format!("This collection should contain {most} elements or less.");
            self.report.rule(name, rule);
        }
        let mut seen = BTreeSet::new();
        for word in words {
            let word = word.trim().to_owned();
            check_word(name, &word, self.report);
            if seen.insert(word.to_lowercase()) {
                target.push(word);
            }
        }
    }

    /// An object; an empty array is read as an empty object, as some clients cannot tell them apart.
    pub fn object(&mut self, name: &'static str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(object) => Some(object.clone()),
            Value::Array(items) if items.is_empty() => Some(Map::new()),
            other => {
                self.expects(name, "an array", other);
                None
            }
        }
    }

    /// Texts by key, merged; null removes one.
    pub fn entries(&mut self, name: &'static str, target: &mut BTreeMap<String, String>) {
        for (key, value) in self.object(name).unwrap_or_default() {
            match value {
                Value::Null => drop(target.remove(&key)),
                Value::String(value) => drop(target.insert(key, value)),
                other => self.expects(name, "an array of strings", &other),
            }
        }
    }

    /// Labels by locale, merged; null or empty removes one.
    pub fn labels(&mut self, name: &'static str, target: &mut Labels) {
        for (locale, text) in self.object(name).unwrap_or_default() {
            match text {
                Value::Null => drop(target.remove(&locale)),
                Value::String(text) if text.is_empty() => drop(target.remove(&locale)),
                Value::String(text) if text.chars().count() <= MAX_LABEL => {
                    target.insert(locale, text);
                }
                Value::String(_) => {
                    let rule = format!(
                        "This value is too long. It should have {MAX_LABEL} characters or less."
                    );
                    self.report.rule(name, rule);
                }
                other => self.expects(name, "a string", &other),
            }
        }
    }

    /// Says that a property is of the wrong type.
    pub fn expects(&mut self, name: &str, expected: &str, given: &Value) {
        let given = type_name(given);
        self.report.format(
            name,
            format!("Property \"{name}\" expects {expected} as data, \"{given}\" given."),
        );
    }

    /// Reports every property that nobody took.
    pub fn finish(self) {
        for name in self.object.keys() {
            if !self.taken.contains(name.as_str()) {
                self.report.format(name, format!("Property \"{name}\" does not exist."));
            }
        }
    }
}

/// Reports a word, or some words, that nobody can type.
pub fn check_word(name: &str, word: &str, report: &mut Report) {
    if !word.chars().any(char::is_alphanumeric) {
        report.rule(name, "A word should have a letter or a digit.");
    } else if word.chars().count() > MAX_WORD {
        let rule = format!("This value is too long. It should have {MAX_WORD} characters or less.");
        report.rule(name, rule);
    }
}

/// Reads a moment or null.
pub fn read_moment(
    property: &str,
    value: &Value,
    target: &mut Option<DateTime<Utc>>,
    report: &mut Report,
) {
    match (value, value.as_str().and_then(time::parse)) {
        (Value::Null, _) => *target = None,
        // The database keeps microseconds.
        (_, Some(moment)) => *target = Some(moment.trunc_subsecs(6)),
        (other, None) => {
            let message = format!(
                "Property \"{property}\" expects a moment as in 2026-12-01T08:00:00Z, {other} given."
            );
            report.format(property, message);
        }
    }
}

/// The name of a JSON type as clients of this API know it.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "double",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "array",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(body: Value, read: impl Fn(&mut Fields<'_>)) -> Vec<String> {
        let mut report = Report::default();
        let object = body.as_object().unwrap();
        let mut fields = Fields::new(object, &mut report);
        read(&mut fields);
        fields.finish();
        report.violations().into_iter().map(|violation| violation.message).collect()
    }

    #[test]
    fn an_unknown_property_and_a_wrong_type_are_both_reported() {
        let found = messages(json!({"labels": null, "extra_property": 1}), |fields| {
            fields.labels("labels", &mut Labels::new());
        });
        assert_eq!(
            found,
            [
                "Property \"labels\" expects an array as data, \"NULL\" given. Check the expected format on the API documentation.",
                "Property \"extra_property\" does not exist. Check the expected format on the API documentation.",
            ]
        );
    }

    #[test]
    fn labels_merge_and_null_removes() {
        let mut labels =
            Labels::from([("en_US".into(), "Mug".into()), ("de_DE".into(), "Tasse".into())]);
        let body = json!({"labels": {"en_US": null, "fr_FR": "Tasse"}});
        let mut report = Report::default();
        Fields::new(body.as_object().unwrap(), &mut report).labels("labels", &mut labels);
        assert_eq!(labels.keys().collect::<Vec<_>>(), ["de_DE", "fr_FR"]);
        assert!(report.is_empty());
    }
}
