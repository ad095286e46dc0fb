use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Values, data::read_data, place::read_place};
use crate::management::{
    attribute::Attribute, fields::type_name, lookup::Lookup, report::Place, report::Report,
};

/// Takes over the property `values` of a body: listed values are set, null removes, others stay.
/// `write` takes over one of them, and reports if it may not be written here. `inherited` are values of the
/// levels above, if there are any.
pub fn write_values(
    values: &mut Values,
    inherited: Option<&Values>,
    given: &Value,
    lookup: &Lookup,
    report: &mut Report,
    mut write: impl FnMut(&mut Values, &Attribute, &Place, Option<Value>, &mut Report),
) {
    let given = match given {
        Value::Object(given) => given,
        Value::Array(items) if items.is_empty() => return,
        other => {
            let given = type_name(other);
            return report.format(
                "values",
                format!("Property \"values\" expects an array as data, \"{given}\" given."),
            );
        }
    };
    for (code, entries) in given {
        let Some(attribute) = lookup.attribute(code) else {
            report.format("values", format!("The {code} attribute does not exist in your PIM."));
            continue;
        };
        let present = |place: &Place| {
            values
                .at(place)
                .or_else(|| inherited.and_then(|inherited| inherited.at(place)))
                .cloned()
        };
        for (place, data) in read_entries(attribute, entries, present, lookup, report) {
            write(values, attribute, &place, data, report);
        }
    }
}

fn read_entries(
    attribute: &Attribute,
    entries: &Value,
    present: impl Fn(&Place) -> Option<Value>,
    lookup: &Lookup,
    report: &mut Report,
) -> Vec<(Place, Option<Value>)> {
    let code = &attribute.code;
    let Some(entries) = entries.as_array() else {
        let given = type_name(entries);
        report.format(
            "values",
            format!("Property \"{code}\" expects an array as data, \"{given}\" given."),
        );
        return Vec::new();
    };
    let mut seen = HashSet::new();
    let mut read = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(entry) = entry.as_object() else {
            report.format("values", format!("Property \"{code}\" expects an array with valid data, one of the values is not an array."));
            continue;
        };
        let Some((place, data)) = read_entry(attribute, entry, &present, lookup, report) else {
            continue;
        };
        if entries.len() > 1 && !seen.insert((place.locale.clone(), place.scope.clone())) {
            report.format("values", format!("You cannot update the same product value on the \"{code}\" attribute twice, with the same scope and locale."));
            continue;
        }
        read.push((place, data));
    }
    read
}

fn read_entry(
    attribute: &Attribute,
    entry: &Map<String, Value>,
    present: impl Fn(&Place) -> Option<Value>,
    lookup: &Lookup,
    report: &mut Report,
) -> Option<(Place, Option<Value>)> {
    let code = &attribute.code;
    let place = read_place(attribute, entry, lookup, report)?;
    let Some(data) = entry.get("data") else {
        report.format(
            "values",
            format!("Property \"{code}\" expects an array with the key \"data\"."),
        );
        return None;
    };
    let present = data.is_object().then(|| present(&place)).flatten();
    let data = read_data(attribute, &place, data, present.as_ref(), lookup, report)?;
    Some((place, data))
}
