use serde_json::Value;

use super::data::Reading;

const MAX_OPTIONS: usize = 500;

pub(super) fn read_boolean(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    if data.is_boolean() { Some(Some(data.clone())) } else { reading.expects("a boolean", data) }
}

pub(super) fn read_option(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(given) = data.as_str() else { return reading.expects("a string", data) };
    let code = &reading.attribute.code;
    match reading.lookup.option(code, given) {
        Some(option) => Some(Some(option.into())),
        None => {
            reading.refuse(format!("The {given} value is not in the {code} attribute option list."))
        }
    }
}

pub(super) fn read_options(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(items) = data.as_array() else { return reading.expects("an array", data) };
    let code = &reading.attribute.code;
    if items.len() > MAX_OPTIONS {
        return reading
            .refuse(format!("The {code} attribute accepts at most {MAX_OPTIONS} options."));
    }
    let (mut options, mut unknown) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let Some(given) = item.as_str() else {
            return reading.expects("an array of strings", item);
        };
        match reading.lookup.option(code, given) {
            Some(option) => options.push(option),
            None => unknown.push(given),
        }
    }
    match unknown.as_slice() {
        [] => {
            options.sort_unstable();
            options.dedup();
            Some(Some(options.into()))
        }
        [one] => {
            reading.refuse(format!("The {one} value is not in the {code} attribute option list."))
        }
        many => reading.refuse(format!(
            "The {} values are not in the {code} attribute option list.",
            many.join(", ")
        )),
    }
}
