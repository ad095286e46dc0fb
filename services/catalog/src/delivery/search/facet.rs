//! Facets as they are answered.

use std::collections::{HashMap, HashSet};

use problem::{Problem, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    count::{Counted, Counts},
    filter::{Filter, Wanted, facet_kind, value_path},
};
use crate::delivery::{
    conventions::CONVENTIONS,
    projection::boolean,
    structure::{Kind, Locale, Structure},
};

/// Facets of one request.
pub(super) const MAX_FACETS: usize = 30;
/// Values of one facet.
const MAX_VALUES: usize = 100;

/// What the results have of one attribute.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Facet {
    /// The attribute's code.
    #[schema(example = "color")]
    pub attribute: String,
    /// Its label.
    #[schema(example = "Colour")]
    pub label: String,
    /// `select`, `multi_select`, `text` and `boolean` have values; `number`, `metric` and `price` have
    /// a range.
    #[serde(rename = "type")]
    #[schema(example = "select")]
    pub kind: String,
    /// Most frequent first, at most 100; those that are filtered by always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<FacetValue>>,
    /// Lowest and highest value; prices in minor units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<FacetRange>,
}

/// A value of a facet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FacetValue {
    /// As `filter[<attribute>]` takes it.
    #[schema(example = "red")]
    pub value: String,
    /// For people.
    #[schema(example = "Red")]
    pub label: String,
    /// How many results have it, leaving the facet's own filter aside.
    #[schema(example = 12)]
    pub count: u64,
    /// Whether it is filtered by.
    pub selected: bool,
}

/// Lowest and highest value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct FacetRange {
    /// The lowest.
    #[schema(example = 10.0)]
    pub min: f64,
    /// The highest.
    #[schema(example = 50.0)]
    pub max: f64,
}

/// Which facets are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    These(Vec<String>),
    /// Those that most of the results have.
    Relevant,
}

impl Wish {
    /// Reads `facets=`.
    pub(super) fn parse(structure: &Structure, text: Option<&str>) -> Result<Self> {
        let names = text.unwrap_or_default().split(',').map(str::trim);
        let names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if names == ["*"] {
            return Ok(Self::Relevant);
        }
        if names.len() > MAX_FACETS {
            let detail = format!("at most {MAX_FACETS} facets");
            return Err(Problem::invalid_parameter("facets", "too_many", detail));
        }
        for name in &names {
            facet_kind(structure, name, "facets")?;
        }
        Ok(Self::These(names))
    }
}

/// How attributes are counted.
pub(super) fn counted(
    structure: &Structure,
    attributes: &[String],
    filters: &[Filter],
    currency: &str,
) -> Vec<Counted> {
    let own_filter = |name: &String| filters.iter().position(|filter| filter.attribute == *name);
    attributes
        .iter()
        .map(|name| Counted {
            path: value_path(structure, name, currency),
            own_filter: own_filter(name),
        })
        .collect()
}

/// The attributes that most of the results have; the price and what is filtered by always.
pub(super) fn relevant(
    structure: &Structure,
    counts: &HashMap<String, u64>,
    filters: &[Filter],
) -> Vec<String> {
    let mut chosen = vec![CONVENTIONS.price.to_owned()];
    chosen.extend(filters.iter().map(|filter| filter.attribute.clone()));
    let mut others: Vec<(&String, u64)> =
        counts.iter().map(|(name, count)| (name, *count)).collect();
    let order = |name: &str| structure.attributes.get(name).map(|found| found.order);
    others.sort_by(|(one, count), (other, other_count)| {
        (other_count, order(one), one).cmp(&(count, order(other), other))
    });
    chosen.extend(others.into_iter().map(|(name, _)| name.clone()));
    let mut seen = HashSet::new();
    chosen.retain(|name| structure.is_facet(name) && seen.insert(name.clone()));
    chosen.truncate(MAX_FACETS);
    chosen
}

/// The answer for one attribute; `None` if no result has it.
pub(super) fn facet(
    structure: &Structure,
    locale: &Locale,
    attribute: &str,
    counts: Counts,
    filters: &[Filter],
) -> Option<Facet> {
    let own = filters.iter().find(|filter| filter.attribute == attribute);
    let kind = structure.attributes.get(attribute).map_or(Kind::Price, |found| found.kind);
    let label = structure.attribute_label(attribute, locale);
    let name = Facet {
        attribute: attribute.to_owned(),
        label,
        kind: kind.as_str().to_owned(),
        values: None,
        range: None,
    };
    match counts {
        Counts::Nothing => None,
        Counts::Range { min, max } => Some(Facet { range: Some(FacetRange { min, max }), ..name }),
        Counts::Flags { yes, no } => {
            let (wants_yes, wants_no) = match own.map(|filter| &filter.wanted) {
                Some(Wanted::Flags { yes, no }) => (*yes, *no),
                _ => (false, false),
            };
            let flags = [(true, yes, wants_yes), (false, no, wants_no)];
            let values = flags.into_iter().filter(|(_, count, wanted)| *count > 0 || *wanted);
            let value = |(value, count, selected): (bool, u64, bool)| FacetValue {
                value: value.to_string(),
                label: boolean(value, &locale.code).to_owned(),
                count,
                selected,
            };
            with_values(name, values.map(value).collect())
        }
        Counts::Texts(texts) => {
            with_values(name, text_values(structure, locale, attribute, texts, own))
        }
    }
}

fn with_values(facet: Facet, values: Vec<FacetValue>) -> Option<Facet> {
    (!values.is_empty()).then_some(Facet { values: Some(values), ..facet })
}

fn text_values(
    structure: &Structure,
    locale: &Locale,
    attribute: &str,
    mut texts: HashMap<String, u64>,
    own: Option<&Filter>,
) -> Vec<FacetValue> {
    let selected: &[String] = match own.map(|filter| &filter.wanted) {
        Some(Wanted::Codes(codes)) => codes,
        _ => &[],
    };
    for code in selected {
        texts.entry(code.clone()).or_default();
    }
    let is_text = structure.attributes.get(attribute).is_some_and(|a| a.kind == Kind::Text);
    let label = |code: &str| {
        if is_text { code.to_owned() } else { structure.option_label(attribute, code, locale) }
    };
    let mut values: Vec<FacetValue> = texts
        .into_iter()
        .map(|(value, count)| FacetValue {
            label: label(&value),
            selected: selected.contains(&value),
            value,
            count,
        })
        .collect();
    values.sort_by(|one, other| {
        (!one.selected, other.count, &one.label, &one.value).cmp(&(
            !other.selected,
            one.count,
            &other.label,
            &other.value,
        ))
    });
    values.truncate(MAX_VALUES);
    values.sort_by(|one, other| {
        (other.count, &one.label, &one.value).cmp(&(one.count, &other.label, &other.value))
    });
    values
}
