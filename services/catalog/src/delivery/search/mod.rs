//! Search, filters, facets and order over the index of one view.
//!
//! A text is looked for as an identifier and with all its words. Few results are followed by those with
//! some of the words. If nothing is found, mistyped words are replaced from the catalog's own vocabulary,
//! by each that may have been meant; then it is looked for as an identifier with a mistake; then with some
//! of its words.

mod collect;
mod column;
mod coordination;
mod count;
pub(super) mod facet;
mod filter;
pub(super) mod highlight;
mod merchandise;
mod order;
mod request;
pub(super) mod suggest;
mod text;

use std::collections::HashSet;

use problem::{Problem, Result};
use tantivy::{
    Searcher,
    query::{AllQuery, BooleanQuery, Query},
};
use uuid::Uuid;
use web::Cursor;

use super::{
    index::{ViewIndex, schema::fast},
    structure::Structure,
};
use collect::{Collect, Collected};
use count::{Counted, Counts};
use facet::{Facet, Wish};
use merchandise::Merchandise;
use order::{Place, Sort};
pub(super) use request::{Parameters, Request, checked_text};
use text::{Stage, Text};

/// A page of results.
#[derive(Debug)]
pub(super) struct Found {
    /// In order.
    pub ids: Vec<Uuid>,
    pub total: u64,
    pub facets: Vec<Facet>,
    pub next_cursor: Option<Cursor>,
    /// The text that was searched for in place of a mistyped one.
    pub corrected: Option<String>,
    /// Where the shop goes instead.
    pub redirect: Option<String>,
    /// Stems that were looked for.
    pub stems: HashSet<String>,
}

/// Results and facets of a query.
type Results = (Collected, Vec<Facet>);

/// A search in one snapshot of an index.
pub(super) struct Search<'a> {
    structure: &'a Structure,
    index: &'a ViewIndex,
    searcher: Searcher,
    request: &'a Request,
    merchandise: Merchandise,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        structure: &'a Structure,
        index: &'a ViewIndex,
        request: &'a Request,
    ) -> Result<Self> {
        let merchandise = Merchandise::of(structure, index, request).map_err(Problem::internal)?;
        Ok(Self { structure, index, searcher: index.searcher(), request, merchandise })
    }

    /// Runs it. Blocks for as long as it takes, usually about a millisecond.
    pub(super) fn run(&self) -> Result<Found> {
        let Some(q) = &self.request.q else {
            let results = self.results(self.within(None).as_ref())?;
            return Ok(self.found(results, None, None, HashSet::new()));
        };
        let wording = &self.request.locale.wording;
        let text = Text::read(self.index, &self.searcher, wording, q).map_err(Problem::internal)?;
        let begun = self.request.after.as_ref().and_then(|place| place.stage);
        let mut stage = begun.unwrap_or(Stage::Exact);
        let mut results = Results::default();
        loop {
            if let Some(query) = text.query(stage) {
                results = self.results(self.within(Some(query)).as_ref())?;
            }
            match stage.next(results.0.matching, &text) {
                Some(next) if begun.is_none() => stage = next,
                _ => break,
            }
        }
        if !self.merchandise.pinned.is_empty() {
            let query = text.query(stage).filter(|_| results.0.matching > 0);
            results = self.results(self.within(Some(self.with_pinned(query))).as_ref())?;
        }
        let is_corrected = matches!(stage, Stage::Corrected | Stage::Relaxed);
        let corrected = text.corrected_text().filter(|_| is_corrected && results.0.matching > 0);
        Ok(self.found(results, Some(stage), corrected, text.stems(stage)))
    }

    /// Pinned pages come whether they match or not.
    fn with_pinned(&self, query: Option<Box<dyn Query>>) -> Box<dyn Query> {
        let pinned = self.merchandise.pinned.iter().map(|id| text::page_query(self.index, *id));
        Box::new(BooleanQuery::union(pinned.chain(query).collect()))
    }

    /// The query within the category, if one is asked for.
    fn within(&self, query: Option<Box<dyn Query>>) -> Box<dyn Query> {
        let category = self.request.category.as_ref();
        let category = category.map(|code| text::category_query(self.index, code));
        match (query, category) {
            (Some(query), Some(category)) => {
                Box::new(BooleanQuery::intersection(vec![query, category]))
            }
            (Some(query), None) | (None, Some(query)) => query,
            (None, None) => Box::new(AllQuery),
        }
    }

    fn results(&self, query: &dyn Query) -> Result<Results> {
        let attributes = match &self.request.facets {
            Wish::These(names) => names.clone(),
            Wish::Relevant => self.relevant_attributes(query)?,
        };
        let filters = &self.request.filters;
        let currency = self.request.currency.as_str();
        let counted = facet::counted(self.structure, &attributes, filters, currency);
        let mut collected = self.search(query, &counted, self.request.limit)?;
        let counts = std::mem::take(&mut collected.counts);
        let facets = attributes.iter().zip(counts).filter_map(|(attribute, counts)| {
            facet::facet(self.structure, &self.request.locale, attribute, counts, filters)
        });
        Ok((collected, facets.collect()))
    }

    /// Which attributes the results have, most frequent first.
    fn relevant_attributes(&self, query: &dyn Query) -> Result<Vec<String>> {
        let names = Counted { path: fast::FACET_NAME.to_owned(), own_filter: None };
        let mut collected = self.search(query, &[names], 0)?;
        let counts = match collected.counts.pop() {
            Some(Counts::Texts(counts)) => counts,
            _ => Default::default(),
        };
        Ok(facet::relevant(self.structure, &counts, &self.request.filters))
    }

    fn search(&self, query: &dyn Query, counted: &[Counted], limit: usize) -> Result<Collected> {
        let collect = Collect {
            filters: &self.request.filters,
            counted,
            sort: self.request.sort,
            currency: self.request.currency.as_str(),
            merchandise: &self.merchandise,
            after: self.request.after.as_ref(),
            limit,
        };
        self.searcher.search(query, &collect).map_err(Problem::internal)
    }

    fn found(
        &self,
        (mut collected, facets): Results,
        stage: Option<Stage>,
        corrected: Option<String>,
        stems: HashSet<String>,
    ) -> Found {
        let has_more = collected.hits.len() > self.request.limit;
        collected.hits.truncate(self.request.limit);
        let next_cursor = collected.hits.last().filter(|_| has_more).map(|(key, id)| {
            let (sort, key, id) = (self.request.sort, key.clone(), collect::id(*id));
            Cursor::encode(&Place { sort, key, id, stage })
        });
        Found {
            ids: collected.hits.iter().map(|(_, id)| collect::id(*id)).collect(),
            total: collected.total,
            facets,
            next_cursor,
            corrected,
            redirect: self.merchandise.redirect.clone(),
            stems,
        }
    }
}

/// How many pages each category has, ancestors included.
pub(super) fn category_counts(index: &ViewIndex) -> Result<std::collections::HashMap<String, u64>> {
    let counted = [Counted { path: fast::CATEGORY.to_owned(), own_filter: None }];
    let collect = Collect {
        filters: &[],
        counted: &counted,
        sort: Sort::Newest,
        currency: "",
        merchandise: &Merchandise::default(),
        after: None,
        limit: 0,
    };
    let mut collected = index.searcher().search(&AllQuery, &collect).map_err(Problem::internal)?;
    Ok(match collected.counts.pop() {
        Some(Counts::Texts(counts)) => counts,
        _ => Default::default(),
    })
}
