//! Synonyms: words that mean the same to shoppers.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, check_word},
    report::Report,
};

/// Most words of a synonym.
const MAX_WORDS: usize = 100;

/// Words that mean the same to shoppers.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Synonym {
    /// Chosen by staff, never changed.
    #[schema(example = "sofa")]
    pub code: String,
    /// Where it holds; empty: in all.
    #[schema(example = json!(["en_US"]))]
    pub locales: Vec<String>,
    /// With it the words are looked for as well when it is typed, but not the other way round. Without
    /// it each of the words means all of them.
    #[schema(example = json!(null))]
    pub input: Option<String>,
    /// Each a word or some words, in any form: `sofas` is `sofa`.
    #[schema(example = json!(["sofa", "couch", "love seat"]), min_items = 1, max_items = 100)]
    pub words: Vec<String>,
    #[serde(skip)]
    version: i64,
}

impl Synonym {
    fn new(code: &str) -> Self {
        let (locales, words) = (Vec::new(), Vec::new());
        Self { code: code.to_owned(), locales, input: None, words, version: 0 }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.codes("locales", &mut self.locales);
        fields.optional_text("input", &mut self.input);
        fields.words("words", MAX_WORDS, &mut self.words);
    }

    fn check_words(&self, report: &mut Report) {
        if self.words.len() < if self.input.is_some() { 1 } else { 2 } {
            let rule = "A synonym needs two words, or an input and one word.";
            report.rule("words", rule);
        }
        if let Some(input) = &self.input {
            check_word("input", input, report);
        }
    }
}
