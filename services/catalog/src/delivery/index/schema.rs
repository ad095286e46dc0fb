//! What the index keeps of a document.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, JsonObjectOptions, NumericOptions, STRING, Schema,
    TextFieldIndexing, TextOptions,
};

/// Changes with every change of the schema or of what is written into it: an index of another version
/// is built anew.
pub(super) const VERSION: u32 = 2;

/// Tokenizer of texts.
pub(super) const STEMMED: &str = "stemmed";
/// Tokenizer of the vocabulary.
pub(super) const PLAIN: &str = "plain";

/// Names of fast fields.
pub(in crate::delivery) mod fast {
    /// Halves of the page's id.
    pub(in crate::delivery) const ID_HIGH: &str = "id_high";
    pub(in crate::delivery) const ID_LOW: &str = "id_low";
    /// Codes of categories, ancestors included.
    pub(in crate::delivery) const CATEGORY: &str = "category";
    /// Attributes that have a value: `facet.<attribute>`.
    pub(in crate::delivery) const FACET: &str = "facet";
    pub(in crate::delivery) const FACET_NAME: &str = "facet_name";
    /// Prices in minor units: `price.<currency>`.
    pub(in crate::delivery) const PRICE: &str = "price";
    /// Folded beginning of the name.
    pub(in crate::delivery) const NAME_KEY: &str = "name_key";
    /// Microseconds since 1970.
    pub(in crate::delivery) const CREATED: &str = "created";
}

/// The fields of an index.
#[derive(Debug, Clone, Copy)]
pub(in crate::delivery) struct Fields {
    pub id: Field,
    pub slug: Field,
    pub sku: Field,
    pub category: Field,
    pub name: Field,
    pub brand: Field,
    pub kind: Field,
    pub attributes: Field,
    pub description: Field,
    /// Words as people write them: vocabulary of spelling and completion.
    pub words: Field,
    /// Skus, part numbers, EANs, normalized.
    pub identifier: Field,
    pub id_high: Field,
    pub id_low: Field,
    pub facet: Field,
    pub facet_name: Field,
    pub price: Field,
    pub name_key: Field,
    pub created: Field,
}

/// The schema of an index.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let number = || NumericOptions::default().set_fast();
    let column = || TextOptions::default().set_fast("raw");
    let values = || JsonObjectOptions::default().set_fast("raw");
    let fields = Fields {
        id: builder.add_text_field("id", STRING),
        slug: builder.add_text_field("slug", STRING),
        sku: builder.add_text_field("sku", STRING),
        category: builder.add_text_field(fast::CATEGORY, STRING | FAST),
        name: builder.add_text_field("name", text_with_positions(STEMMED)),
        brand: builder.add_text_field("brand", text(STEMMED)),
        kind: builder.add_text_field("kind", text(STEMMED)),
        attributes: builder.add_text_field("attributes", text(STEMMED)),
        description: builder.add_text_field("description", text(STEMMED)),
        words: builder.add_text_field("words", text(PLAIN)),
        identifier: builder.add_text_field("identifier", STRING),
        id_high: builder.add_u64_field(fast::ID_HIGH, number()),
        id_low: builder.add_u64_field(fast::ID_LOW, number()),
        facet: builder.add_json_field(fast::FACET, values()),
        facet_name: builder.add_text_field(fast::FACET_NAME, column()),
        price: builder.add_json_field(fast::PRICE, values()),
        name_key: builder.add_text_field(fast::NAME_KEY, column()),
        created: builder.add_i64_field(fast::CREATED, number()),
    };
    (builder.build(), fields)
}

fn text(tokenizer: &str) -> TextOptions {
    indexed(tokenizer, IndexRecordOption::WithFreqs)
}

/// Text whose words are also looked for side by side.
fn text_with_positions(tokenizer: &str) -> TextOptions {
    indexed(tokenizer, IndexRecordOption::WithFreqsAndPositions)
}

fn indexed(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}
