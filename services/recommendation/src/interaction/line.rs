use std::fmt;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use problem::Violation;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use types::{ProductId, Sku};

use super::{Interaction, Kind, MAX_KEY_LENGTH};

/// Clocks of other systems may be ahead by this much.
const MAX_AHEAD: TimeDelta = TimeDelta::days(1);

/// One line of an import.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InteractionLine)]
pub(crate) struct Line {
    /// What was done.
    #[serde(rename = "type")]
    kind: Kind,
    /// Who did it: the id of a customer, here or in the system the history comes from.
    #[serde(default)]
    #[schema(max_length = 128)]
    customer: Option<String>,
    /// In which visit.
    #[serde(default)]
    #[schema(max_length = 128)]
    session: Option<String>,
    /// The order a purchase belongs to: what was bought together.
    #[serde(default)]
    #[schema(max_length = 128)]
    order: Option<String>,
    /// The product page.
    #[serde(default)]
    product_id: Option<ProductId>,
    /// The product, if not by `product_id`. Need not be known yet.
    #[serde(default)]
    sku: Option<Sku>,
    /// How many; a number or digits.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, default = 1)]
    quantity: Option<Quantity>,
    /// When: RFC 3339, `YYYY-MM-DD hh:mm:ss` (UTC), or seconds since 1970.
    #[serde(deserialize_with = "read_time")]
    #[schema(example = "2026-11-23T10:15:00Z")]
    at: DateTime<Utc>,
}

impl Line {
    /// The interaction it tells of, or the rule it breaks.
    pub(crate) fn check(self, now: DateTime<Utc>) -> Result<Interaction, Violation> {
        if self.sku.is_none() && self.product_id.is_none() {
            return Err(Violation::at("/sku", "required", "sku or product_id must be given"));
        }
        if self.at > now + MAX_AHEAD {
            return Err(Violation::at("/at", "in_the_future", "must not lie in the future"));
        }
        Ok(Interaction {
            kind: self.kind,
            at: self.at,
            customer: check_key("/customer", self.customer)?,
            session: check_key("/session", self.session)?,
            order: check_key("/order", self.order)?,
            sku: self.sku,
            product_id: self.product_id,
            quantity: self.quantity.map_or(1, |Quantity(count)| count),
        })
    }
}

/// An id of another system; an empty one is none.
fn check_key(pointer: &str, key: Option<String>) -> Result<Option<String>, Violation> {
    let Some(key) = key.filter(|key| !key.is_empty()) else { return Ok(None) };
    if key.chars().count() > MAX_KEY_LENGTH || key.chars().any(char::is_control) {
        let rule = format!("must be at most {MAX_KEY_LENGTH} characters, none of them control");
        return Err(Violation::at(pointer, "invalid_value", rule));
    }
    Ok(Some(key))
}

/// How many.
#[derive(Debug, Clone, Copy)]
struct Quantity(i32);

impl Quantity {
    fn from_number(number: f64) -> Option<Self> {
        (1.0..=1e9).contains(&number).then_some(Self(number as i32))
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText {
            rule: "quantity must be a number from 1 to 1000000000",
            number: Self::from_number,
            text: |text| text.parse().ok().and_then(Self::from_number),
        })
    }
}

fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    deserializer.deserialize_any(NumberOrText {
        rule: "at must be RFC 3339, YYYY-MM-DD hh:mm:ss or seconds since 1970",
        number: from_seconds,
        text: |text| parse_time(text).filter(|at| *at >= DateTime::UNIX_EPOCH),
    })
}

/// Reads what may be written as a number or as a text.
struct NumberOrText<T> {
    rule: &'static str,
    number: fn(f64) -> Option<T>,
    text: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for NumberOrText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        (self.number)(number).ok_or_else(|| E::custom(self.rule))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.text)(text.trim()).ok_or_else(|| E::custom(self.rule))
    }
}

fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S") {
        return Some(time.and_utc());
    }
    text.parse().ok().and_then(from_seconds)
}

fn from_seconds(seconds: f64) -> Option<DateTime<Utc>> {
    let in_range = (0.0..1e11).contains(&seconds);
    DateTime::from_timestamp_millis((seconds * 1000.0) as i64).filter(|_| in_range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Interaction, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        line.check(DateTime::from_timestamp(2_000_000_000, 0).unwrap())
            .map_err(|violation| violation.code)
    }

    #[test]
    fn a_time_may_be_written_in_three_ways() {
        for at in [r#""2010-12-01T08:26:00Z""#, r#""2010-12-01 08:26:00""#, "1291191960"] {
            let line = check(&format!(r#"{{"type":"view","sku":"A","at":{at}}}"#)).unwrap();
            assert_eq!(line.at.timestamp(), 1_291_191_960);
        }
        assert!(check(r#"{"type":"view","sku":"A","at":"yesterday"}"#).is_err());
        assert!(check(r#"{"type":"view","sku":"A","at":-1}"#).is_err());
    }

    #[test]
    fn an_empty_customer_is_none_and_digits_are_a_quantity() {
        let line = check(r#"{"type":"purchase","sku":"A","at":1,"customer":"","quantity":"6"}"#);
        let line = line.unwrap();
        assert_eq!((line.customer, line.quantity), (None, 6));
    }

    #[test]
    fn a_line_that_breaks_a_rule_says_which() {
        let code = |line| check(line).unwrap_err();
        assert_eq!(code(r#"{"type":"view","at":1}"#), "required");
        assert_eq!(code(r#"{"type":"view","sku":"A","at":2000090000}"#), "in_the_future");
        assert!(code(r#"{"type":"look","sku":"A","at":1}"#).contains("look"));
        assert!(code(r#"{"type":"view","sku":"A","at":1,"costumer":"x"}"#).contains("costumer"));
        assert!(code(r#"{"type":"view","sku":"A","at":1,"quantity":0}"#).contains("quantity"));
        let long = "x".repeat(129);
        let line = format!(r#"{{"type":"view","sku":"A","at":1,"session":"{long}"}}"#);
        assert_eq!(check(&line).unwrap_err(), "invalid_value");
    }
}
