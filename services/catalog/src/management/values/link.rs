use serde_json::Value;

use super::data::Reading;

const MAX_RECORDS: usize = 500;

pub(super) fn read_record(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(code) = data.as_str() else { return reading.expects("a string", data) };
    if reading.lookup.has_record(reading.attribute, code) {
        return Some(Some(data.clone()));
    }
    refuse_unknown(reading, &[code])
}

/// Records keep the order in which they are given.
pub(super) fn read_records(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(items) = data.as_array() else { return reading.expects("an array", data) };
    let attribute = &reading.attribute.code;
    if items.len() > MAX_RECORDS {
        return reading
            .refuse(format!("The {attribute} attribute accepts at most {MAX_RECORDS} codes."));
    }
    let (mut records, mut unknown) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let Some(code) = item.as_str() else {
            return reading.expects("an array of strings", item);
        };
        if !reading.lookup.has_record(reading.attribute, code) {
            unknown.push(code);
        } else if !records.contains(&code) {
            records.push(code);
        }
    }
    if unknown.is_empty() {
        return Some(Some(records.into()));
    }
    refuse_unknown(reading, &unknown)
}

fn refuse_unknown<T>(reading: &mut Reading<'_>, codes: &[&str]) -> Option<T> {
    let family = reading.attribute.properties.reference_data_name.as_deref().unwrap_or_default();
    let noun = reading.attribute.kind.records().map_or("record", |kind| kind.family_noun());
    let (codes, verb) = match codes {
        [one] => (format!("{one} value"), "does"),
        many => (format!("{} values", many.join(", ")), "do"),
    };
    reading.refuse(format!(
        "The {codes} of the {} attribute {verb} not exist in the {} \"{family}\".",
        reading.attribute.code,
        noun.to_lowercase()
    ))
}
