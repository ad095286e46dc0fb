//! Keeps the indexes of this replica level with the documents in PostgreSQL.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tantivy::IndexWriter;

use super::{ViewIndex, commit, index_key, write};
use crate::delivery::{
    Delivery,
    document::store::{self, Stored},
    structure::{self, Structure},
    view::view_name,
};

/// Documents read in one go.
const BATCH: i64 = 500;
/// How often PostgreSQL is asked for news.
const INTERVAL: Duration = Duration::from_millis(150);
/// How long to wait after a failure.
const BACKOFF: Duration = Duration::from_secs(1);

/// Follows the documents.
pub(in crate::delivery) struct Follower {
    delivery: Delivery,
    writers: HashMap<String, IndexWriter>,
    /// Everything up to here is in the indexes.
    position: i64,
}

impl Follower {
    /// Reads the structure, opens every index and brings it up to date.
    pub(in crate::delivery) async fn start(delivery: Delivery) -> Result<Self> {
        let begun = Instant::now();
        let position = store::head(delivery.db()).await?;
        let mut follower = Self { delivery, writers: HashMap::new(), position };
        follower.refresh_structure().await?;
        follower.delivery.set_position(position);
        follower.delivery.confirm(begun);
        Ok(follower)
    }

    /// Follows for ever.
    pub(in crate::delivery) async fn run(mut self) {
        loop {
            let pause = match self.step().await {
                Ok(true) => continue,
                Ok(false) => INTERVAL,
                Err(error) => {
                    let chain = format!("{error:#}");
                    tracing::warn!(error = chain, "following failed and is tried again");
                    BACKOFF
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Takes over the next changes; false if there were none.
    async fn step(&mut self) -> Result<bool> {
        let begun = Instant::now();
        let rows = store::changed(self.delivery.db(), self.position, BATCH).await?;
        let is_level = i64::try_from(rows.len()).is_ok_and(|count| count < BATCH);
        // Before the indexes tell that they have them: whoever knows that reads the documents anew.
        if !rows.is_empty() {
            self.forget(&rows).await;
        }
        // Only now: the structure is at least as new as the documents.
        let (version, _) = structure::store::version(self.delivery.db()).await?;
        if version != self.delivery.structure().version {
            self.refresh_structure().await?;
        }
        let last = rows.last().map(|row| row.position);
        let mut by_view: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
        for row in rows {
            by_view.entry(index_key(&row.channel, &row.locale)).or_default().push(row);
        }
        for (view, rows) in by_view {
            self.apply(&view, rows, last).await?;
        }
        if let Some(last) = last {
            self.position = last;
            self.delivery.set_position(last);
        }
        if is_level {
            self.delivery.confirm(begun);
        }
        Ok(last.is_some())
    }

    async fn forget(&self, rows: &[Stored]) {
        let structure = self.delivery.structure();
        let views = rows.iter().flat_map(|row| {
            let channel = structure.channels.get(&row.channel);
            let currencies = channel.map(|channel| channel.currencies.as_slice());
            currencies
                .unwrap_or_default()
                .iter()
                .map(|currency| (view_name(&row.channel, &row.locale, currency), row.root_id))
        });
        self.delivery.pages().forget(views.collect()).await;
    }

    /// Takes over the structure; opens the indexes of new channels and locales, closes those that are
    /// gone.
    async fn refresh_structure(&mut self) -> Result<()> {
        let mut connection = self.delivery.db().acquire().await?;
        let structure = Arc::new(structure::store::read(&mut connection).await?);
        drop(connection);
        let mut indexes = HashMap::new();
        let mut is_known = currencies(&structure).eq(currencies(&self.delivery.structure()));
        for channel in structure.channels.values() {
            for locale in &channel.locales {
                let key = index_key(&channel.code, &locale.code);
                let index = match self.delivery.index_of(&key).filter(|_| self.has_writer(&key)) {
                    Some(index) => index,
                    None => {
                        is_known = false;
                        self.open(&structure, &channel.code, &locale.code).await?
                    }
                };
                indexes.insert(key, index);
            }
        }
        self.writers.retain(|key, _| indexes.contains_key(key));
        if !is_known {
            // An index that was opened has changes that the documents in memory were not told of; neither
            // were those in a currency that the channel did not have for a while.
            self.delivery.pages().forget_all();
        }
        self.delivery.replace(structure, indexes);
        Ok(())
    }

    fn has_writer(&self, key: &str) -> bool {
        self.writers.contains_key(key)
    }

    /// Opens an index and brings it up to date.
    async fn open(
        &mut self,
        structure: &Arc<Structure>,
        channel: &str,
        locale: &str,
    ) -> Result<Arc<ViewIndex>> {
        let head = store::head(self.delivery.db()).await?;
        let purged = store::purged_position(self.delivery.db()).await?;
        let folder = self.delivery.index_folder().to_owned();
        let (code, language, copy) = (channel.to_owned(), locale.to_owned(), structure.clone());
        let opening = tokio::task::spawn_blocking(move || -> Result<_> {
            let (view, position) =
                ViewIndex::open(&folder, &code, &language, &copy, (purged, head))?;
            let writer = view.writer()?;
            Ok((Arc::new(view), writer, position))
        });
        let (view, writer, mut position) = opening.await??;
        let mut writing = Writing { view: view.clone(), structure: structure.clone(), writer };
        let begin = position;
        loop {
            let db = self.delivery.db();
            let rows = store::changed_in_view(db, channel, locale, position, begin, BATCH).await?;
            let Some(last) = rows.last().map(|row| row.position) else { break };
            position = last;
            writing = writing.write(rows, None).await?;
        }
        // A view without changes is level with the head too.
        let position = position.max(head);
        if position > begin {
            writing = writing.write(Vec::new(), Some(position)).await?;
        }
        self.writers.insert(index_key(channel, locale), writing.writer);
        Ok(view)
    }

    /// Writes rows into an index. A writer that failed is thrown away, and its index opened anew.
    async fn apply(&mut self, key: &str, rows: Vec<Stored>, position: Option<i64>) -> Result<()> {
        let Some(view) = self.delivery.index_of(key) else { return Ok(()) };
        let structure = self.delivery.structure();
        // Without a writer the index is opened anew, and reads these rows itself.
        let Some(writer) = self.writers.remove(key) else { return self.refresh_structure().await };
        let writing = Writing { view, structure, writer }.write(rows, position).await?;
        self.writers.insert(key.to_owned(), writing.writer);
        Ok(())
    }
}

fn currencies(structure: &Structure) -> impl Iterator<Item = (&String, &[String])> {
    structure.channels.iter().map(|(code, channel)| (code, channel.currencies.as_slice()))
}

/// What a blocking thread needs to write.
struct Writing {
    view: Arc<ViewIndex>,
    structure: Arc<Structure>,
    writer: IndexWriter,
}

impl Writing {
    /// Writes rows, and commits them if a position is given.
    async fn write(mut self, rows: Vec<Stored>, position: Option<i64>) -> Result<Self> {
        let work = tokio::task::spawn_blocking(move || -> Result<Self> {
            write(&self.view, &self.writer, &self.structure, &rows)?;
            if let Some(position) = position {
                commit(&self.view, &mut self.writer, &self.structure, position)?;
            }
            Ok(self)
        });
        work.await?
    }
}
