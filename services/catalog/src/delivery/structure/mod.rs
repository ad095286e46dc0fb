//! The structure of the catalog as the delivery side needs it: read whole, kept in memory, replaced
//! when it changes.

mod category;
mod measure;
mod rule;
pub(super) mod store;
mod wording;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(super) use category::Categories;
pub(super) use measure::{Unit, Units, convert, decimal};
pub(super) use rule::{Rule, Subject};
pub(super) use wording::Wording;

/// Texts by locale.
pub(super) type Labels = HashMap<String, String>;

/// A copy of the catalog's structure.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// Which state of the structure this is a copy of.
    pub version: i64,
    /// Which catalog it belongs to.
    pub catalog_id: Uuid,
    pub attributes: HashMap<String, Attribute>,
    pub categories: Categories,
    pub channels: BTreeMap<String, Channel>,
    pub families: HashMap<String, Family>,
    pub family_variants: HashMap<String, FamilyVariant>,
    /// Units by measurement family.
    pub units: HashMap<String, Units>,
    /// Labels of association types by their code.
    pub association_types: BTreeMap<String, Labels>,
    /// Rules of search, in order.
    pub rules: Vec<Rule>,
}

/// What sort of values an attribute has, as far as the delivery side tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Identifier,
    Select,
    MultiSelect,
    Boolean,
    Number,
    Metric,
    Price,
    Date,
    Image,
    Other,
}

impl Kind {
    /// From the type in the words of the management API.
    pub(super) fn from_type(text: &str) -> Self {
        match text {
            "pim_catalog_text" | "pim_catalog_textarea" => Self::Text,
            "pim_catalog_identifier" => Self::Identifier,
            "pim_catalog_simpleselect"
            | "pim_reference_data_simpleselect"
            | "akeneo_reference_entity" => Self::Select,
            "pim_catalog_multiselect"
            | "pim_reference_data_multiselect"
            | "akeneo_reference_entity_collection" => Self::MultiSelect,
            "pim_catalog_boolean" => Self::Boolean,
            "pim_catalog_number" => Self::Number,
            "pim_catalog_metric" => Self::Metric,
            "pim_catalog_price_collection" => Self::Price,
            "pim_catalog_date" => Self::Date,
            "pim_catalog_image" => Self::Image,
            _ => Self::Other,
        }
    }

    /// The word the delivery API uses.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Identifier => "identifier",
            Self::Select => "select",
            Self::MultiSelect => "multi_select",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Metric => "metric",
            Self::Price => "price",
            Self::Date => "date",
            Self::Image => "image",
            Self::Other => "other",
        }
    }

    /// Reads [`as_str`](Self::as_str).
    pub(super) fn parse(text: &str) -> Self {
        const ALL: [Kind; 10] = [
            Kind::Text,
            Kind::Identifier,
            Kind::Select,
            Kind::MultiSelect,
            Kind::Boolean,
            Kind::Number,
            Kind::Metric,
            Kind::Price,
            Kind::Date,
            Kind::Image,
        ];
        ALL.into_iter().find(|kind| kind.as_str() == text).unwrap_or(Self::Other)
    }
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    pub kind: Kind,
    pub group: String,
    pub group_labels: Labels,
    /// Order of the group, then of the attribute in it.
    pub order: (i32, i32),
    pub metric_family: Option<String>,
    pub is_unique: bool,
    /// Locales of a locale-specific attribute; empty: all.
    pub available_locales: Vec<String>,
    /// Whether staff marked it as something to filter by.
    pub is_filter: bool,
    pub labels: Labels,
    pub options: HashMap<String, AttributeOption>,
}

/// A choice of a select attribute.
#[derive(Debug)]
pub(super) struct AttributeOption {
    pub sort_order: i32,
    pub labels: Labels,
}

/// A sales channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub code: String,
    /// Root of the category tree that is sold here.
    pub tree: String,
    pub locales: Vec<Locale>,
    pub currencies: Vec<String>,
    /// Metric attribute to the unit that is shown here.
    pub conversion_units: Map<String, Value>,
}

