//! Sets of stop words: what search leaves aside beside the stop words of the language.

pub mod api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::Fields;

/// Most words of a set.
const MAX_WORDS: usize = 1_000;

/// Words that search leaves aside, unless there is nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct StopWordSet {
    /// Chosen by staff, never changed.
    #[schema(example = "shopping")]
    pub code: String,
    /// Where it holds; empty: in all.
    #[schema(example = json!(["en_US"]))]
    pub locales: Vec<String>,
    /// The words, beside those of the language itself.
    #[schema(example = json!(["buy", "cheap", "online"]), max_items = 1000)]
    pub words: Vec<String>,
    #[serde(skip)]
    version: i64,
}

impl StopWordSet {
    fn new(code: &str) -> Self {
        Self { code: code.to_owned(), locales: Vec::new(), words: Vec::new(), version: 0 }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.codes("locales", &mut self.locales);
        fields.words("words", MAX_WORDS, &mut self.words);
    }
}
