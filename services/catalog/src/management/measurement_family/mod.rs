//! Measurement families: units that convert into each other, exactly.

pub mod api;
mod store;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, Labels},
    report::Report,
};

/// Families that can be kept.
pub const MAX_FAMILIES: usize = 100;
const MAX_UNITS: usize = 50;
const MAX_OPERATIONS: usize = 5;

/// Units that convert into each other.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct MeasurementFamily {
    /// Chosen by staff, never changed.
    #[schema(example = "Temperature")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// The unit through which all others convert; never changed.
    #[schema(example = "KELVIN")]
    pub standard_unit_code: String,
    /// Units by code.
    #[sqlx(json)]
    pub units: BTreeMap<String, Unit>,
    #[serde(skip)]
    version: i64,
}

/// A unit of measurement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Chosen by staff, never changed.
    #[schema(example = "CELSIUS")]
    pub code: String,
    /// Names by locale.
    #[serde(default)]
    pub labels: Labels,
    /// Operations, in order, that lead from this unit to the standard unit: the name is misleading,
    /// and the contract of this API.
    pub convert_from_standard: Vec<Operation>,
    /// Its sign.
    #[schema(example = "°C")]
    #[serde(default)]
    pub symbol: String,
}

/// A step of a conversion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Operation {
    /// What to do.
    pub operator: Operator,
    /// With what number, as decimal text.
    #[schema(value_type = String, example = "273.15")]
    pub value: Decimal,
}

/// What a step of a conversion does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Multiplies.
    Mul,
    /// Divides.
    Div,
    /// Adds.
    Add,
    /// Subtracts.
    Sub,
}

impl Operation {
    fn apply(&self, amount: Decimal) -> Option<Decimal> {
        match self.operator {
            Operator::Mul => amount.checked_mul(self.value),
            Operator::Div => amount.checked_div(self.value),
            Operator::Add => amount.checked_add(self.value),
            Operator::Sub => amount.checked_sub(self.value),
        }
    }

    fn revert(&self, amount: Decimal) -> Option<Decimal> {
        match self.operator {
            Operator::Mul => amount.checked_div(self.value),
            Operator::Div => amount.checked_mul(self.value),
            Operator::Add => amount.checked_sub(self.value),
            Operator::Sub => amount.checked_add(self.value),
        }
    }
}

impl Unit {
    /// The amount in the standard unit; none if it gets too large.
    pub fn to_standard(&self, amount: Decimal) -> Option<Decimal> {
        self.convert_from_standard.iter().try_fold(amount, |amount, step| step.apply(amount))
    }

    /// The amount in this unit; none if it gets too large.
    pub fn from_standard(&self, amount: Decimal) -> Option<Decimal> {
        self.convert_from_standard.iter().rev().try_fold(amount, |amount, step| step.revert(amount))
    }
}

impl MeasurementFamily {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            labels: Labels::new(),
            standard_unit_code: String::new(),
            units: BTreeMap::new(),
            version: 0,
        }
    }

    /// The code of a unit, found regardless of case.
    pub fn find_unit(&self, code: &str) -> Option<&str> {
        let found = self.units.get_key_value(code);
        let found =
            found.or_else(|| self.units.iter().find(|(other, _)| other.eq_ignore_ascii_case(code)));
        found.map(|(code, _)| code.as_str())
    }

    /// Converts an amount; none if a unit is unknown or the amount gets too large.
    pub fn convert(&self, amount: Decimal, from: &str, to: &str) -> Option<Decimal> {
        if from == to {
            return Some(amount);
        }
        let standard = self.units.get(from)?.to_standard(amount)?;
        self.units.get(to)?.from_standard(standard).map(|amount| amount.normalize())
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.labels("labels", &mut self.labels);
        fields.text("standard_unit_code", &mut self.standard_unit_code);
        for (code, unit) in fields.object("units").unwrap_or_default() {
            let Value::Object(unit) = unit else {
                fields.expects("units", "an array of objects", &unit);
                continue;
            };
            self.take_over_unit(&code, &unit, fields);
        }
    }

    fn take_over_unit(&mut self, code: &str, given: &Map<String, Value>, fields: &mut Fields<'_>) {
        let mut unit = self.units.get(code).cloned().unwrap_or_default();
        code.clone_into(&mut unit.code);
        let mut inner = Fields::new(given, fields.report);
        inner.ignore(&["code"]);
        inner.labels("labels", &mut unit.labels);
        inner.text("symbol", &mut unit.symbol);
        if let Some(operations) = inner.take("convert_from_standard") {
            match serde_json::from_value::<Vec<Operation>>(operations.clone()) {
                Ok(operations) => unit.convert_from_standard = operations,
                Err(_) => inner.report.rule(
                    "units",
                    format!("The unit \"{code}\" needs operations with an operator (mul, div, add, sub) and a number as text."),
                ),
            }
        }
        inner.finish();
        self.units.insert(code.to_owned(), unit);
    }

    fn check_itself(&self, before: Option<&Self>, report: &mut Report) {
        if self.units.is_empty() || self.units.len() > MAX_UNITS {
            report.rule("units", format!("A measurement family has 1 to {MAX_UNITS} units."));
        }
        match self.units.get(&self.standard_unit_code) {
            None => report.rule("standard_unit_code", format!("The \"{}\" standard unit code does not exist in the list of units for the measurement family.", self.standard_unit_code)),
            Some(unit) if unit.to_standard(Decimal::TEN) != Some(Decimal::TEN) => {
                report.rule("units", "The standard unit code operation should be a multiply-by-1");
            }
            Some(_) => {}
        }
        for unit in self.units.values() {
            let operations = &unit.convert_from_standard;
            if operations.is_empty() || operations.len() > MAX_OPERATIONS {
                report.rule(
                    "units",
                    format!("The unit \"{}\" needs 1 to {MAX_OPERATIONS} operations.", unit.code),
                );
            }
            let scales = |step: &Operation| matches!(step.operator, Operator::Mul | Operator::Div);
            if operations.iter().any(|step| scales(step) && step.value.is_zero()) {
                report.rule(
                    "units",
                    format!("The unit \"{}\" cannot be multiplied or divided by 0.", unit.code),
                );
            }
        }
        if before.is_some_and(|before| before.standard_unit_code != self.standard_unit_code) {
            report.rule(
                "standard_unit_code",
                "The standard unit code of a measurement family cannot be changed.",
            );
        }
    }

    /// Whether amounts that are kept would mean something else.
    fn changes_conversions(&self, before: &Self) -> bool {
        before.units.iter().any(|(code, unit)| {
            self.units
                .get(code)
                .is_none_or(|now| now.convert_from_standard != unit.convert_from_standard)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(operator: Operator, value: &str) -> Operation {
        Operation { operator, value: value.parse().unwrap() }
    }

    #[test]
    fn fahrenheit_becomes_kelvin_and_back() {
        let fahrenheit = Unit {
            convert_from_standard: vec![
                step(Operator::Sub, "32"),
                step(Operator::Div, "1.8"),
                step(Operator::Add, "273.15"),
            ],
            ..Unit::default()
        };
        let boiling = "212".parse().unwrap();
        let kelvin = fahrenheit.to_standard(boiling).unwrap();
        assert_eq!(kelvin, "373.15".parse().unwrap());
        assert_eq!(fahrenheit.from_standard(kelvin), Some(boiling));
    }
}
