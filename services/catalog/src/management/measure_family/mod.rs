//! Measure families: the form in which older clients read measurement families.

pub mod api;
mod store;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::measurement_family::{MeasurementFamily, Operator, Unit};

/// Units that convert into each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeasureFamily {
    /// Code of the measurement family.
    #[schema(example = "Length")]
    code: String,
    /// The unit through which all others convert.
    #[schema(example = "METER")]
    standard: String,
    /// Its units.
    units: Vec<MeasureUnit>,
}

/// A unit of measurement.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeasureUnit {
    /// Its code.
    #[schema(example = "CENTIMETER")]
    code: String,
    /// What leads to the standard unit. An object keeps no order and no operator twice: where that
    /// matters, read the measurement family.
    #[schema(example = json!({"mul": "0.01"}))]
    convert: BTreeMap<&'static str, String>,
    /// Its sign.
    #[schema(example = "cm")]
    symbol: String,
}

impl From<MeasurementFamily> for MeasureFamily {
    fn from(family: MeasurementFamily) -> Self {
        Self {
            code: family.code,
            standard: family.standard_unit_code,
            units: family.units.into_values().map(MeasureUnit::from).collect(),
        }
    }
}

impl From<Unit> for MeasureUnit {
    fn from(unit: Unit) -> Self {
        let steps = unit.convert_from_standard.iter();
        let convert = steps.map(|step| (name(step.operator), step.value.to_string())).collect();
        Self { code: unit.code, convert, symbol: unit.symbol }
    }
}

fn name(operator: Operator) -> &'static str {
    match operator {
        Operator::Mul => "mul",
        Operator::Div => "div",
        Operator::Add => "add",
        Operator::Sub => "sub",
    }
}
