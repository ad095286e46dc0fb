//! What a cell becomes as `data` of a value in the management API.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{code::to_code, profile::AttributeKind};

/// How one column's cells are read; the kind is settled.
#[derive(Debug, Clone)]
pub(super) struct Format {
    pub(super) kind: AttributeKind,
    pub(super) separator: Option<String>,
    pub(super) minor_units: bool,
    pub(super) currency: String,
    pub(super) cut_at: Option<usize>,
}

impl Format {
    /// The `data` of a value, or why the cell has none.
    pub(super) fn data(&self, cell: &Value) -> Result<Value, String> {
        match self.kind {
            AttributeKind::Auto | AttributeKind::Text | AttributeKind::Textarea => {
                let length = self.cut_at.unwrap_or(usize::MAX);
                Ok(text(cell).chars().take(length).collect::<String>().trim_end().into())
            }
            AttributeKind::Number => Ok(decimal(cell)?.normalize().to_string().into()),
            AttributeKind::Boolean => boolean(cell).map(Value::from),
            AttributeKind::Select => Ok(to_code(&text(cell)).into()),
            AttributeKind::Multiselect => {
                let mut codes: Vec<String> = self.names(cell).iter().map(|n| to_code(n)).collect();
                codes.sort();
                codes.dedup();
                Ok(codes.into())
            }
            AttributeKind::Date => date(cell).map(Value::from),
            AttributeKind::Price => self.price(cell),
        }
    }

    /// The names of the options that a cell of a select names.
    pub(super) fn names(&self, cell: &Value) -> Vec<String> {
        match (self.kind, &self.separator, cell) {
            (AttributeKind::Multiselect, _, Value::Array(items)) => {
                items.iter().map(text).collect()
            }
            (AttributeKind::Multiselect, Some(separator), _) => text(cell)
                .split(separator.as_str())
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            _ => vec![text(cell)],
        }
    }

    fn price(&self, cell: &Value) -> Result<Value, String> {
        let mut amount = decimal(cell)?;
        if self.minor_units {
            amount /= Decimal::ONE_HUNDRED;
        }
        if amount.is_sign_negative() {
            return Err(format!("{amount} is not a price"));
        }
        amount.rescale(2);
        Ok(json!([{ "amount": amount.to_string(), "currency": self.currency }]))
    }
}

/// The cell as text; lists are joined by commas.
pub(super) fn text(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn decimal(cell: &Value) -> Result<Decimal, String> {
    let text = text(cell);
    text.parse()
        .or_else(|_| Decimal::from_scientific(&text))
        .map_err(|_| format!("{text:?} is not a number"))
}

fn boolean(cell: &Value) -> Result<bool, String> {
    match text(cell).to_lowercase().as_str() {
        "true" | "1" | "yes" | "y" => Ok(true),
        "false" | "0" | "no" | "n" => Ok(false),
        other => Err(format!("{other:?} is neither yes nor no")),
    }
}

/// The day of a date or RFC 3339 time.
fn date(cell: &Value) -> Result<String, String> {
    let text = text(cell);
    let day = text.get(..10).unwrap_or(&text);
    chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d")
        .map(|day| day.to_string())
        .map_err(|_| format!("{text:?} is not a date such as 2026-01-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(kind: AttributeKind) -> Format {
        Format {
            kind,
            separator: Some("|".into()),
            minor_units: true,
            currency: "EUR".into(),
            cut_at: Some(5),
        }
    }

    #[test]
    fn cents_become_a_decimal_amount() {
        let data = format(AttributeKind::Price).data(&json!(4995)).unwrap();
        assert_eq!(data, json!([{ "amount": "49.95", "currency": "EUR" }]));
    }

    #[test]
    fn numbers_lose_no_digit_and_no_meaningless_zero_counts() {
        assert_eq!(format(AttributeKind::Number).data(&json!(6.0)).unwrap(), json!("6"));
        assert_eq!(format(AttributeKind::Number).data(&json!("0.10")).unwrap(), json!("0.1"));
        assert!(format(AttributeKind::Number).data(&json!("six")).is_err());
    }

    #[test]
    fn options_are_split_and_sorted() {
        let data = format(AttributeKind::Multiselect).data(&json!("Yoga|Gym|Yoga")).unwrap();
        assert_eq!(data, json!(["gym", "yoga"]));
    }

    #[test]
    fn a_long_text_is_cut_where_the_mapping_says() {
        assert_eq!(format(AttributeKind::Text).data(&json!("Möbel aus Holz")).unwrap(), "Möbel");
    }

    #[test]
    fn a_time_becomes_its_day() {
        let data = format(AttributeKind::Date).data(&json!("2009-12-10T00:00:00Z")).unwrap();
        assert_eq!(data, json!("2009-12-10"));
    }
}