/// A locale of a channel.
#[derive(Debug, Clone)]
pub(super) struct Locale {
    pub code: String,
    /// Locales whose texts stand in where this one has none, in order.
    pub fallbacks: Vec<String>,
    /// What staff say of its words.
    pub wording: Arc<Wording>,
}

impl Locale {
    /// The locale itself, then those that stand in for it.
    pub(super) fn chain(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.code).chain(&self.fallbacks).map(String::as_str)
    }
}

/// A family.
#[derive(Debug)]
pub(super) struct Family {
    pub label_attribute: String,
    pub image_attribute: Option<String>,
    /// Attributes that a complete product needs, by channel.
    pub requirements: HashMap<String, Vec<String>>,
}

/// How a family varies: axes of all levels, outermost first.
#[derive(Debug)]
pub(super) struct FamilyVariant {
    pub family: String,
    pub axes: Vec<String>,
}

impl Structure {
    /// How many beginnings and ends of rules have passed: with each of them, lists may change.
    pub(super) fn turns(&self, now: DateTime<Utc>) -> usize {
        let moments = self.rules.iter().flat_map(|rule| [rule.starts_at, rule.ends_at]);
        moments.flatten().filter(|moment| *moment <= now).count()
    }

    /// Label of an attribute; its code made readable where there is none.
    pub(super) fn attribute_label(&self, code: &str, locale: &Locale) -> String {
        match self.attributes.get(code) {
            Some(attribute) => label(&attribute.labels, locale, code),
            None => readable(code),
        }
    }

    /// Label of an option; its code made readable where there is none.
    pub(super) fn option_label(&self, attribute: &str, code: &str, locale: &Locale) -> String {
        let option = self.attributes.get(attribute).and_then(|found| found.options.get(code));
        option.map_or_else(|| readable(code), |option| label(&option.labels, locale, code))
    }

    /// Whether shops may filter by the attribute and ask for its facet.
    pub(super) fn is_facet(&self, code: &str) -> bool {
        self.attributes.get(code).is_some_and(|attribute| match attribute.kind {
            Kind::Select | Kind::MultiSelect | Kind::Boolean | Kind::Number => true,
            Kind::Metric | Kind::Price => true,
            Kind::Text => attribute.is_filter || code == super::conventions::CONVENTIONS.brand,
            _ => false,
        })
    }
}

/// The text in this locale or another one of its language, else in one that stands in for it, else the
/// code made readable.
pub(super) fn label(labels: &Labels, locale: &Locale, code: &str) -> String {
    let text = locale.chain().find_map(|locale| text_in(labels, locale));
    text.map_or_else(|| readable(code), str::to_owned)
}

fn text_in<'l>(labels: &'l Labels, locale: &str) -> Option<&'l str> {
    let text = |text: &'l String| Some(text.as_str()).filter(|text| !text.is_empty());
    labels.get(locale).and_then(text).or_else(|| {
        let language = language_of(locale);
        let mut others: Vec<_> =
            labels.iter().filter(|(other, _)| language_of(other) == language).collect();
        others.sort();
        others.into_iter().find_map(|(_, other)| text(other))
    })
}

/// `de` of `de_DE`.
pub(super) fn language_of(locale: &str) -> &str {
    locale.split('_').next().unwrap_or(locale)
}

/// A code as people would write it: `display_size` becomes "Display size".
fn readable(code: &str) -> String {
    let text = code.replace('_', " ");
    let text = text.trim();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_falls_back_to_its_language_then_to_other_locales_then_to_the_code() {
        let labels = Labels::from([("de_DE".to_owned(), "Farbe".to_owned())]);
        let label = |locale: &str, fallbacks: &[&str], code| {
            let fallbacks = fallbacks.iter().map(|code| (*code).to_owned()).collect();
            let wording = Arc::default();
            label(&labels, &Locale { code: locale.to_owned(), fallbacks, wording }, code)
        };
        assert_eq!(label("de_DE", &[], "color"), "Farbe");
        assert_eq!(label("de_AT", &[], "color"), "Farbe");
        assert_eq!(label("fr_FR", &["en_US", "de_DE"], "color"), "Farbe");
        assert_eq!(label("fr_FR", &["en_US"], "main_color"), "Main color");
    }
}
