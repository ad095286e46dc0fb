//! Rules of attributes that need nothing but the attribute.

use rust_decimal::Decimal;

use super::{RecordAttribute, Type};
use crate::management::{report::Report, values::pattern};

impl RecordAttribute {
    /// Checks everything that needs nothing else.
    pub(super) fn check_itself(&self, before: Option<&Self>, report: &mut Report) {
        if let Some(before) = before {
            self.check_immutable(before, report);
        }
        match self.kind {
            Type::Text => self.check_text(report),
            Type::Number => self.check_range(report),
            Type::MediaFile | Type::MediaLink => self.check_media_type(report),
            _ => {}
        }
        let file_size = self.properties.max_file_size.as_ref();
        if file_size
            .and_then(|text| text.parse::<Decimal>().ok())
            .is_some_and(|size| size <= Decimal::ZERO)
        {
            report.rule("max_file_size", "This value should be greater than 0.");
        }
    }

    fn check_immutable(&self, before: &Self, report: &mut Report) {
        let (now, then) = (&self.properties, &before.properties);
        let properties = [
            ("type", self.kind != before.kind),
            ("value_per_locale", self.value_per_locale != before.value_per_locale),
            ("value_per_channel", self.value_per_channel != before.value_per_channel),
            ("reference_entity_code", now.reference_entity_code != then.reference_entity_code),
            (
                "asset_family_identifier",
                now.asset_family_identifier != then.asset_family_identifier,
            ),
            ("media_type", now.media_type != then.media_type),
        ];
        for (property, _) in properties.into_iter().filter(|(_, changed)| *changed) {
            report.rule(property, "This property cannot be changed.");
        }
    }

    fn check_text(&self, report: &mut Report) {
        let properties = &self.properties;
        let is_textarea = properties.is_textarea == Some(true);
        let longest = if is_textarea { 65_535 } else { 255 };
        if properties.max_characters.is_some_and(|max| !(1..=longest).contains(&max)) {
            report.rule("max_characters", format!("This value should be between 1 and {longest}."));
        }
        if properties.is_rich_text_editor == Some(true) && !is_textarea {
            report.rule("is_rich_text_editor", "Only a text area can hold formatted text.");
        }
        match (properties.validation_rule.as_deref(), properties.validation_regexp.as_deref()) {
            (None | Some("none" | "email" | "url"), None) => {}
            (Some("regular_expression"), Some(regexp)) => {
                if pattern::compile(regexp).is_none() {
                    report.rule("validation_regexp", "This regular expression is not valid.");
                }
            }
            (Some("regular_expression"), None) => {
                report.rule("validation_regexp", "This value should not be blank.")
            }
            (_, Some(_)) => report.rule("validation_regexp", "This value should be blank."),
            _ => report.rule("validation_rule", "The value you selected is not a valid choice."),
        }
    }

    fn check_range(&self, report: &mut Report) {
        let decimal =
            |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
        let properties = &self.properties;
        if let (Some(min), Some(max)) =
            (decimal(&properties.min_value), decimal(&properties.max_value))
            && min > max
        {
            report.rule("min_value", "The min number must be lower than the max number.");
        }
    }

    fn check_media_type(&self, report: &mut Report) {
        let allowed: &[&str] = match self.kind {
            Type::MediaFile => &["image", "pdf", "other"],
            _ => &["image", "pdf", "youtube", "vimeo", "other"],
        };
        if !self.properties.media_type.as_deref().is_some_and(|given| allowed.contains(&given)) {
            report.rule("media_type", "The value you selected is not a valid choice.");
        }
    }
}
