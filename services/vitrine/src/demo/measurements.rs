//! The units the shop measures in: the families of its metric attributes.

use serde_json::{Map, Value, json};

use super::text::{Words, same, w};

/// Operations that lead from a unit to the standard unit, in order.
type Steps = &'static [(&'static str, &'static str)];

struct Unit {
    code: &'static str,
    symbol: &'static str,
    label: Words,
    to_standard: Steps,
}

const fn unit(code: &'static str, symbol: &'static str, label: Words, to_standard: Steps) -> Unit {
    Unit { code, symbol, label, to_standard }
}

const SAME: Steps = &[("mul", "1")];

const LENGTH: &[Unit] = &[
    unit("METER", "m", w("Meter", "Meter", "Mètre"), SAME),
    unit("CENTIMETER", "cm", w("Centimeter", "Zentimeter", "Centimètre"), &[("mul", "0.01")]),
    unit("MILLIMETER", "mm", w("Millimeter", "Millimeter", "Millimètre"), &[("mul", "0.001")]),
    unit("INCH", "in", w("Inch", "Zoll", "Pouce"), &[("mul", "0.0254")]),
];
const WEIGHT: &[Unit] = &[
    unit("KILOGRAM", "kg", w("Kilogram", "Kilogramm", "Kilogramme"), SAME),
    unit("GRAM", "g", w("Gram", "Gramm", "Gramme"), &[("mul", "0.001")]),
    unit("POUND", "lb", w("Pound", "Pfund", "Livre"), &[("mul", "0.45359237")]),
];
const POWER: &[Unit] = &[
    unit("WATT", "W", same("Watt"), SAME),
    unit("KILOWATT", "kW", w("Kilowatt", "Kilowatt", "Kilowatt"), &[("mul", "1000")]),
];
const VOLUME: &[Unit] = &[
    unit("CUBIC_METER", "m³", w("Cubic meter", "Kubikmeter", "Mètre cube"), SAME),
    unit("LITER", "l", w("Liter", "Liter", "Litre"), &[("mul", "0.001")]),
    unit("MILLILITER", "ml", w("Milliliter", "Milliliter", "Millilitre"), &[("mul", "0.000001")]),
];
const TEMPERATURE: &[Unit] = &[
    unit("KELVIN", "K", same("Kelvin"), SAME),
    unit("CELSIUS", "°C", w("Celsius", "Celsius", "Celsius"), &[("add", "273.15")]),
    unit(
        "FAHRENHEIT",
        "°F",
        w("Fahrenheit", "Fahrenheit", "Fahrenheit"),
        &[("sub", "32"), ("div", "1.8"), ("add", "273.15")],
    ),
];

/// Code, label and units; the first unit is the standard one.
const FAMILIES: &[(&str, Words, &[Unit])] = &[
    ("Length", w("Length", "Länge", "Longueur"), LENGTH),
    ("Weight", w("Weight", "Gewicht", "Poids"), WEIGHT),
    ("Power", w("Power", "Leistung", "Puissance"), POWER),
    ("Volume", w("Volume", "Volumen", "Volume"), VOLUME),
    ("Temperature", w("Temperature", "Temperatur", "Température"), TEMPERATURE),
];

pub(crate) fn measurement_families() -> Vec<Value> {
    FAMILIES
        .iter()
        .map(|(code, label, units)| {
            let bodies: Map<String, Value> =
                units.iter().map(|unit| (unit.code.to_owned(), unit.body())).collect();
            json!({
                "code": code,
                "labels": label.text().labels(),
                "standard_unit_code": units.first().map(|unit| unit.code),
                "units": bodies,
            })
        })
        .collect()
}

impl Unit {
    fn body(&self) -> Value {
        let steps: Vec<Value> = self
            .to_standard
            .iter()
            .map(|(operator, value)| json!({ "operator": operator, "value": value }))
            .collect();
        json!({
            "code": self.code,
            "labels": self.label.text().labels(),
            "symbol": self.symbol,
            // Despite its name, the API keeps here what leads to the standard unit.
            "convert_from_standard": steps,
        })
    }
}
