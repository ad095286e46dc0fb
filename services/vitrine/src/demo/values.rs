//! The values of a product or model, as the management API takes them.

use serde_json::{Map, Value, json};

use super::describe::{description, teaser};
use super::model::{Known, Model, Variant, round};
use super::numbers::{Price, amount};
use super::structure::CHANNELS;
use super::words::attributes::{Type, attribute_by_code};

/// The values kept on one level of the model; the variant tells which branch.
pub(crate) fn values_at(level: usize, model: &Model, variant: &Variant) -> Value {
    let mut values = Map::new();
    let mut put = |attribute: &str, value: Vec<Value>| {
        if model.kind.axes.level_of(attribute) == level {
            values.insert(attribute.to_owned(), Value::Array(value));
        }
    };
    for (attribute, value) in shared_values(model) {
        put(attribute, value);
    }
    for (attribute, known) in &model.facts {
        put(
            attribute,
            vec![plain_value(fact_data(attribute, &of_size(attribute, known, variant)))],
        );
    }
    if let Some(size) = variant.size {
        for (attribute, measure) in size.measures {
            put(attribute, vec![plain_value(fact_data(attribute, &Known::Measure(*measure)))]);
        }
    }
    for (axis, option) in variant.axis_values() {
        put(axis, vec![plain_value(json!(option))]);
    }
    put("ean", vec![plain_value(json!(variant.ean))]);
    put("price", vec![plain_value(price_data(variant.price))]);
    Value::Object(values)
}

/// What does not depend on a variant.
fn shared_values(model: &Model) -> Vec<(&'static str, Vec<Value>)> {
    let tax_class = if model.kind.family == "coffee" { "reduced" } else { "standard" };
    let mut values = vec![
        ("name", model.name.values(None)),
        ("description", description(model).values(None)),
        (
            "teaser",
            CHANNELS
                .iter()
                .flat_map(|channel| teaser(model, channel).values(Some(channel)))
                .collect(),
        ),
        ("brand", vec![plain_value(json!(model.brand.code))]),
        (
            "release_date",
            vec![plain_value(json!(format!("{}T00:00:00+00:00", model.release_date)))],
        ),
        ("tax_class", vec![plain_value(json!(tax_class))]),
        ("country_of_origin", vec![plain_value(json!(model.brand.country))]),
        ("sustainability", vec![plain_value(json!(model.sustainability))]),
    ];
    if let Some(years) = warranty_years(model) {
        values.push(("warranty_years", vec![plain_value(json!(years))]));
    }
    if let Some(material) = model.material {
        values.push(("material", vec![plain_value(json!(material.code))]));
    }
    values
}

fn warranty_years(model: &Model) -> Option<u32> {
    match model.kind.family {
        "coffee" => None,
        "seating" | "tables" | "storage" => Some(5),
        "cookware" if model.kind.price.0 >= 100 => Some(25),
        _ => Some(2),
    }
}

/// The fact as this size has it: weight grows with the size unless the size states it.
fn of_size(attribute: &str, known: &Known, variant: &Variant) -> Known {
    match (known, variant.size) {
        (Known::Measure(weight), Some(size)) if attribute == "weight" => {
            Known::Measure(round(weight * size.factor))
        }
        _ => known.clone(),
    }
}

fn fact_data(attribute: &str, known: &Known) -> Value {
    match (attribute_by_code(attribute).of, known) {
        (Type::Metric(_, unit), Known::Measure(value)) => {
            json!({ "amount": super::text::plain_number(*value), "unit": unit })
        }
        (_, Known::Measure(value)) => json!(value.round() as i64),
        (_, Known::Whole(value)) => json!(value),
        (_, Known::Flag(value)) => json!(value),
        (_, Known::Pick(option)) => json!(option),
        (_, Known::Several(options)) => json!(options),
        (_, Known::Note(note)) => json!(note),
    }
}

pub(crate) fn price_data(price: Price) -> Value {
    json!([
        { "amount": amount(price.eur), "currency": "EUR" },
        { "amount": amount(price.usd), "currency": "USD" },
    ])
}

/// A value that is the same in every language and channel.
pub(crate) fn plain_value(data: Value) -> Value {
    json!({ "locale": null, "scope": null, "data": data })
}
