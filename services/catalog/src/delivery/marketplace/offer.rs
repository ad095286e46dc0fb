use std::borrow::Cow;

use serde_json::Value;

use crate::delivery::{
    document::{AttributeValue, Card, Detail, Variant},
    structure::{Kind, decimal},
};

/// A variant, and the document it is of.
#[derive(Clone, Copy)]
pub(super) struct Offer<'a> {
    pub card: &'a Card,
    pub detail: &'a Detail,
    pub variant: &'a Variant,
}

/// A value of an attribute.
pub(super) struct Found<'a> {
    /// For people, in the locale.
    pub text: Cow<'a, str>,
    /// Code of an option, or the text.
    pub code: Cow<'a, str>,
    /// The entry, where it is none of the variant's options.
    pub entry: Option<&'a AttributeValue>,
}

impl<'a> Offer<'a> {
    /// The value of an attribute: of the variant's options, else its own, else the page's.
    pub(super) fn find(self, attribute: &str) -> Option<Found<'a>> {
        self.find_option(attribute).or_else(|| {
            let mut entries = self.variant.attributes.iter().chain(&self.detail.attributes);
            let entry = entries.find(|entry| entry.code == attribute)?;
            let text = text_of(entry);
            let code = match &entry.value {
                Value::String(code) => code.as_str().into(),
                _ => text.clone(),
            };
            Some(Found { text, code, entry: Some(entry) })
        })
    }

    fn find_option(self, attribute: &str) -> Option<Found<'a>> {
        let code = self.variant.options.get(attribute)?;
        let option = self.detail.options.iter().find(|option| option.code == attribute)?;
        let value = option.values.iter().find(|value| value.code == *code)?;
        Some(Found { text: value.label.as_str().into(), code: code.into(), entry: None })
    }
}

/// As marketplaces read it: numbers without separators, several options with `/` between them.
fn text_of(entry: &AttributeValue) -> Cow<'_, str> {
    match (Kind::parse(&entry.kind), &entry.value) {
        (Kind::Text | Kind::Identifier, Value::String(text)) => text.into(),
        (Kind::Number, number) => decimal(number)
            .map_or_else(|| entry.formatted.as_str().into(), |n| n.normalize().to_string().into()),
        (Kind::MultiSelect, _) => entry.formatted.replace(", ", "/").into(),
        _ => entry.formatted.as_str().into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_lists_are_written_for_programs() {
        let text = |kind: &str, value: Value, formatted: &str| {
            let text = String::new;
            let (kind, formatted) = (kind.to_owned(), formatted.to_owned());
            let (code, label, group) = (text(), text(), text());
            let entry = AttributeValue { code, label, group, kind, value, unit: None, formatted };
            text_of(&entry).into_owned()
        };
        let ean = json!(4_006_381_333_931.0);
        assert_eq!(text("number", ean, "4,006,381,333,931"), "4006381333931");
        assert_eq!(text("number", json!(1.5), "1,5"), "1.5");
        assert_eq!(text("multi_select", json!(["a", "b"]), "Red, Blue"), "Red/Blue");
        assert_eq!(text("text", json!("a, b"), "a, b"), "a, b");
        assert_eq!(text("select", json!("a"), "Red, dark"), "Red, dark");
    }
}
