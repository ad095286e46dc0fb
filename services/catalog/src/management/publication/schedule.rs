//! Publishes and unpublishes what is due, on whichever replica comes first.

use std::time::Duration;

use sqlx::PgPool;

use super::{Page, save, store};
use crate::management::{
    error::Result,
    history::{Author, Writer},
};

/// How often each replica looks.
const INTERVAL: Duration = Duration::from_millis(200);
/// Channels of pages in one transaction.
const BATCH: i64 = 100;

/// For ever.
pub async fn publish_for_ever(db: PgPool) {
    loop {
        match publish_due(&db).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(INTERVAL).await,
            Err(refusal) => {
                tracing::warn!(?refusal, "what is due could not be published and is tried again");
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }
}

/// Publishes and unpublishes a batch of what is due; false if there is nothing, or others do it.
pub async fn publish_due(db: &PgPool) -> Result<bool> {
    if !store::is_due(&mut *db.acquire().await?).await? {
        return Ok(false);
    }
    let mut transaction = db.begin().await?;
    let (now, mut pages) = store::find_due(&mut transaction, BATCH).await?;
    if pages.is_empty() {
        return Ok(false);
    }
    // Read anew now that they are locked: somebody may have been faster.
    store::fill(&mut transaction, &mut pages, false).await?;
    let mut entries = Vec::new();
    pages.retain_mut(|page| {
        let mut after = page.clone();
        after.channels.values_mut().for_each(|placement| *placement = placement.at(now));
        after.forget_defaults();
        let is_changed = after != *page;
        if is_changed {
            entries.push(page.replace(after));
        }
        is_changed
    });
    let pages: Vec<&Page> = pages.iter().collect();
    save::write(&mut transaction, &clock(), &pages, &entries).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Who did it: time.
fn clock() -> Writer {
    let name = || "schedule".to_owned();
    let author =
        Author { name: name(), subject: name(), client_id: "catalog".into(), kind: "api".into() };
    Writer { author, reviewer: None, restored_version: None }
}
