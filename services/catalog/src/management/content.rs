//! What products and models have in common when they are written.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    attribute::Attribute,
    fields::Fields,
    lookup::{LevelShape, Lookup, VariantShape},
    report::{Place, Report},
    values::Values,
};

/// Categories of one thing.
const MAX_CATEGORIES: usize = 1_000;
/// Groups of one product.
const MAX_GROUPS: usize = 1_000;

/// Takes over `categories`, `add_categories` and `remove_categories`; inherited ones are left out, and
/// those that do not exist are refused.
pub fn take_over_categories(
    categories: &mut BTreeSet<String>,
    inherited: &BTreeSet<&str>,
    fields: &mut Fields<'_>,
    lookup: &Lookup,
) {
    let replaced = fields.texts("categories");
    let mut given = replaced.clone().unwrap_or_default();
    given.extend(fields.texts("add_categories").unwrap_or_default());
    for code in given.iter().filter(|code| !lookup.has_category(code)) {
        let message = format!("The {code} category does not exist in your PIM.");
        fields.report.format("categories", message);
    }
    if replaced.is_some() {
        categories.clear();
    }
    categories.extend(given.into_iter().filter(|code| !inherited.contains(code.as_str())));
    for code in fields.texts("remove_categories").unwrap_or_default() {
        categories.remove(&code);
    }
    if categories.len() > MAX_CATEGORIES {
        let message = format!("There should be at most {MAX_CATEGORIES} categories.");
        fields.report.rule("categories", message);
    }
}

/// Takes over `groups`; those that do not exist are refused.
pub fn take_over_groups(groups: &mut BTreeSet<String>, fields: &mut Fields<'_>, lookup: &Lookup) {
    let Some(given) = fields.texts("groups") else { return };
    for code in given.iter().filter(|code| !lookup.has_group(code)) {
        fields.report.format("groups", format!("The {code} group does not exist in your PIM."));
    }
    if given.len() > MAX_GROUPS {
        fields.report.rule("groups", format!("There should be at most {MAX_GROUPS} groups."));
    }
    *groups = given.into_iter().collect();
}

/// Models are in no groups: only that can be written.
pub fn refuse_groups(fields: &mut Fields<'_>) {
    for group in fields.texts("groups").unwrap_or_default() {
        let message = format!("A product model is in no group, \"{group}\" given.");
        fields.report.format("groups", message);
    }
}

/// Where values are written: a level of variation, and what comes down to it.
pub struct Level<'a> {
    /// 0 for the root.
    pub number: usize,
    /// How products of the family vary.
    pub shape: &'a VariantShape,
    /// Values of the levels above.
    pub inherited: &'a Values,
}

impl Level<'_> {
    /// Writes a value on the level. Attributes of levels above are overridden, except their axes, which
    /// tell variants apart; those of levels below are not written here. What only repeats what is
    /// inherited is passed over, so that what was read can be written back.
    pub fn write(
        &self,
        values: &mut Values,
        attribute: &Attribute,
        place: &Place,
        data: Option<Value>,
        report: &mut Report,
    ) {
        let code = &attribute.code;
        match self.shape.level_of(code) {
            Some(level) if level == self.number => values.set_at(place, data),
            Some(level) if level < self.number && !self.shape.is_axis(code) => {
                values.override_at(place, data, self.inherited);
            }
            _ if self.inherited.at(place) == data.as_ref() => {}
            _ => report.format("values", format!("Cannot set the property \"{code}\" to this entity as it is not in the attribute set.")),
        }
    }
}

/// Gives something new the default values of its level, or of its family if it does not vary. What the body
/// says of an attribute holds, also that it is empty; axes have no default, as they tell siblings apart.
pub fn add_defaults(
    values: &mut Values,
    body: &Map<String, Value>,
    family: Option<&str>,
    level: Option<(usize, &VariantShape)>,
    lookup: &Lookup,
) {
    let is_told = |code: &str| body.get("values").is_some_and(|values| values.get(code).is_some());
    let is_here = |code: &str| {
        level.is_none_or(|(number, shape)| {
            shape.level_of(code) == Some(number) && !shape.is_axis(code)
        })
    };
    for (attribute, value) in family.into_iter().flat_map(|family| lookup.defaults(family)) {
        if is_here(&attribute.code) && !is_told(&attribute.code) {
            for place in lookup.places(attribute) {
                values.set_at(&place, Some(value.into()));
            }
        }
    }
}

/// The axes' values, which tell siblings apart: all must be there, and none may change.
pub fn read_axes(
    values: &Values,
    level: &LevelShape,
    before: Option<&Value>,
    report: &mut Report,
) -> Option<Value> {
    let mut axes = Map::new();
    for axis in &level.axes {
        let Some(data) = values.plain(axis) else {
            report.rule("attribute", format!("Attribute \"{axis}\" cannot be empty, as it is defined as an axis for this entity"));
            continue;
        };
        if before.and_then(|before| before.get(axis)).is_some_and(|old| old != data) {
            let given = show(data);
            report.rule(
                "attribute",
                format!("Variant axis \"{axis}\" cannot be modified, \"{given}\" given"),
            );
        }
        axes.insert(axis.clone(), data.clone());
    }
    (axes.len() == level.axes.len()).then_some(Value::Object(axes))
}

/// The problem of two siblings with the same axes.
pub fn report_sibling(axis_values: &Value, report: &mut Report) {
    let axes = axis_values.as_object().into_iter().flatten();
    let (names, values): (Vec<String>, Vec<String>) =
        axes.map(|(axis, data)| (axis.clone(), show(data))).unzip();
    report.rule(
        "attribute",
        format!(
            "Cannot set value \"{}\" for the attribute axis \"{}\", as another sibling entity already has this value",
            values.join(","),
            names.join(",")
        ),
    );
}

fn show(data: &Value) -> String {
    match data {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(show).collect::<Vec<_>>().join(","),
        Value::Object(metric) => {
            let part = |name: &str| metric.get(name).map(show).unwrap_or_default();
            format!("{} {}", part("amount"), part("unit"))
        }
        other => other.to_string(),
    }
}
