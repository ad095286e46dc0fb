//! Tells other systems what was written, in the transaction of the write: one fact for each sort of things in
//! it, so that it costs a bulk write next to nothing.

use contracts::catalog::{
    CatalogChange, CatalogChanges, PRODUCT_CHANGED, PRODUCT_MODEL_CHANGED, STRUCTURE_CHANGED,
};
use sqlx::PgConnection;

use super::Entry;
use crate::management::{error::Result, product, product_model};

/// Things in one fact.
const MAX_CHANGES: usize = 100;

pub(super) async fn tell(connection: &mut PgConnection, entries: &[Entry]) -> Result<()> {
    for fact in [PRODUCT_CHANGED, PRODUCT_MODEL_CHANGED, STRUCTURE_CHANGED] {
        let told: Vec<&Entry> = entries.iter().filter(|entry| fact_of(entry) == fact).collect();
        for entries in told.chunks(MAX_CHANGES) {
            // Facts of many things need not wait for each other: who reads the things gets the newest state.
            let subject = &entries[0].code;
            let changes = entries.iter().map(|entry| change(entry)).collect();
            outbox::append(connection, fact, subject, &CatalogChanges { changes }).await?;
        }
    }
    Ok(())
}

fn fact_of(entry: &Entry) -> &'static str {
    match entry.kind {
        product::KIND => PRODUCT_CHANGED,
        product_model::KIND => PRODUCT_MODEL_CHANGED,
        _ => STRUCTURE_CHANGED,
    }
}

fn change(entry: &Entry) -> CatalogChange {
    CatalogChange {
        kind: entry.kind.to_owned(),
        owner: Some(entry.owner.clone()).filter(|owner| !owner.is_empty()),
        code: entry.code.clone(),
        identifier: entry.identifier.clone(),
        action: entry.action.as_str().to_owned(),
        version: entry.version,
    }
}
