//! Units of measurement and exact conversion between them.

use std::{collections::HashMap, str::FromStr};

use rust_decimal::Decimal;
use serde_json::Value;

use super::Labels;

/// Digits after the point that a converted amount keeps.
const DECIMAL_PLACES: u32 = 6;

/// Units of one measurement family by their code.
pub(in crate::delivery) type Units = HashMap<String, Unit>;

/// A unit.
#[derive(Debug)]
pub(in crate::delivery) struct Unit {
    pub symbol: String,
    pub labels: Labels,
    /// What leads from this unit to the standard unit, in order.
    operations: Vec<Operation>,
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Multiply(Decimal),
    Divide(Decimal),
    Add(Decimal),
    Subtract(Decimal),
}

impl Unit {
    /// Reads a unit as the management API keeps it.
    pub(super) fn from_json(unit: &Value) -> Self {
        let operations = unit["convert_from_standard"].as_array().map(Vec::as_slice);
        Self {
            symbol: unit["symbol"].as_str().unwrap_or_default().to_owned(),
            labels: super::store::labels(&unit["labels"]),
            operations: operations
                .unwrap_or_default()
                .iter()
                .filter_map(Operation::from_json)
                .collect(),
        }
    }

    fn this_to_standard(&self, amount: Decimal) -> Option<Decimal> {
        self.operations.iter().try_fold(amount, |amount, operation| operation.apply(amount))
    }

    fn standard_to_this(&self, amount: Decimal) -> Option<Decimal> {
        self.operations
            .iter()
            .rev()
            .try_fold(amount, |amount, operation| operation.inverse().apply(amount))
    }
}

impl Operation {
    fn from_json(operation: &Value) -> Option<Self> {
        let value = decimal(&operation["value"])?;
        match operation["operator"].as_str()? {
            "mul" => Some(Self::Multiply(value)),
            "div" => Some(Self::Divide(value)),
            "add" => Some(Self::Add(value)),
            "sub" => Some(Self::Subtract(value)),
            _ => None,
        }
    }

    fn apply(self, amount: Decimal) -> Option<Decimal> {
        match self {
            Self::Multiply(value) => amount.checked_mul(value),
            Self::Divide(value) => amount.checked_div(value),
            Self::Add(value) => amount.checked_add(value),
            Self::Subtract(value) => amount.checked_sub(value),
        }
    }

    fn inverse(self) -> Self {
        match self {
            Self::Multiply(value) => Self::Divide(value),
            Self::Divide(value) => Self::Multiply(value),
            Self::Add(value) => Self::Subtract(value),
            Self::Subtract(value) => Self::Add(value),
        }
    }
}

/// The amount in another unit of the family; `None` if a unit is not known or the amount does not fit.
pub(in crate::delivery) fn convert(
    units: &Units,
    amount: Decimal,
    from: &str,
    to: &str,
) -> Option<Decimal> {
    if from == to {
        return Some(amount);
    }
    let standard = units.get(from)?.this_to_standard(amount)?;
    let converted = units.get(to)?.standard_to_this(standard)?;
    Some(converted.round_dp(DECIMAL_PLACES).normalize())
}

/// A decimal, written as text or as number.
pub(in crate::delivery) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => Decimal::from_str(text.trim()).ok(),
        Value::Number(number) => {
            let text = number.to_string();
            Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn units() -> Units {
        let unit = |symbol: &str, operations: Value| {
            Unit::from_json(&json!({ "symbol": symbol, "convert_from_standard": operations }))
        };
        Units::from([
            ("KELVIN".to_owned(), unit("K", json!([{"operator": "add", "value": "0"}]))),
            ("CELSIUS".to_owned(), unit("°C", json!([{"operator": "add", "value": "273.15"}]))),
            (
                "FAHRENHEIT".to_owned(),
                unit(
                    "°F",
                    json!([{"operator": "sub", "value": "32"}, {"operator": "div", "value": "1.8"},
                           {"operator": "add", "value": "273.15"}]),
                ),
            ),
        ])
    }

    #[test]
    fn an_amount_is_converted_exactly() {
        let amount = |text: &str| Decimal::from_str(text).unwrap();
        let units = units();
        assert_eq!(convert(&units, amount("100"), "CELSIUS", "FAHRENHEIT"), Some(amount("212")));
        assert_eq!(convert(&units, amount("0"), "CELSIUS", "KELVIN"), Some(amount("273.15")));
        assert_eq!(convert(&units, amount("1"), "CELSIUS", "METER"), None);
    }
}
