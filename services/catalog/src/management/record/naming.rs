//! Naming conventions: how a new asset fills attributes from its code or the name of its file.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{Record, RecordAttribute, attribute::Type};
use crate::management::{report::Report, values::pattern};

/// Named groups of the pattern fill the attributes of their names; absent if there is no convention.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NamingConvention {
    #[serde(flatten)]
    rule: Option<Rule>,
}

/// Where the text comes from and how it is taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
struct Rule {
    source: Source,
    /// Regular expression with named groups.
    #[schema(example = "/^(?P<sku>[a-z0-9]+)_(?P<view>[a-z]+)/")]
    pattern: String,
    /// Whether an asset that does not follow the convention is refused.
    abort_asset_creation_on_error: bool,
}

/// What is taken apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
struct Source {
    /// `code`, or a media file attribute: the name that its file came with.
    #[schema(example = "code")]
    property: String,
    /// Channel of the attribute's value.
    #[serde(default)]
    channel: Option<String>,
    /// Locale of the attribute's value.
    #[serde(default)]
    locale: Option<String>,
}

impl NamingConvention {
    /// Reads a body; an empty one is no convention. None if it is not as documented.
    pub fn parse(body: Map<String, Value>) -> Option<Self> {
        if body.is_empty() {
            return Some(Self::default());
        }
        let rule = serde_json::from_value(Value::Object(body)).ok()?;
        Some(Self { rule: Some(rule) })
    }

    /// Checks that it can ever be followed.
    pub fn check(&self, attributes: &[RecordAttribute], report: &mut Report) {
        let Some(rule) = &self.rule else { return };
        let source = &rule.source.property;
        let find = |code: &str| attributes.iter().find(|attribute| attribute.code == code);
        if source != "code" && find(source).is_none_or(|found| found.kind != Type::MediaFile) {
            report.rule(
                "naming_convention",
                format!("The source \"{source}\" is neither the code nor a media file attribute."),
            );
        }
        let Some(pattern) = pattern::compile(&rule.pattern) else {
            return report.rule("naming_convention", "This regular expression is not valid.");
        };
        if pattern.capture_names().flatten().next().is_none() {
            report.rule("naming_convention", "The pattern should have at least one named group.");
        }
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.rule.is_none()
    }

    /// Whether an asset that does not follow the convention is refused.
    pub fn is_strict(&self) -> bool {
        self.rule.as_ref().is_some_and(|rule| rule.abort_asset_creation_on_error)
    }

    /// The file whose name is taken apart, if it is one.
    pub(super) fn source_file<'a>(&self, record: &'a Record) -> Option<&'a str> {
        let source = &self.rule.as_ref()?.source;
        let place = (source.locale.as_deref(), source.channel.as_deref());
        record.values.find(&source.property, place.0, place.1)?.as_str()
    }

    /// Values for attributes that the record leaves empty; none if there is no convention or the record
    /// does not follow it. `file_name` is that of the source file.
    pub(super) fn derive(
        &self,
        record: &Record,
        attributes: &[RecordAttribute],
        file_name: Option<&str>,
    ) -> Option<Value> {
        let rule = self.rule.as_ref()?;
        let text = if rule.source.property == "code" { record.code.as_str() } else { file_name? };
        let pattern = pattern::compile(&rule.pattern)?;
        let found = pattern.captures(text)?;
        let mut values = Map::new();
        for name in pattern.capture_names().flatten() {
            let Some(part) = found.name(name).filter(|part| !part.is_empty()) else { continue };
            let attribute = attributes.iter().find(|attribute| attribute.code == name)?;
            if !record.values.0.contains_key(name) {
                let data = match attribute.kind {
                    Type::MultipleOptions | Type::MultipleLinks => json!([part.as_str()]),
                    _ => json!(part.as_str()),
                };
                values.insert(name.to_owned(), json!([{"data": data}]));
            }
        }
        Some(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_convention_is_an_empty_object() {
        assert_eq!(serde_json::to_value(NamingConvention::default()).unwrap(), json!({}));
        let read: NamingConvention = serde_json::from_value(json!({})).unwrap();
        assert_eq!(read, NamingConvention::default());
        assert!(
            NamingConvention::parse(Map::from_iter([("pattern".into(), json!("x"))])).is_none()
        );
    }
}
