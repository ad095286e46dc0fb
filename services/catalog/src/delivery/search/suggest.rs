//! Suggestions while a shopper types.

use std::collections::HashSet;

use problem::{Problem, Result};
use tantivy::query::Query;
use uuid::Uuid;

use super::{
    collect::{self, Collect},
    merchandise::Merchandise,
    order::Sort,
    text::{LastWord, stem, typing_query},
};
use crate::delivery::{
    index::{ViewIndex, tokenize::words},
    structure::Wording,
};

/// Words that a text is tried to be completed with.
const CANDIDATES: usize = 20;

/// A text that finds something.
#[derive(Debug, Clone)]
pub(in crate::delivery) struct Completion {
    pub text: String,
    pub count: u64,
}

/// Pages that match what is typed so far, best first.
pub(in crate::delivery) fn pages(
    index: &ViewIndex,
    wording: &Wording,
    q: &str,
    limit: usize,
) -> Result<Vec<Uuid>> {
    let Some(query) = typing_query(index, wording, q, LastWord::Begun) else {
        return Ok(Vec::new());
    };
    let (hits, _) = run(index, query.as_ref(), limit)?;
    Ok(hits)
}

/// What is typed, its last word completed in ways that find something, most results first.
pub(in crate::delivery) fn completions(
    index: &ViewIndex,
    wording: &Wording,
    q: &str,
    limit: usize,
) -> Result<Vec<Completion>> {
    let mut typed = words(&mut index.plain(), q);
    let Some(last) = typed.pop() else { return Ok(Vec::new()) };
    let vocabulary = index.vocabulary(&index.searcher()).map_err(Problem::internal)?;
    let mut completions = Vec::new();
    let mut stems = HashSet::new();
    for word in vocabulary.complete(&last, CANDIDATES) {
        if !stems.insert(stem(index, word)) {
            continue; // the plural of one that is there already
        }
        let text = typed.iter().map(String::as_str).chain([word]).collect::<Vec<_>>().join(" ");
        let Some(query) = typing_query(index, wording, &text, LastWord::Whole) else { continue };
        let (_, count) = run(index, query.as_ref(), 0)?;
        if count > 0 {
            completions.push(Completion { text, count });
        }
    }
    completions.sort_by(|one, other| (other.count, &one.text).cmp(&(one.count, &other.text)));
    completions.truncate(limit);
    Ok(completions)
}

fn run(index: &ViewIndex, query: &dyn Query, limit: usize) -> Result<(Vec<Uuid>, u64)> {
    let collect = Collect {
        filters: &[],
        counted: &[],
        sort: Sort::Relevance,
        currency: "",
        merchandise: &Merchandise::default(),
        after: None,
        limit,
    };
    let collected = index.searcher().search(query, &collect).map_err(Problem::internal)?;
    let ids = collected.hits.iter().take(limit).map(|(_, halves)| collect::id(*halves));
    Ok((ids.collect(), collected.total))
}
