//! The order of results, and how a page begins after the last one.

use std::ops::Bound;

use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use tantivy::{
    DocId, Score, SegmentReader,
    columnar::{Column, StrColumn},
};
use uuid::Uuid;

use super::{
    column::{Numbers, Values},
    merchandise::{Tier, Tiers},
    text::Stage,
};
use crate::delivery::index::schema::fast;

/// How results are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Sort {
    #[serde(rename = "relevance")]
    Relevance,
    #[serde(rename = "price")]
    Price,
    #[serde(rename = "-price")]
    PriceDescending,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDescending,
    #[serde(rename = "newest")]
    Newest,
}

impl Sort {
    /// Reads `sort=`; without it by relevance, or the newest first where nothing is searched.
    pub(super) fn parse(text: Option<&str>, has_text: bool) -> Result<Self> {
        match text {
            Some("relevance") if has_text => Ok(Self::Relevance),
            None if has_text => Ok(Self::Relevance),
            None | Some("relevance" | "newest") => Ok(Self::Newest),
            Some("price") => Ok(Self::Price),
            Some("-price") => Ok(Self::PriceDescending),
            Some("name") => Ok(Self::Name),
            Some("-name") => Ok(Self::NameDescending),
            Some(_) => Err(Problem::invalid_parameter(
                "sort",
                "unknown_sort",
                "must be relevance, price, -price, name, -name or newest",
            )),
        }
    }
}

impl Sort {
    /// Whether rules may change the order.
    fn has_tiers(self) -> bool {
        matches!(self, Self::Relevance | Self::Newest)
    }
}

/// Two halves of a page's id: the last word in every order.
pub(super) type IdHalves = (u64, u64);

/// Where a result stands: lower comes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Rank(u64),
    Name(String),
}

/// A position in the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    pub sort: Sort,
    pub key: Key,
    pub id: Uuid,
    /// How the text was searched.
    pub stage: Option<Stage>,
}

/// Compares keys of one sort.
pub(super) fn compare(
    sort: Sort,
    one: &(Key, IdHalves),
    other: &(Key, IdHalves),
) -> std::cmp::Ordering {
    let keys = match (&one.0, &other.0) {
        (Key::Rank(one), Key::Rank(other)) => one.cmp(other),
        (Key::Name(one), Key::Name(other)) if sort == Sort::NameDescending => other.cmp(one),
        (Key::Name(one), Key::Name(other)) => one.cmp(other),
        _ => std::cmp::Ordering::Equal,
    };
    keys.then_with(|| one.1.cmp(&other.1))
}

/// Ranks the documents of a segment.
pub(super) struct Ranking {
    sort: Sort,
    source: Source,
    id_high: Column<u64>,
    id_low: Column<u64>,
    /// `None` where every page is as good as the others.
    tiers: Option<Tiers>,
    /// Only what stands behind this rank and id is wanted.
    after: Option<(u64, IdHalves)>,
}

enum Source {
    Score,
    Price(Option<Numbers>),
    Created(Column<i64>),
    Name(Option<StrColumn>),
}

