//! A query whose score counts how much of it a document matches: the sum of its parts, times the share
//! of parts that match. Plain BM25 lets one rare word outweigh all others.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

/// Parts, of which at least so many must match.
#[derive(Debug)]
pub(super) struct Coordination {
    pub parts: Vec<Box<dyn Query>>,
    pub at_least: usize,
}

impl Clone for Coordination {
    fn clone(&self) -> Self {
        let parts = self.parts.iter().map(|part| part.box_clone()).collect();
        Self { parts, at_least: self.at_least }
    }
}

impl Query for Coordination {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let parts: tantivy::Result<Vec<_>> =
            self.parts.iter().map(|part| part.weight(scoring)).collect();
        Ok(Box::new(CoordinationWeight { parts: parts?, at_least: self.at_least }))
    }
}

struct CoordinationWeight {
    parts: Vec<Box<dyn Weight>>,
    at_least: usize,
}

impl Weight for CoordinationWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let total = self.parts.len();
        let parts: tantivy::Result<Vec<_>> =
            self.parts.iter().map(|part| part.scorer(reader, boost)).collect();
        let mut scorer = CoordinationScorer {
            parts: parts?,
            at_least: self.at_least.max(1),
            total,
            doc: TERMINATED,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.seek(doc) == doc { scorer.score() } else { 0.0 };
        Ok(Explanation::new("sum of the parts times the share of parts that match", score))
    }
}

struct CoordinationScorer {
    parts: Vec<Box<dyn Scorer>>,
    at_least: usize,
    total: usize,
    doc: DocId,
}

impl CoordinationScorer {
    /// Stops at the first document, from where the parts stand, that enough of them match.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.parts.iter().map(|part| part.doc()).min().unwrap_or(TERMINATED);
            self.doc = doc;
            let matching = self.parts.iter().filter(|part| part.doc() == doc).count();
            if doc == TERMINATED || matching >= self.at_least {
                return doc;
            }
            self.leave(doc);
        }
    }

    fn leave(&mut self, doc: DocId) {
        for part in self.parts.iter_mut().filter(|part| part.doc() == doc) {
            part.advance();
        }
    }
}

impl DocSet for CoordinationScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.leave(self.doc);
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for part in &mut self.parts {
            if part.doc() < target {
                part.seek(target);
            }
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.parts.iter().map(|part| part.size_hint()).max().unwrap_or(0)
    }
}

impl Scorer for CoordinationScorer {
    fn score(&mut self) -> Score {
        let (mut sum, mut matching) = (0.0, 0_u16);
        for part in self.parts.iter_mut().filter(|part| part.doc() == self.doc) {
            sum += part.score();
            matching += 1;
        }
        let total = u16::try_from(self.total).unwrap_or(u16::MAX);
        sum * f32::from(matching) / f32::from(total)
    }
}
