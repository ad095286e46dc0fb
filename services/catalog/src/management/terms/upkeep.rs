//! Makes the terms of rows that have none: those of before there were terms, and those written by a
//! version of the service that does not know them. And those of products whose scores are of before, because
//! the rules of their family or a model above have changed. And takes new entries into the indexes of terms,
//! so that no write has to wait for that.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    literal, of_model, of_product, of_scores,
    store::{self, Unread, UnreadModel},
};
use crate::management::{
    error::Result,
    lookup::{Lookup, Needs},
};

const INTERVAL: Duration = Duration::from_secs(10);
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// Rows of one transaction.
const BATCH: i64 = 500;
/// Products looked at together.
const CHUNK: usize = 500;

/// For ever.
pub async fn keep_periodically(db: PgPool) {
    loop {
        if let Err(refusal) = keep(&db).await {
            tracing::warn!(?refusal, "terms could not be made");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// The same for ever, for pending entries.
pub async fn flush_periodically(db: PgPool) {
    loop {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        if let Err(refusal) = flush(&db).await {
            tracing::warn!(?refusal, "pending terms could not be taken into their index");
        }
    }
}

/// Takes pending entries into the indexes of terms; answers how many pages of them there were. A write that
/// makes too many would do that itself, and take seconds in a catalog of many attributes; a search reads all
/// that is pending.
pub async fn flush(db: &PgPool) -> Result<i64> {
    let mut transaction = db.begin().await?;
    let pages = store::flush(&mut transaction).await?;
    transaction.commit().await?;
    Ok(pages)
}

/// Until every row has terms that no one else is writing.
pub async fn keep(db: &PgPool) -> Result<()> {
    keep_below_models(db).await?;
    while keep_products(db).await? > 0 {}
    Ok(())
}

/// One model after the other; one that fails does not hold up the others.
async fn keep_below_models(db: &PgPool) -> Result<()> {
    let mut last = None;
    loop {
        let mut transaction = db.begin().await?;
        let Some(model) = store::find_unscored_model(&mut transaction, last).await? else {
            return Ok(());
        };
        last = Some(model.0);
        match keep_below(&mut transaction, model).await {
            Ok(()) => transaction.commit().await?,
            Err(refusal) => {
                tracing::warn!(?refusal, ?last, "products below a model could not be scored");
            }
        }
    }
}

/// The terms of the model, and the scores of all products below unless somebody else holds one.
async fn keep_below(connection: &mut PgConnection, model: UnreadModel) -> Result<()> {
    let (id, values, associations) = model;
    let mut needs = Needs::default();
    needs.add_units(&values);
    let lookup = Lookup::load(connection, needs, &[]).await?;
    let terms = of_model(&values, &associations, &lookup);
    store::write_of_model(connection, id, &terms).await?;
    if let Some(products) = store::find_below(connection, id).await? {
        for products in products.chunks(CHUNK) {
            write(connection, products).await?;
        }
        store::note_scored(connection, id).await?;
    }
    Ok(())
}

async fn keep_products(db: &PgPool) -> Result<usize> {
    let mut transaction = db.begin().await?;
    let products = store::find_unread(&mut transaction, BATCH).await?;
    write(&mut transaction, &products).await?;
    transaction.commit().await?;
    Ok(products.len())
}

async fn write(connection: &mut PgConnection, products: &[Unread]) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    let lookup = load(connection, products).await?;
    let (mut ids, mut terms, mut rules_versions) = (Vec::new(), Vec::new(), Vec::new());
    for product in products {
        let Unread { has_identifier, parent_id, values, associations, .. } = product;
        let family = product.family.as_deref();
        let of = of_product(family, *has_identifier, *parent_id, values, associations, &lookup);
        ids.push(product.id);
        terms.push(literal(&of.terms));
        rules_versions.push(of.rules_version);
    }
    store::write(connection, &ids, &terms, &rules_versions).await
}

/// Those of the products whose scores, by the rules of today, have one of the terms of each list.
pub async fn keep_those_with(
    connection: &mut PgConnection,
    ids: &[Uuid],
    wanted: &[Vec<i32>],
) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for ids in ids.chunks(CHUNK) {
        let products = store::find(connection, ids).await?;
        let lookup = load(connection, &products).await?;
        let is_wanted = |product: &&Unread| {
            let Unread { has_identifier, parent_id, values, .. } = product;
            let rules = product.family.as_ref().and_then(|family| lookup.rules(family));
            let terms = rules
                .map(|rules| of_scores(rules, *has_identifier, *parent_id, values, &lookup))
                .unwrap_or_default();
            wanted.iter().all(|list| list.iter().any(|term| terms.contains(term)))
        };
        found.extend(products.iter().filter(is_wanted).map(|product| product.id));
    }
    Ok(found)
}

/// What the terms of the products need.
async fn load(connection: &mut PgConnection, products: &[Unread]) -> Result<Lookup> {
    let mut needs = Needs::default();
    for product in products {
        needs.add_units(&product.values);
        product.family.iter().for_each(|family| needs.add_family(family));
        product.parent_id.into_iter().for_each(|id| needs.add_model(id));
    }
    Lookup::load(connection, needs, &[]).await
}
