//! What a shopper typed becomes a query.

use std::collections::HashSet;

use tantivy::{
    Score, Searcher, Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur,
        PhraseQuery, Query, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use uuid::Uuid;

use super::coordination::Coordination;
use crate::delivery::{
    index::{
        ViewIndex, Vocabulary,
        tokenize::{normalized_identifier, words},
    },
    structure::Wording,
};

/// Fewer results with every word are followed by those with some of them.
const FEW: u64 = 10;
/// Words of a query beyond this are left out.
const MAX_WORDS: usize = 16;
/// How much the fields count in which a word does not match best.
const TIE_BREAKER: Score = 0.35;
/// What two words of a query add that stand side by side in a name.
const NEIGHBOURS: Score = 0.3;
/// Score of a whole identifier, above any text.
const IDENTIFIER: Score = 1000.0;
/// Score of the beginning of an identifier.
const IDENTIFIER_PREFIX: Score = 300.0;
/// What a synonym counts beside the word that was typed.
const SYNONYM: Score = 0.8;
/// What a compound counts beside the word that is its last part.
const COMPOUND: Score = 0.6;
/// Shortest text that may be a code.
const MIN_CODE: usize = 3;
/// Digits alone are taken for the beginning of an identifier only from this length on.
const MIN_DIGITS: usize = 4;

/// How a text is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Every word as it was typed, or an identifier.
    Exact,
    /// Some of the words as they were typed: those that have all of them still come first.
    Loosened,
    /// Every word, unknown ones replaced by the likeliest known one.
    Corrected,
    /// Every word, and of what looks like a code any identifier that differs in one character.
    NearIdentifier,
    /// Some of the words.
    Relaxed,
}

impl Stage {
    /// What is tried after this many results; `None` if they are enough.
    pub(super) fn next(self, results: u64, text: &Text<'_>) -> Option<Self> {
        match self {
            Self::Exact if (1..FEW).contains(&results) && text.is_loose() => Some(Self::Loosened),
            _ if results > 0 => None,
            Self::Exact => Some(Self::Corrected),
            Self::Corrected => Some(Self::NearIdentifier),
            Self::NearIdentifier => Some(Self::Relaxed),
            Self::Loosened | Self::Relaxed => None,
        }
    }
}

/// One word of a query.
struct Word {
    /// As it was typed, or corrected.
    text: String,
    /// `None` for a stop word.
    stem: Option<String>,
    /// Stems of other words that may have been meant, or that end in it, each with what it counts beside
    /// the first.
    others: Vec<(String, Score)>,
    /// Whether the catalog has it.
    is_known: bool,
}

/// A text to search for, understood.
pub(super) struct Text<'a> {
    index: &'a ViewIndex,
    wording: &'a Wording,
    typed: Vec<Word>,
    corrected: Option<Vec<Word>>,
    identifier: String,
}

impl<'a> Text<'a> {
    pub(super) fn read(
        index: &'a ViewIndex,
        searcher: &Searcher,
        wording: &'a Wording,
        q: &str,
    ) -> tantivy::Result<Self> {
        let mut texts = wording.without_stop_words(words(&mut index.plain(), q));
        texts.truncate(MAX_WORDS);
        let vocabulary = index.vocabulary(searcher)?;
        let mut typed = with_stems(index, texts);
        for word in &mut typed {
            word.is_known = is_known(index, searcher, &vocabulary, wording, word)?;
            word.others = compounds(index, &vocabulary, word);
        }
        let corrected = correct(index, &vocabulary, &typed);
        Ok(Self { index, wording, typed, corrected, identifier: normalized_identifier(q) })
    }

    /// Whether results with some of the words help: codes and measures mean what they say.
    fn is_loose(&self) -> bool {
        let has_digits = |word: &Word| word.text.bytes().any(|byte| byte.is_ascii_digit());
        let stems = self.typed.iter().filter(|word| word.stem.is_some()).count();
        stems > 1 && !self.typed.iter().any(has_digits)
    }

