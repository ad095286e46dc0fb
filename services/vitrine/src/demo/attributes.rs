//! Bodies of the attributes and of the options of the selects among them.

use serde_json::{Value, json};

use super::text::{Text, same};
use super::words::attributes::{ATTRIBUTES, Attribute, Type};
use super::words::brands::BRANDS;
use super::words::colors::COLORS;
use super::words::kinds::kinds;
use super::words::materials::MATERIALS;
use super::words::options::{OPTIONS, size_label};

/// Codes that filters and facets are offered for.
const FILTERS: &[&str] = &[
    "brand", "color", "material", "size", "socket", "origin", "roast", "season", "organic",
    "persons",
];

impl Attribute {
    fn body(&self, order: usize) -> Value {
        let mut body = json!({
            "code": self.code,
            "type": self.of.code(),
            "group": self.group,
            "sort_order": order,
            "unique": matches!(self.of, Type::Identifier) || self.code == "ean",
            "localizable": matches!(self.of, Type::LocalizedText | Type::LocalizedTextarea | Type::ScopedTextarea),
            "scopable": self.of == Type::ScopedTextarea,
            "useable_as_grid_filter": self.of == Type::Identifier || FILTERS.contains(&self.code),
            "labels": self.label.text().labels(),
        });
        for (key, value) in self.of.settings() {
            body[key] = value;
        }
        body
    }
}

impl Type {
    fn code(self) -> &'static str {
        match self {
            Type::Identifier => "pim_catalog_identifier",
            Type::Text | Type::LocalizedText => "pim_catalog_text",
            Type::LocalizedTextarea | Type::ScopedTextarea => "pim_catalog_textarea",
            Type::Whole => "pim_catalog_number",
            Type::Metric(..) => "pim_catalog_metric",
            Type::Select => "pim_catalog_simpleselect",
            Type::MultiSelect => "pim_catalog_multiselect",
            Type::Flag => "pim_catalog_boolean",
            Type::Date => "pim_catalog_date",
            Type::Price => "pim_catalog_price_collection",
            Type::Image => "pim_catalog_image",
        }
    }

    fn settings(self) -> Vec<(&'static str, Value)> {
        match self {
            Type::Whole => {
                vec![("decimals_allowed", json!(false)), ("negative_allowed", json!(false))]
            }
            Type::Metric(family, unit) => vec![
                ("metric_family", json!(family)),
                ("default_metric_unit", json!(unit)),
                ("decimals_allowed", json!(true)),
                ("negative_allowed", json!(family == "Temperature")),
            ],
            Type::Price => vec![("decimals_allowed", json!(true))],
            Type::Image => vec![
                ("allowed_extensions", json!(["png", "jpg", "jpeg", "webp"])),
                ("max_file_size", json!("10")),
            ],
            _ => Vec::new(),
        }
    }
}

pub(crate) fn attributes() -> Vec<Value> {
    (1..).zip(ATTRIBUTES).map(|(order, attribute)| attribute.body(order)).collect()
}

/// Attribute code and the bodies of its options, for every select of the shop.
pub(crate) fn attribute_options() -> Vec<(String, Vec<Value>)> {
    let mut options: Vec<(&str, Vec<(&str, Text)>)> = vec![
        ("brand", BRANDS.iter().map(|brand| (brand.code, same(brand.name).text())).collect()),
        ("color", COLORS.iter().map(|color| (color.code, color.label.text())).collect()),
        (
            "material",
            MATERIALS.iter().map(|material| (material.code, material.label.text())).collect(),
        ),
        ("size", sizes().into_iter().map(|code| (code, size_label(code))).collect()),
    ];
    for (attribute, words) in OPTIONS {
        options
            .push((attribute, words.iter().map(|(code, label)| (*code, label.text())).collect()));
    }
    options
        .into_iter()
        .map(|(attribute, options)| {
            let bodies = (1..).zip(&options).map(|(order, (code, label))| {
                json!({ "code": code, "attribute": attribute, "sort_order": order, "labels": label.labels() })
            });
            (attribute.to_owned(), bodies.collect())
        })
        .collect()
}

/// Every size of every kind once, small before large.
fn sizes() -> Vec<&'static str> {
    let mut sizes: Vec<&str> = kinds().flat_map(|kind| kind.sizes).map(|size| size.code).collect();
    sizes.sort_by(|one, other| size_order(one).total_cmp(&size_order(other)).then(one.cmp(other)));
    sizes.dedup();
    sizes
}

/// Sorts by unit and then by amount (for areas, by the first side and a little by the second).
fn size_order(code: &str) -> f64 {
    const UNITS: [&str; 7] = ["cm", "l", "g", "kg", "p", "seat", "pcs"];
    let (unit, value) = code.split_once('_').unwrap_or((code, "0"));
    let unit = UNITS.iter().position(|known| *known == unit).unwrap_or(UNITS.len());
    let (first, second) = value.split_once('x').unwrap_or((value, "0"));
    let amount = |text: &str| text.replace('_', ".").parse::<f64>().unwrap_or_default();
    let regular_first = if code == "long" { 1.0 } else { 0.0 };
    unit as f64 * 1e7 + amount(first) * 1e3 + amount(second) + regular_first
}
