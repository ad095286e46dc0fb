//! Collects one page of results and the counts of all facets in one pass.
//!
//! Facets are disjunctive: the counts of a facet leave its own filter aside. A document that fails no
//! filter counts for every facet; one that fails exactly one filter counts for the facet of that filter.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
};
use uuid::Uuid;

use super::{
    count::{Counted, Counts, SegmentCounts},
    filter::{Filter, SegmentFilter},
    merchandise::Merchandise,
    order::{IdHalves, Key, Place, Ranking, Sort, compare},
};

/// What is collected.
#[derive(Debug, Clone)]
pub(super) struct Collect<'a> {
    pub filters: &'a [Filter],
    pub counted: &'a [Counted],
    pub sort: Sort,
    pub currency: &'a str,
    pub merchandise: &'a Merchandise,
    pub after: Option<&'a Place>,
    /// Results of a page; 0 to count only.
    pub limit: usize,
}

/// What was collected.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Documents that pass every filter.
    pub total: u64,
    /// Documents before filters.
    pub matching: u64,
    /// Best first, at most one more than the limit.
    pub hits: Vec<(Key, IdHalves)>,
    /// As many as were counted, in their order.
    pub counts: Vec<Counts>,
}

/// Id of a page from its halves.
pub(super) fn id(halves: IdHalves) -> Uuid {
    Uuid::from_u64_pair(halves.0, halves.1)
}

impl Collector for Collect<'_> {
    type Fruit = Collected;
    type Child = SegmentCollect;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentCollect> {
        let filters: tantivy::Result<Vec<_>> =
            self.filters.iter().map(|filter| filter.in_segment(segment)).collect();
        let counts: tantivy::Result<Vec<_>> = self
            .counted
            .iter()
            .map(|counted| Ok((SegmentCounts::open(segment, &counted.path)?, counted.own_filter)))
            .collect();
        let tiers = self.merchandise.in_segment(segment)?;
        Ok(SegmentCollect {
            filters: filters?,
            counts: counts?,
            ranking: Ranking::open(segment, self.sort, self.currency, tiers, self.after)?,
            best: BinaryHeap::new(),
            wanted: if self.limit == 0 { 0 } else { self.limit + 1 },
            total: 0,
            matching: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance && self.limit > 0
    }

    fn merge_fruits(&self, segments: Vec<Collected>) -> tantivy::Result<Collected> {
        let mut all =
            Collected { counts: vec![Counts::Nothing; self.counted.len()], ..Collected::default() };
        for segment in segments {
            all.total += segment.total;
            all.matching += segment.matching;
            all.hits.extend(segment.hits);
            let counts = std::mem::take(&mut all.counts);
            all.counts = counts
                .into_iter()
                .zip(segment.counts)
                .map(|(one, other)| one.merge(other))
                .collect();
        }
        all.hits.sort_by(|one, other| compare(self.sort, one, other));
        all.hits.truncate(self.limit + 1);
        Ok(all)
    }
}

/// Collects in one segment.
pub(super) struct SegmentCollect {
    filters: Vec<SegmentFilter>,
    counts: Vec<(SegmentCounts, Option<usize>)>,
    ranking: Ranking,
    /// The best so far, worst on top.
    best: BinaryHeap<(u64, IdHalves)>,
    wanted: usize,
    total: u64,
    matching: u64,
}

impl SegmentCollect {
    /// The one filter that the document fails, or `None` if it passes all.
    fn failed(&self, doc: DocId) -> Result<Option<usize>, TooMany> {
        let mut failed = None;
        for (place, filter) in self.filters.iter().enumerate() {
            if !filter.passes(doc) && failed.replace(place).is_some() {
                return Err(TooMany);
            }
        }
        Ok(failed)
    }

    fn rank(&mut self, doc: DocId, score: Score) {
        let Some(here) = self.ranking.rank(doc, score) else { return };
        if self.best.len() < self.wanted {
            self.best.push(here);
        } else if self.best.peek().is_some_and(|worst| here.cmp(worst) == Ordering::Less) {
            self.best.pop();
            self.best.push(here);
        }
    }
}

/// A document fails more than one filter.
struct TooMany;

impl SegmentCollector for SegmentCollect {
    type Fruit = Collected;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.matching += 1;
        let Ok(failed) = self.failed(doc) else { return };
        for (counts, own) in &mut self.counts {
            if failed.is_none() || failed == *own {
                counts.add(doc);
            }
        }
        if failed.is_none() {
            self.total += 1;
            self.rank(doc, score);
        }
    }

    fn harvest(self) -> Collected {
        let ranking = self.ranking;
        let hits = self.best.into_iter().map(|(rank, id)| (ranking.key(rank), id)).collect();
        Collected {
            total: self.total,
            matching: self.matching,
            hits,
            counts: self.counts.into_iter().map(|(counts, _)| counts.finish()).collect(),
        }
    }
}