    /// The text with unknown words replaced, if that would change it.
    pub(super) fn corrected_text(&self) -> Option<String> {
        let corrected = self.corrected.as_ref()?;
        Some(corrected.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// The query of a stage; `None` if it would be the same as an earlier one or cannot match.
    pub(super) fn query(&self, stage: Stage) -> Option<Box<dyn Query>> {
        match stage {
            Stage::Exact => Some(self.or_identifier(self.words_query(&self.typed, usize::MAX))),
            Stage::Loosened => Some(self.or_identifier(self.words_query(&self.typed, 1))),
            Stage::Corrected => self.words_query(self.corrected.as_ref()?, usize::MAX),
            Stage::NearIdentifier => self.near_identifier_query(),
            Stage::Relaxed => {
                let words = self.corrected.as_ref().unwrap_or(&self.typed);
                self.words_query(words, 1)
            }
        }
    }

    /// Every stem that a stage looks for.
    pub(super) fn stems(&self, stage: Stage) -> HashSet<String> {
        let words = match (stage, &self.corrected) {
            (Stage::Exact | Stage::Loosened, _) | (_, None) => &self.typed,
            (_, Some(corrected)) => corrected,
        };
        let typed: Vec<String> = words.iter().filter_map(|word| word.stem.clone()).collect();
        let senses = self.wording.senses(&typed);
        let synonyms = senses.iter().flat_map(|sense| sense.others).flatten().cloned();
        let others = words.iter().flat_map(|word| &word.others).map(|(stem, _)| stem.clone());
        synonyms.chain(others).chain(typed.iter().cloned()).collect()
    }

    fn or_identifier(&self, text: Option<Box<dyn Query>>) -> Box<dyn Query> {
        let either = text.into_iter().chain(self.identifier_query());
        Box::new(BooleanQuery::union(either.collect()))
    }

    /// Each word in any field, so many of them at least. Stop words count only where there is nothing
    /// else.
    fn words_query(&self, words: &[Word], at_least: usize) -> Option<Box<dyn Query>> {
        let mut clauses = vec![(Occur::Must, coordinated(self.parts(words), at_least)?)];
        let stems: Vec<&String> = words.iter().filter_map(|word| word.stem.as_ref()).collect();
        for pair in stems.windows(2) {
            let name = self.index.fields.name;
            let terms = pair.iter().map(|stem| Term::from_field_text(name, stem)).collect();
            let neighbours = boosted(Box::new(PhraseQuery::new(terms)), NEIGHBOURS);
            clauses.push((Occur::Should, neighbours));
        }
        Some(Box::new(BooleanQuery::new(clauses)))
    }

    /// A query for each word, or for words that mean something together: they, or all of what means the
    /// same.
    fn parts(&self, words: &[Word]) -> Vec<Box<dyn Query>> {
        let (stems, queries): (Vec<String>, Vec<Box<dyn Query>>) = words
            .iter()
            .filter_map(|word| Some((word.stem.clone()?, self.word_query(word)?)))
            .unzip();
        let mut queries = queries.into_iter();
        let senses = self.wording.senses(&stems).into_iter();
        senses
            .map(|sense| {
                let others = sense.others.iter().map(|stems| {
                    let stems = stems.iter().map(|stem| best(self.places(stem, SYNONYM)));
                    all(stems.collect())
                });
                let typed = all(queries.by_ref().take(sense.stems.len()).collect());
                best(std::iter::once(typed).chain(others).collect())
            })
            .collect()
    }

    /// A word in any field; where it matches best counts most.
    fn word_query(&self, word: &Word) -> Option<Box<dyn Query>> {
        let fields = self.index.fields;
        let mut places = self.places(word.stem.as_ref()?, 1.0);
        for (stem, share) in &word.others {
            places.extend(self.places(stem, *share));
        }
        if looks_like_code(&word.text) {
            places.push(constant(term_query(fields.identifier, &word.text), 30.0));
            places.push(constant(prefix_query(fields.identifier, &word.text), 8.0));
        }
        Some(best(places))
    }

    /// Fields in which a stem may stand, each with what it counts there.
    fn places(&self, stem: &str, share: Score) -> Vec<Box<dyn Query>> {
        let fields = self.index.fields;
        [
            (fields.name, 3.0),
            (fields.kind, 3.0),
            (fields.brand, 3.0),
            (fields.attributes, 1.0),
            (fields.description, 0.8),
        ]
        .map(|(field, weight)| boosted(term_query(field, stem), weight * share))
        .into()
    }

    /// The whole text as an identifier or its beginning.
    fn identifier_query(&self) -> Vec<Box<dyn Query>> {
        let field = self.index.fields.identifier;
        let text = &self.identifier;
        if text.len() < 3 {
            return Vec::new();
        }
        let mut queries = vec![constant(term_query(field, text), IDENTIFIER)];
        if looks_like_code(text) {
            queries.push(constant(prefix_query(field, text), IDENTIFIER_PREFIX));
        }
        queries
    }

    /// The whole text, or those of its words that look like codes, with one mistake.
    fn near_identifier_query(&self) -> Option<Box<dyn Query>> {
        let field = self.index.fields.identifier;
        let is_mistyped = |word: &Word| !word.is_known && looks_like_code(&word.text);
        let words = self.corrected.as_ref().unwrap_or(&self.typed);
        let parts = self.typed.iter().zip(words).filter_map(|(typed, word)| {
            if is_mistyped(typed) {
                Some(near_query(field, &typed.text))
            } else {
                self.word_query(word)
            }
        });
        let words = match self.typed.iter().any(is_mistyped) {
            true => coordinated(parts.collect(), usize::MAX),
            false => None,
        };
        let whole = looks_like_code(&self.identifier).then(|| near_query(field, &self.identifier));
        let either: Vec<_> = words.into_iter().chain(whole).collect();
        if either.is_empty() { None } else { Some(Box::new(BooleanQuery::union(either))) }
    }
}

/// How the last word of a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastWord {
    /// It is still being typed.
    Begun,
    /// It is whole.
    Whole,
}

/// Every word but the last, and the last as far as it is typed: for suggestions.
pub(super) fn typing_query(
    index: &ViewIndex,
    wording: &Wording,
    q: &str,
    last_word: LastWord,
) -> Option<Box<dyn Query>> {
    let mut texts = words(&mut index.plain(), q);
    texts.truncate(MAX_WORDS);
    let last = texts.pop()?;
    let texts = wording.without_stop_words(texts);
    let whole = Text {
        index,
        wording,
        typed: with_stems(index, texts),
        corrected: None,
        identifier: normalized_identifier(q),
    };
    let mut parts = whole.parts(&whole.typed);
    let fields = index.fields;
    let begun = match last_word {
        LastWord::Begun => prefix_query(fields.words, &last),
        LastWord::Whole => term_query(fields.words, &last),
    };
    let mut beginnings = vec![constant(begun, 1.0)];
    if let Some(stem) = with_stems(index, vec![last.clone()]).pop().and_then(|word| word.stem) {
        beginnings.push(boosted(term_query(fields.name, &stem), 3.0));
    }
    parts.push(best(beginnings));
    let text = coordinated(parts, usize::MAX);
    let either = text.into_iter().chain(whole.identifier_query());
    Some(Box::new(BooleanQuery::union(either.collect())))
}

/// The stem of one word; the word itself if it is a stop word.
pub(super) fn stem(index: &ViewIndex, word: &str) -> String {
    words(&mut index.stemming(), word).pop().unwrap_or_else(|| word.to_owned())
}

/// Pages in a category or below.
pub(super) fn category_query(index: &ViewIndex, category: &str) -> Box<dyn Query> {
    constant(term_query(index.fields.category, category), 0.0)
}

/// One page.
pub(super) fn page_query(index: &ViewIndex, id: Uuid) -> Box<dyn Query> {
    constant(term_query(index.fields.id, &id.to_string()), 0.0)
}

fn with_stems(index: &ViewIndex, texts: Vec<String>) -> Vec<Word> {
    let mut stemming = index.stemming();
    let stems: Vec<Option<String>> =
        texts.iter().map(|text| words(&mut stemming, text).pop()).collect();
    let only_stop_words = stems.iter().all(Option::is_none);
    texts
        .into_iter()
        .zip(stems)
        .map(|(text, stem)| {
            let stem = if only_stop_words { Some(text.clone()) } else { stem };
            Word { text, stem, others: Vec::new(), is_known: true }
        })
        .collect()
}

/// Stems of compounds that end in the word: who looks for a table wants a dining table too.
fn compounds(index: &ViewIndex, vocabulary: &Vocabulary, word: &Word) -> Vec<(String, Score)> {
    let part = word.stem.as_ref().filter(|_| index.has_compounds());
    let Some(part) = part.filter(|part| !part.bytes().any(|byte| byte.is_ascii_digit())) else {
        return Vec::new();
    };
    let mut stemming = index.stemming();
    let mut stem = |word: &str| words(&mut stemming, word).pop().unwrap_or_default();
    let mut stems: Vec<String> =
        vocabulary.compounds(part, &mut stem).into_iter().map(&mut stem).collect();
    stems.sort_unstable();
    stems.dedup();
    stems.into_iter().map(|stem| (stem, COMPOUND)).collect()
}

/// The words with those that the catalog does not know replaced; `None` if nothing is replaced.
fn correct(index: &ViewIndex, vocabulary: &Vocabulary, typed: &[Word]) -> Option<Vec<Word>> {
    let corrections: Vec<Vec<(&str, Score)>> = typed
        .iter()
        .map(|word| if word.is_known { Vec::new() } else { vocabulary.corrections(&word.text) })
        .collect();
    if corrections.iter().all(Vec::is_empty) {
        return None;
    }
    let texts = typed.iter().zip(&corrections);
    let texts =
        texts.map(|(word, better)| better.first().map_or(word.text.as_str(), |(text, _)| text));
    let mut words = with_stems(index, texts.map(str::to_owned).collect());
    for (word, corrections) in words.iter_mut().zip(corrections) {
        let others =
            corrections.into_iter().skip(1).map(|(text, share)| (stem(index, text), share));
        word.others = others.collect();
    }
    Some(words)
}

fn is_known(
    index: &ViewIndex,
    searcher: &Searcher,
    vocabulary: &Vocabulary,
    wording: &Wording,
    word: &Word,
) -> tantivy::Result<bool> {
    let Some(stem) = &word.stem else { return Ok(true) };
    if vocabulary.contains(&word.text) || wording.has(stem) {
        return Ok(true);
    }
    let fields = index.fields;
    for field in [fields.name, fields.attributes, fields.kind] {
        if searcher.doc_freq(&Term::from_field_text(field, stem))? > 0 {
            return Ok(true);
        }
    }
    let term = Term::from_field_text(fields.identifier, &word.text);
    Ok(searcher.doc_freq(&term)? > 0)
}

/// Letters with digits, or a long number.
fn looks_like_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let has_letters = text.chars().any(char::is_alphabetic);
    text.len() >= MIN_CODE
        && digits > 0
        && !text.contains('.')
        && (has_letters || digits >= MIN_DIGITS)
}

/// Every one of them; itself if there is one.
fn all(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::intersection(queries)),
    }
}

/// Any of them, of which the best counts most; itself if there is one.
fn best(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, TIE_BREAKER)),
    }
}

/// Parts, so many of which must match at least; `None` if there are none.
fn coordinated(parts: Vec<Box<dyn Query>>, at_least: usize) -> Option<Box<dyn Query>> {
    let at_least = at_least.min(parts.len());
    if parts.is_empty() { None } else { Some(Box::new(Coordination { parts, at_least })) }
}

/// Identifiers that differ in one character, or begin so.
fn near_query(field: Field, text: &str) -> Box<dyn Query> {
    let term = Term::from_field_text(field, text);
    let whole = constant(Box::new(FuzzyTermQuery::new(term.clone(), 1, true)), 30.0);
    let beginning = constant(Box::new(FuzzyTermQuery::new_prefix(term, 1, true)), 3.0);
    Box::new(BooleanQuery::union(vec![whole, beginning]))
}

fn term_query(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn prefix_query(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, false))
}

fn boosted(query: Box<dyn Query>, boost: Score) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

fn constant(query: Box<dyn Query>, score: Score) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}
