//! Filters by attribute: within one filter any value suffices, every filter must hold.

use std::collections::HashSet;

use problem::{Problem, Result};
use tantivy::{DocId, SegmentReader, columnar::Column};

use super::column::{Numbers, Values};
use crate::delivery::{
    conventions::CONVENTIONS,
    index::schema::fast,
    structure::{Kind, Structure},
};

/// Filters of one request.
const MAX_FILTERS: usize = 20;
/// Values of one filter.
const MAX_VALUES: usize = 100;

/// A filter by one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub attribute: String,
    /// Where the index keeps the values.
    pub path: String,
    pub wanted: Wanted,
}

/// What a filter lets pass.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Codes(Vec<String>),
    Flags { yes: bool, no: bool },
    Ranges(Vec<(f64, f64)>),
}

/// Where the index keeps the values of a facet or filter: prices by currency, the rest by attribute.
pub(super) fn value_path(structure: &Structure, attribute: &str, currency: &str) -> String {
    let kind = structure.attributes.get(attribute).map(|found| found.kind);
    if kind == Some(Kind::Price) || attribute == CONVENTIONS.price {
        format!("{}.{currency}", fast::PRICE)
    } else {
        format!("{}.{attribute}", fast::FACET)
    }
}

/// The sort of values of an attribute that can be filtered by; 422 names the parameter if it cannot.
pub(super) fn facet_kind(structure: &Structure, attribute: &str, parameter: &str) -> Result<Kind> {
    let kind = structure.attributes.get(attribute).map(|found| found.kind);
    match kind {
        _ if attribute == CONVENTIONS.price => Ok(Kind::Price),
        None => {
            let detail = format!("there is no attribute {attribute}");
            Err(Problem::invalid_parameter(parameter, "unknown_attribute", detail))
        }
        Some(Kind::Price) => {
            let detail = format!("of price attributes only {} has facets", CONVENTIONS.price);
            Err(Problem::invalid_parameter(parameter, "not_a_facet", detail))
        }
        Some(kind) if structure.is_facet(attribute) => Ok(kind),
        Some(kind) => {
            let detail = format!("{attribute} is a {} attribute without facets", kind.as_str());
            Err(Problem::invalid_parameter(parameter, "not_a_facet", detail))
        }
    }
}

impl Filter {
    /// Reads `filter[<attribute>]=<text>`.
    pub(super) fn parse(
        structure: &Structure,
        currency: &str,
        attribute: &str,
        text: &str,
    ) -> Result<Self> {
        let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
        Self::of(structure, currency, attribute, values.collect())
    }

    /// A filter by any of these values.
    pub(super) fn of(
        structure: &Structure,
        currency: &str,
        attribute: &str,
        values: Vec<&str>,
    ) -> Result<Self> {
        let parameter = format!("filter[{attribute}]");
        let kind = facet_kind(structure, attribute, &parameter)?;
        if values.is_empty() || values.len() > MAX_VALUES {
            let detail = format!("needs 1 to {MAX_VALUES} values, separated by commas");
            return Err(Problem::invalid_parameter(&parameter, "out_of_range", detail));
        }
        let wanted = match kind {
            Kind::Boolean => flags(&values, &parameter)?,
            Kind::Number | Kind::Metric | Kind::Price => ranges(&values, &parameter)?,
            _ => Wanted::Codes(values.into_iter().map(str::to_owned).collect()),
        };
        let path = value_path(structure, attribute, currency);
        Ok(Self { attribute: attribute.to_owned(), path, wanted })
    }

    /// 422 if there are too many.
    pub(super) fn check_number(filters: &[Self]) -> Result<()> {
        if filters.len() <= MAX_FILTERS {
            return Ok(());
        }
        let detail = format!("at most {MAX_FILTERS} filters");
        Err(Problem::invalid_parameter("filter", "too_many", detail))
    }

    /// The filter for the documents of one segment.
    pub(super) fn in_segment(&self, segment: &SegmentReader) -> tantivy::Result<SegmentFilter> {
        let values = Values::open(segment.fast_fields(), &self.path)?;
        Ok(match (values, &self.wanted) {
            (Values::Text(column), Wanted::Codes(codes)) => {
                let mut ordinals = HashSet::new();
                for code in codes {
                    ordinals.extend(column.dictionary().term_ord(code)?);
                }
                SegmentFilter::Ordinals(column.ords().clone(), ordinals)
            }
            (Values::Flag(column), Wanted::Flags { yes, no }) => {
                SegmentFilter::Flag(column, *yes, *no)
            }
            (Values::Number(numbers), Wanted::Ranges(ranges)) => {
                SegmentFilter::Ranges(numbers, ranges.clone())
            }
            _ => SegmentFilter::Nothing,
        })
    }
}

fn flags(values: &[&str], parameter: &str) -> Result<Wanted> {
    let (mut yes, mut no) = (false, false);
    for value in values {
        match *value {
            "true" => yes = true,
            "false" => no = true,
            _ => {
                let detail = "must be true or false";
                return Err(Problem::invalid_parameter(parameter, "invalid_value", detail));
            }
        }
    }
    Ok(Wanted::Flags { yes, no })
}

fn ranges(values: &[&str], parameter: &str) -> Result<Wanted> {
    let ranges: Option<Vec<_>> = values.iter().map(|value| range(value)).collect();
    ranges.map(Wanted::Ranges).ok_or_else(|| {
        let detail = "must be a number or a range such as 10..50, 10.. or ..50";
        Problem::invalid_parameter(parameter, "invalid_value", detail)
    })
}

/// `10..50`, `10..`, `..50` or `10`; both ends belong to it.
fn range(text: &str) -> Option<(f64, f64)> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let Some((from, to)) = text.split_once("..") else {
        let value = number(text)?;
        return Some((value, value));
    };
    if from.is_empty() && to.is_empty() {
        return None;
    }
    let from = if from.is_empty() { f64::NEG_INFINITY } else { number(from)? };
    let to = if to.is_empty() { f64::INFINITY } else { number(to)? };
    (from <= to).then_some((from, to))
}

/// A filter for the documents of one segment.
pub(super) enum SegmentFilter {
    /// No document of the segment has the attribute.
    Nothing,
    Ordinals(Column<u64>, HashSet<u64>),
    Flag(Column<bool>, bool, bool),
    Ranges(Numbers, Vec<(f64, f64)>),
}

impl SegmentFilter {
    /// Whether a document passes.
    pub(super) fn passes(&self, doc: DocId) -> bool {
        match self {
            Self::Nothing => false,
            Self::Ordinals(column, wanted) => {
                column.values_for_doc(doc).any(|ordinal| wanted.contains(&ordinal))
            }
            Self::Flag(column, yes, no) => {
                column.values_for_doc(doc).any(|value| if value { *yes } else { *no })
            }
            Self::Ranges(numbers, ranges) => {
                let mut passes = false;
                numbers.each(doc, |value| {
                    passes |= ranges.iter().any(|(from, to)| (*from..=*to).contains(&value));
                });
                passes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_may_be_open_on_one_side() {
        assert_eq!(range("10..50"), Some((10.0, 50.0)));
        assert_eq!(range("..50"), Some((f64::NEG_INFINITY, 50.0)));
        assert_eq!(range("1.5"), Some((1.5, 1.5)));
        for bad in ["", "..", "a..b", "5..1", "NaN", "inf..", "1...2"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
