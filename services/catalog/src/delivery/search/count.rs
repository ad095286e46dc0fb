//! Counts of facets over the documents of a segment.

use std::collections::HashMap;

use tantivy::{DocId, SegmentReader, columnar::StrColumn};

use super::column::{Numbers, Values};

/// What is counted: the values at a path, leaving the filter of this place aside.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub path: String,
    /// Place of the facet's own filter among the filters.
    pub own_filter: Option<usize>,
}

/// What a facet has.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Counts {
    Nothing,
    Texts(HashMap<String, u64>),
    Flags { yes: u64, no: u64 },
    Range { min: f64, max: f64 },
}

impl Counts {
    /// Both together.
    pub(super) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Texts(mut texts), Self::Texts(others)) => {
                for (text, count) in others {
                    *texts.entry(text).or_default() += count;
                }
                Self::Texts(texts)
            }
            (Self::Flags { yes, no }, Self::Flags { yes: more_yes, no: more_no }) => {
                Self::Flags { yes: yes + more_yes, no: no + more_no }
            }
            (Self::Range { min, max }, Self::Range { min: lower, max: upper }) => {
                Self::Range { min: min.min(lower), max: max.max(upper) }
            }
            (counts, Self::Nothing) | (_, counts) => counts,
        }
    }
}

/// Counts in the making.
pub(super) enum SegmentCounts {
    Nothing,
    Texts(StrColumn, Vec<u32>),
    Flags(tantivy::columnar::Column<bool>, [u64; 2]),
    Range(Numbers, f64, f64),
}

impl SegmentCounts {
    pub(super) fn open(segment: &SegmentReader, path: &str) -> tantivy::Result<Self> {
        Ok(match Values::open(segment.fast_fields(), path)? {
            Values::Absent => Self::Nothing,
            Values::Text(column) => {
                let counts = vec![0; column.num_terms()];
                Self::Texts(column, counts)
            }
            Values::Flag(column) => Self::Flags(column, [0; 2]),
            Values::Number(numbers) => Self::Range(numbers, f64::INFINITY, f64::NEG_INFINITY),
        })
    }

    /// Adds a document.
    pub(super) fn add(&mut self, doc: DocId) {
        match self {
            Self::Nothing => {}
            Self::Texts(column, counts) => {
                for ordinal in column.ords().values_for_doc(doc) {
                    if let Some(count) =
                        usize::try_from(ordinal).ok().and_then(|o| counts.get_mut(o))
                    {
                        *count += 1;
                    }
                }
            }
            Self::Flags(column, counts) => {
                column.values_for_doc(doc).for_each(|value| counts[usize::from(value)] += 1);
            }
            Self::Range(numbers, min, max) => numbers.each(doc, |value| {
                *min = min.min(value);
                *max = max.max(value);
            }),
        }
    }

    /// The counts, by value instead of by the segment's own numbers.
    pub(super) fn finish(self) -> Counts {
        match self {
            Self::Nothing => Counts::Nothing,
            Self::Texts(column, counts) => {
                let mut texts = HashMap::new();
                let mut text = String::new();
                for (ordinal, count) in (0_u64..).zip(counts).filter(|(_, count)| *count > 0) {
                    text.clear();
                    if column.ord_to_str(ordinal, &mut text).unwrap_or(false) {
                        texts.insert(text.clone(), u64::from(count));
                    }
                }
                Counts::Texts(texts)
            }
            Self::Flags(_, [no, yes]) => Counts::Flags { yes, no },
            Self::Range(_, min, max) if min <= max => Counts::Range { min, max },
            Self::Range(..) => Counts::Nothing,
        }
    }
}
