//! The search index of this replica: one per channel and locale, on local disk, a cache that is built
//! anew from PostgreSQL when it is missing, damaged, of another version or of another catalog.

mod entry;
pub(super) mod follow;
pub(super) mod schema;
pub(super) mod tokenize;
mod vocabulary;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, Term,
    collector::TopDocs,
    directory::MmapDirectory,
    indexer::IndexWriterOptions,
    query::TermQuery,
    schema::{Field, IndexRecordOption},
    tokenizer::TextAnalyzer,
};
use uuid::Uuid;

use super::{
    document::{Card, Detail, store::Stored},
    structure::{Structure, language_of},
};
use entry::Entries;
pub(super) use schema::Fields;
pub(super) use vocabulary::Vocabulary;

/// Memory of a writer, in bytes.
const WRITER_BYTES: usize = 30_000_000;

/// The index of one channel and locale, for reading.
pub(super) struct ViewIndex {
    locale: String,
    pub fields: Fields,
    index: Index,
    reader: IndexReader,
    /// Everything up to here is in what is searched.
    position: AtomicI64,
    vocabulary: Mutex<Option<(u64, Arc<Vocabulary>)>>,
}

/// What a commit says of itself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Payload {
    catalog_id: Uuid,
    position: i64,
}

/// Key of a channel and locale.
pub(super) fn index_key(channel: &str, locale: &str) -> String {
    format!("{channel}|{locale}")
}

impl ViewIndex {
    /// Opens the index, and says which position it stands at. One that cannot be used, or has missed
    /// that pages are gone, is deleted and begins at 0.
    fn open(
        folder: &Path,
        channel: &str,
        locale: &str,
        structure: &Structure,
        (purged, head): (i64, i64),
    ) -> Result<(Self, i64)> {
        let folder = view_folder(folder, channel, locale);
        let reason = match Self::open_folder(&folder, locale, structure) {
            Ok((index, position)) if (purged..=head).contains(&position) => {
                return Ok((index, position));
            }
            Ok(_) => "it is of another time".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if folder.exists() {
            tracing::warn!(channel, locale, reason, "the search index is built anew");
            std::fs::remove_dir_all(&folder)?;
        }
        let (index, _) = Self::open_folder(&folder, locale, structure)
            .with_context(|| format!("cannot open the search index in {}", folder.display()))?;
        Ok((index, 0))
    }

    fn open_folder(folder: &Path, locale: &str, structure: &Structure) -> Result<(Self, i64)> {
        std::fs::create_dir_all(folder)?;
        let (schema, fields) = schema::schema();
        let index = Index::open_or_create(MmapDirectory::open(folder)?, schema)?;
        index.tokenizers().register(schema::STEMMED, tokenize::stemming(locale));
        index.tokenizers().register(schema::PLAIN, tokenize::plain());
        check_files(&index)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let position = match index.load_metas()?.payload {
            None => 0,
            Some(text) => {
                let payload: Payload = serde_json::from_str(&text)?;
                anyhow::ensure!(payload.catalog_id == structure.catalog_id, "another catalog");
                payload.position
            }
        };
        let view = Self {
            locale: locale.to_owned(),
            fields,
            index,
            reader,
            position: AtomicI64::new(position),
            vocabulary: Mutex::default(),
        };
        Ok((view, position))
    }

    fn writer(&self) -> tantivy::Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .num_merge_threads(1)
            .build();
        self.index.writer_with_options(options)
    }

    /// The position of what is searched, or one before.
    pub(super) fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    /// A snapshot to search in.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// How texts of this locale become stems.
    pub(super) fn stemming(&self) -> TextAnalyzer {
        tokenize::stemming(&self.locale)
    }

    /// Whether words are joined into new ones in this language.
    pub(super) fn has_compounds(&self) -> bool {
        language_of(&self.locale) == "de"
    }

    /// How texts become words.
    pub(super) fn plain(&self) -> TextAnalyzer {
        tokenize::plain()
    }

    /// The words of the snapshot; counted when first asked for after a change.
    pub(super) fn vocabulary(&self, searcher: &Searcher) -> tantivy::Result<Arc<Vocabulary>> {
        let generation = searcher.generation().generation_id();
        let mut known = self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, vocabulary)) = known.as_ref().filter(|(at, _)| *at == generation) {
            return Ok(vocabulary.clone());
        }
        let vocabulary = Arc::new(Vocabulary::read(searcher, self.fields.words)?);
        *known = Some((generation, vocabulary.clone()));
        Ok(vocabulary)
    }

    /// The page with this slug.
    pub(super) fn find_by_slug(&self, slug: &str) -> tantivy::Result<Option<Uuid>> {
        self.find_by(self.fields.slug, slug)
    }

    /// The page on which this sku can be bought.
    pub(super) fn find_by_sku(&self, sku: &str) -> tantivy::Result<Option<Uuid>> {
        self.find_by(self.fields.sku, sku)
    }

    fn find_by(&self, field: Field, text: &str) -> tantivy::Result<Option<Uuid>> {
        let searcher = self.searcher();
        let term = Term::from_field_text(field, text);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let found = searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        let Some((_, address)) = found.first() else { return Ok(None) };
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let half = |name: &str| -> tantivy::Result<u64> {
            Ok(columns.u64(name)?.first(address.doc_id).unwrap_or_default())
        };
        let (high, low) = (half(schema::fast::ID_HIGH)?, half(schema::fast::ID_LOW)?);
        Ok(Some(Uuid::from_u64_pair(high, low)))
    }
}

/// Looks at the checksum of every file: what is damaged may also be read without an error.
fn check_files(index: &Index) -> Result<()> {
    let listed = index.directory().list_managed_files();
    for segment in index.searchable_segment_ids()? {
        let name = segment.uuid_string();
        let is_listed = listed.iter().any(|file| file.to_string_lossy().starts_with(&name));
        anyhow::ensure!(
            is_listed,
            "the list of files is gone: their checksums would not be looked at"
        );
    }
    let damaged = index.validate_checksum()?;
    anyhow::ensure!(damaged.is_empty(), "damaged: {damaged:?}");
    Ok(())
}

fn view_folder(folder: &Path, channel: &str, locale: &str) -> PathBuf {
    folder.join(format!("v{}", schema::VERSION)).join(format!("{channel}.{locale}"))
}

/// Writes documents into an index, without committing.
fn write(
    view: &ViewIndex,
    writer: &IndexWriter,
    structure: &Structure,
    rows: &[Stored],
) -> Result<()> {
    let mut entries = Entries { fields: view.fields, structure, plain: view.plain() };
    for row in rows {
        writer.delete_term(Term::from_field_text(view.fields.id, &row.root_id.to_string()));
        if let (Some(card), Some(detail)) = (&row.card, &row.detail) {
            let card: Card = serde_json::from_str(card)?;
            let detail: Detail = serde_json::from_str(detail)?;
            writer.add_document(entries.entry(&card, &detail))?;
        }
    }
    Ok(())
}

/// Makes what was written visible, as the state of this position.
fn commit(
    view: &ViewIndex,
    writer: &mut IndexWriter,
    structure: &Structure,
    position: i64,
) -> Result<()> {
    let mut prepared = writer.prepare_commit()?;
    let payload = Payload { catalog_id: structure.catalog_id, position };
    prepared.set_payload(&serde_json::to_string(&payload)?);
    prepared.commit()?;
    view.reader.reload()?;
    view.position.store(position, Ordering::Release);
    Ok(())
}