impl Ranking {
    pub(super) fn open(
        segment: &SegmentReader,
        sort: Sort,
        currency: &str,
        tiers: Option<Tiers>,
        after: Option<&Place>,
    ) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let source = match sort {
            Sort::Relevance => Source::Score,
            Sort::Price | Sort::PriceDescending => {
                let path = format!("{}.{currency}", fast::PRICE);
                Source::Price(match Values::open(columns, &path)? {
                    Values::Number(numbers) => Some(numbers),
                    _ => None,
                })
            }
            Sort::Newest => Source::Created(columns.i64(fast::CREATED)?),
            Sort::Name | Sort::NameDescending => Source::Name(columns.str(fast::NAME_KEY)?),
        };
        let after = match after {
            Some(place) => Some(source.begin(sort, place)?),
            None => None,
        };
        let (id_high, id_low) = (columns.u64(fast::ID_HIGH)?, columns.u64(fast::ID_LOW)?);
        Ok(Self { sort, source, id_high, id_low, tiers, after })
    }

    /// Rank within the segment and id, unless the document belongs to an earlier page.
    pub(super) fn rank(&self, doc: DocId, score: Score) -> Option<(u64, IdHalves)> {
        let rank = match &self.source {
            // Scores are not negative, so their bits sort as they do.
            Source::Score => !u64::from(score.to_bits()),
            Source::Price(numbers) => self.price_rank(numbers.as_ref(), doc),
            Source::Created(column) => {
                !u64::try_from(column.first(doc).unwrap_or_default()).unwrap_or_default()
            }
            Source::Name(column) => self.name_rank(column.as_ref(), doc),
        };
        let id = (
            self.id_high.first(doc).unwrap_or_default(),
            self.id_low.first(doc).unwrap_or_default(),
        );
        let tier = self.tiers.as_ref().map_or(Tier::Plain, |tiers| tiers.tier(doc, id));
        let rank = if self.sort.has_tiers() { tier.rank(rank) } else { rank };
        let here = (rank, id);
        (self.after.is_none_or(|after| here > after)).then_some(here)
    }

    /// By the lowest price; what has none comes last in both directions.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a price is a whole number of minor units and not negative"
    )]
    fn price_rank(&self, numbers: Option<&Numbers>, doc: DocId) -> u64 {
        let mut lowest = f64::INFINITY;
        if let Some(numbers) = numbers {
            numbers.each(doc, |price| lowest = lowest.min(price));
        }
        match (lowest.is_finite(), self.sort) {
            (false, _) => u64::MAX,
            (true, Sort::PriceDescending) => u64::MAX - 1 - lowest as u64,
            (true, _) => lowest as u64,
        }
    }

    fn name_rank(&self, column: Option<&StrColumn>, doc: DocId) -> u64 {
        let ordinal = column.and_then(|column| column.ords().first(doc)).unwrap_or_default();
        if self.sort == Sort::NameDescending { u64::MAX - 1 - ordinal } else { ordinal }
    }

    /// The key of a rank, comparable across segments.
    pub(super) fn key(&self, rank: u64) -> Key {
        let Source::Name(column) = &self.source else { return Key::Rank(rank) };
        let ordinal = if self.sort == Sort::NameDescending { u64::MAX - 1 - rank } else { rank };
        let mut name = String::new();
        if let Some(column) = column {
            column.ord_to_str(ordinal, &mut name).unwrap_or_default();
        }
        Key::Name(name)
    }
}

impl Source {
    /// The rank and id behind which a page begins, in the numbers of the segment.
    fn begin(&self, sort: Sort, place: &Place) -> tantivy::Result<(u64, IdHalves)> {
        let id = place.id.as_u64_pair();
        match (self, &place.key) {
            (Self::Name(Some(column)), Key::Name(name)) => {
                let (from, _) = column
                    .dictionary()
                    .term_bounds_to_ord(Bound::Excluded(name), Bound::Unbounded)?;
                let is_descending = sort == Sort::NameDescending;
                Ok(match from {
                    // The segment has the name: what follows it, or has it and a later id.
                    Bound::Excluded(ordinal) if is_descending => (u64::MAX - 1 - ordinal, id),
                    Bound::Excluded(ordinal) => (ordinal, id),
                    // It has not: this is the next name. No id is (0, 0), so nothing is left out.
                    Bound::Included(ordinal) if is_descending => (u64::MAX - ordinal, (0, 0)),
                    Bound::Included(ordinal) => (ordinal, (0, 0)),
                    Bound::Unbounded => (0, (0, 0)),
                })
            }
            (_, Key::Rank(rank)) => Ok((*rank, id)),
            _ => Ok((0, (0, 0))),
        }
    }
}
