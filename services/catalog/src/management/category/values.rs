//! Values of categories: texts and pictures that describe them, for all or per channel and locale.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::management::{fields::Fields, media_file::MediaFile, report::Report};

const MAX_VALUES: usize = 500;
const MAX_CODE: usize = 255;
/// Characters of a text.
const MAX_TEXT: usize = 65_535;

/// Values by attribute, channel and locale.
pub(super) type CategoryValues = BTreeMap<String, CategoryValue>;

/// A value of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CategoryValue {
    /// A text; of a picture what is known of its file, written as its code alone.
    pub data: Value,
    /// `textarea` or `image`; only read.
    #[serde(rename = "type")]
    pub kind: String,
    /// The channel it is for; null: all.
    pub channel: Option<String>,
    /// The locale it is for; null: all.
    pub locale: Option<String>,
    /// A name of the client's own.
    pub attribute_code: String,
}

impl CategoryValue {
    fn key(&self) -> String {
        let parts = [Some(&self.attribute_code), self.channel.as_ref(), self.locale.as_ref()];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("|")
    }

    /// Code of the file that it may be.
    pub(super) fn path(&self) -> Option<&str> {
        self.data.as_str().or_else(|| self.data.get("file_path").and_then(Value::as_str))
    }

    fn check(&mut self, files: &BTreeMap<String, MediaFile>, report: &mut Report) {
        let code = &self.attribute_code;
        if let Some(file) = self.path().and_then(|path| files.get(path)) {
            self.data = json!({
                "file_path": file.code, "original_filename": file.original_filename,
                "mime_type": file.mime_type, "size": file.size, "extension": file.extension,
            });
            "image".clone_into(&mut self.kind);
        } else if let Some(text) = self.data.as_str() {
            if text.chars().count() > MAX_TEXT {
                let rule = format!("The {code} value should have {MAX_TEXT} characters or less.");
                report.rule("values", rule);
            }
            "textarea".clone_into(&mut self.kind);
        } else {
            let rule = format!("The {code} value should be a text or the code of a file.");
            report.rule("values", rule);
        }
    }
}

/// Sets what is listed, as array or as it is read; null removes.
pub(super) fn take_over(values: &mut CategoryValues, fields: &mut Fields<'_>) {
    let entries: Vec<&Value> = match fields.take("values") {
        None => return,
        Some(Value::Array(entries)) => entries.iter().collect(),
        Some(Value::Object(entries)) => entries.values().collect(),
        Some(other) => return fields.expects("values", "an array", other),
    };
    for entry in entries {
        match read_entry(entry) {
            Some(value) if value.data.is_null() => drop(values.remove(&value.key())),
            Some(value) => drop(values.insert(value.key(), value)),
            None => fields.report.format(
                "values",
                "Property \"values\" expects an array of objects as data, with \"attribute_code\", \"channel\", \"locale\" and \"data\".",
            ),
        }
    }
    if values.len() > MAX_VALUES {
        fields.report.rule("values", format!("There should be at most {MAX_VALUES} values."));
    }
}

fn read_entry(entry: &Value) -> Option<CategoryValue> {
    let place = |name: &str| match entry.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(code)) => Some(Some(code.clone())),
        Some(_) => None,
    };
    let code = entry.get("attribute_code")?.as_str()?;
    let is_code = !code.is_empty() && code.len() <= MAX_CODE && !code.contains(char::is_control);
    Some(CategoryValue {
        data: entry.get("data").filter(|_| is_code)?.clone(),
        kind: String::new(),
        channel: place("channel")?,
        locale: place("locale")?,
        attribute_code: code.to_owned(),
    })
}

/// Sets values to nothing that a body with values of before does not know.
pub(super) fn clear_later(body: &mut Map<String, Value>, present: &Map<String, Value>) {
    let Some(wanted) = body.get_mut("values").and_then(Value::as_object_mut) else { return };
    for (key, value) in present.get("values").and_then(Value::as_object).into_iter().flatten() {
        wanted.entry(key.clone()).or_insert_with(|| {
            let mut value = value.clone();
            value["data"] = Value::Null;
            value
        });
    }
}

/// Checks the values; `files` are those that they name.
pub(super) fn check(
    values: &mut CategoryValues,
    files: &BTreeMap<String, MediaFile>,
    report: &mut Report,
) {
    values.values_mut().for_each(|value| value.check(files, report));
}
