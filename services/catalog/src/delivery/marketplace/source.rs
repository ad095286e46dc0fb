use std::{collections::HashSet, sync::Arc};

use problem::{Problem, Result};
use sqlx::PgPool;
use uuid::Uuid;

use super::{item::Listing, make::Maker, store};
use crate::delivery::document::store::Stored;

/// Documents read at once.
const BATCH: i64 = 100;

/// The pages of a feed, read batch by batch in the order of their ids: each is there once, as it is when it
/// is read. Nothing is held between two batches, so that a slow reader costs nothing.
#[derive(Clone)]
pub(super) struct Source {
    pub db: PgPool,
    pub maker: Arc<Maker>,
}

/// Some pages as they are stored.
pub(super) struct Batch {
    rows: Vec<Stored>,
    /// Those of families that staff left out.
    excluded: HashSet<Uuid>,
    maker: Arc<Maker>,
}

impl Source {
    /// The next pages, from one on.
    pub(super) async fn read(&self, first: Uuid) -> Result<Batch> {
        let view = &self.maker.view;
        let (channel, locale) = (&view.channel, &view.locale.code);
        let rows = store::documents_from(&self.db, channel, locale, first, BATCH).await?;
        let families = &self.maker.settings.excluded_families;
        let excluded = if families.is_empty() {
            HashSet::new()
        } else {
            let pages: Vec<Uuid> = rows.iter().map(|row| row.root_id).collect();
            store::pages_of_families(&self.db, &pages, families).await?
        };
        Ok(Batch { rows, excluded, maker: self.maker.clone() })
    }
}

impl Batch {
    /// Where the next batch begins, if there is one.
    pub(super) fn next(&self) -> Option<Uuid> {
        let is_full = i64::try_from(self.rows.len()).is_ok_and(|count| count == BATCH);
        let last = self.rows.last().filter(|_| is_full)?;
        Some(Uuid::from_u128(last.root_id.as_u128().saturating_add(1)))
    }

    /// What the feed has of them. Takes a while: not for threads that must not block.
    pub(super) fn listings(&self) -> impl Iterator<Item = Result<Listing>> {
        self.rows.iter().map(|row| {
            let (card, detail) = (row.card()?, row.detail()?);
            Ok(self.maker.make(&card, &detail, self.excluded.contains(&row.root_id)))
        })
    }

    /// The same on a thread of its own.
    pub(super) async fn into_listings(self) -> Result<Vec<Listing>> {
        let work = move || self.listings().collect();
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
    }
}
