//! Rules of attributes that need nothing but the attribute.

use rust_decimal::Decimal;

use super::{Attribute, Kind};
use crate::management::{
    report::Report,
    values::{pattern, read_date},
};

/// Codes that mean something else in bodies of products.
const RESERVED: [&str; 15] = [
    "id",
    "uuid",
    "identifier",
    "associationTypes",
    "associations",
    "categories",
    "categoryId",
    "completeness",
    "enabled",
    "family",
    "groups",
    "products",
    "scope",
    "treeId",
    "values",
];

impl Attribute {
    /// Checks everything that needs nothing else.
    pub(super) fn check_itself(&self, before: Option<&Self>, report: &mut Report) {
        if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(&self.code)) {
            report.rule("code", "This code is not available");
        }
        if self.group.is_empty() {
            report.rule("group", "This value should not be blank.");
        }
        if let Some(before) = before {
            self.check_immutable(before, report);
        }
        self.check_by_kind(report);
        self.check_parameters(report);
    }

    fn check_immutable(&self, before: &Self, report: &mut Report) {
        let properties = [
            ("type", self.kind != before.kind),
            ("localizable", self.localizable != before.localizable),
            ("scopable", self.scopable != before.scopable),
            ("unique", self.unique != before.unique),
            ("metric_family", self.metric_family != before.metric_family),
            ("is_main_identifier", self.is_main_identifier != before.is_main_identifier),
            (
                "reference_data_name",
                self.properties.reference_data_name != before.properties.reference_data_name,
            ),
        ];
        for (property, _) in properties.into_iter().filter(|(_, changed)| *changed) {
            report.rule(property, "This property cannot be changed.");
        }
    }

    fn check_by_kind(&self, report: &mut Report) {
        if self.kind == Kind::Identifier && (self.localizable || self.scopable) {
            report.rule("localizable", "An identifier has one value for all locales and channels.");
        }
        if self.is_main_identifier && self.kind != Kind::Identifier {
            report.rule("is_main_identifier", "Only an identifier can be the main identifier.");
        }
        if self.unique && !self.kind.can_be_unique() {
            report.rule("unique", "This attribute type cannot have unique values.");
        }
        if self.unique && (self.localizable || self.scopable) {
            report.rule("unique", "A unique attribute has one value for all locales and channels.");
        }
        match (self.kind == Kind::Metric, &self.metric_family) {
            (true, None) => report.rule("metric_family", "This value should not be blank."),
            (false, Some(_)) => report.rule("metric_family", "This value should be blank."),
            _ => {}
        }
        match (self.kind.records(), &self.properties.reference_data_name) {
            (Some(_), None) => {
                report.rule("reference_data_name", "This value should not be blank.")
            }
            (None, Some(_)) => report.rule("reference_data_name", "This value should be blank."),
            _ => {}
        }
        if self.kind != Kind::Boolean && self.properties.default_value.is_some() {
            report.rule("default_value", "This value should be blank.");
        }
    }

    fn check_parameters(&self, report: &mut Report) {
        let properties = &self.properties;
        let longest = if self.kind == Kind::TextArea { 65_535 } else { 255 };
        if properties.max_characters.is_some_and(|max| !(1..=longest).contains(&max)) {
            report.rule("max_characters", format!("This value should be between 1 and {longest}."));
        }
        match (properties.validation_rule.as_deref(), properties.validation_regexp.as_deref()) {
            (None | Some("email" | "url"), None) => {}
            (Some("regexp"), Some(regexp)) => {
                if pattern::compile(regexp).is_none() {
                    report.rule("validation_regexp", "This regular expression is not valid.");
                }
            }
            (Some("regexp"), None) => {
                report.rule("validation_regexp", "This value should not be blank.")
            }
            (_, Some(_)) => report.rule("validation_regexp", "This value should be blank."),
            _ => report.rule("validation_rule", "The value you selected is not a valid choice."),
        }
        let decimal = |text: &str| text.parse::<Decimal>().ok();
        let numbers =
            [("number_min", &properties.number_min), ("number_max", &properties.number_max)];
        check_range(numbers, ("number", decimal), report);
        let dates = [("date_min", &properties.date_min), ("date_max", &properties.date_max)];
        check_range(dates, ("date", read_date), report);
        match properties.decimal_places_strategy.as_deref() {
            None | Some("round" | "forbid" | "trim") => {}
            _ => report
                .rule("decimal_places_strategy", "The value you selected is not a valid choice."),
        }
        if properties.decimal_places.is_some_and(|places| !(0..=12).contains(&places)) {
            report.rule("decimal_places", "This value should be between 0 and 12.");
        }
    }
}

fn check_range<T: PartialOrd>(
    limits: [(&str, &Option<String>); 2],
    (noun, parse): (&str, impl Fn(&str) -> Option<T>),
    report: &mut Report,
) {
    let [min, max] = limits.map(|(property, text)| {
        let limit = text.as_deref().map(&parse);
        if matches!(limit, Some(None)) {
            report.rule(property, format!("This value is not a valid {noun}."));
        }
        limit.flatten()
    });
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        let [(property, _), _] = limits;
        report.rule(property, format!("The min {noun} must be lower than the max {noun}."));
    }
}
