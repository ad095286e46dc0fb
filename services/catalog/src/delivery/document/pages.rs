//! Documents as ready bytes, in a bounded memory cache over PostgreSQL.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use moka::future::Cache;
use problem::{Problem, Result};
use sqlx::PgPool;
use types::{Money, Sku};
use uuid::Uuid;

use super::{
    Card, Detail,
    store::{self, Stored},
};
use crate::delivery::view::View;

/// Memory for whole pages, in bytes.
const PAGE_BYTES: u64 = 128 * 1024 * 1024;
/// Memory for cards, in bytes.
const CARD_BYTES: u64 = 64 * 1024 * 1024;
/// What an entry takes beside its bytes.
const OVERHEAD: usize = 200;
/// A read that overtakes the news of a change is forgotten after this time.
const LIFETIME: Duration = Duration::from_secs(60);

type Key = (Arc<str>, Uuid);

/// A product page, rendered for one currency.
pub(in crate::delivery) struct Page {
    /// Position of the document: what its ETag is made of.
    pub position: i64,
    /// Its address in the view.
    pub slug: String,
    /// The whole answer.
    pub body: Bytes,
    /// What can be bought here.
    pub items: Vec<Item>,
    /// Codes of all categories, ancestors included.
    pub categories: Vec<String>,
}

/// One thing that can be bought.
pub(in crate::delivery) struct Item {
    pub sku: Sku,
    pub name: String,
    pub image: Option<String>,
    pub price: Option<Money>,
    pub tax_class: Option<String>,
}

/// The caches; cheap to clone.
#[derive(Clone)]
pub(in crate::delivery) struct Pages {
    db: PgPool,
    pages: Cache<Key, Arc<Page>>,
    cards: Cache<Key, Bytes>,
}

impl Pages {
    pub(in crate::delivery) fn new(db: PgPool) -> Self {
        let weigh = |length: usize| u32::try_from(length + OVERHEAD).unwrap_or(u32::MAX);
        Self {
            db,
            pages: Cache::builder()
                .max_capacity(PAGE_BYTES)
                .weigher(move |_, page: &Arc<Page>| {
                    weigh(page.body.len() + page.items.len() * OVERHEAD)
                })
                .time_to_live(LIFETIME)
                .build(),
            cards: Cache::builder()
                .max_capacity(CARD_BYTES)
                .weigher(move |_, card: &Bytes| weigh(card.len()))
                .time_to_live(LIFETIME)
                .build(),
        }
    }

    /// The page of this id, if it is published.
    pub(in crate::delivery) async fn find(
        &self,
        view: &View,
        id: Uuid,
    ) -> Result<Option<Arc<Page>>> {
        if let Some(page) = self.pages.get(&(view.name.clone(), id)).await {
            return Ok(Some(page));
        }
        Ok(self.find_all(view, &[id]).await?.pop().map(|(_, page)| page))
    }

    /// The published ones of these pages, in the order asked for.
    pub(in crate::delivery) async fn find_all(
        &self,
        view: &View,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Arc<Page>)>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.pages.get(&(view.name.clone(), *id)).await {
                Some(page) => drop(found.insert(*id, page)),
                None => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            let stored =
                store::documents(&self.db, &view.channel, &view.locale.code, &missing).await?;
            for row in stored {
                let (id, page) = (row.root_id, Arc::new(render(row, view)?));
                self.pages.insert((view.name.clone(), id), page.clone()).await;
                found.insert(id, page);
            }
        }
        Ok(ids.iter().filter_map(|id| Some((*id, found.get(id)?.clone()))).collect())
    }

    /// The cards of these pages as JSON, in the order asked for; what is not published is left out.
    pub(in crate::delivery) async fn cards(&self, view: &View, ids: &[Uuid]) -> Result<Vec<Bytes>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.cards.get(&(view.name.clone(), *id)).await {
                Some(card) => drop(found.insert(*id, card)),
                None => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            for row in store::cards(&self.db, &view.channel, &view.locale.code, &missing).await? {
                let id = row.root_id;
                let card = Bytes::from(json(&card(&row)?.priced_in(&view.currency))?);
                self.cards.insert((view.name.clone(), id), card.clone()).await;
                found.insert(id, card);
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Forgets a page in this view, because it has changed.
    pub(in crate::delivery) async fn forget(&self, view: &Arc<str>, id: Uuid) {
        let key = (view.clone(), id);
        self.pages.invalidate(&key).await;
        self.cards.invalidate(&key).await;
    }
}

/// Makes a stored document the answer for one currency.
pub(in crate::delivery) fn render(row: Stored, view: &View) -> Result<Page> {
    let card = card(&row)?.priced_in(&view.currency);
    let detail: Detail = parse(row.detail.as_deref())?;
    let detail = detail.priced_in(&view.currency);
    let body = spliced(json(&card)?, &json(&detail)?);
    let categories = detail.category_codes();
    let page_tax_class = detail.tax_class;
    let items = detail.variants.into_iter().map(|variant| Item {
        sku: variant.sku,
        name: variant.name,
        image: variant.image.map(|image| image.url),
        price: variant.price,
        tax_class: variant.tax_class.or_else(|| page_tax_class.clone()),
    });
    Ok(Page { position: row.position, slug: card.slug, body, items: items.collect(), categories })
}

fn card(row: &Stored) -> Result<Card> {
    parse(row.card.as_deref())
}

fn parse<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<T> {
    serde_json::from_str(text.unwrap_or_default()).map_err(Problem::internal)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(Problem::internal)
}

/// Two JSON objects as one.
pub(in crate::delivery) fn spliced(mut first: Vec<u8>, second: &[u8]) -> Bytes {
    first.pop();
    first.push(b',');
    first.extend_from_slice(&second[1..]);
    first.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_objects_become_one() {
        assert_eq!(spliced(br#"{"a":1}"#.to_vec(), br#"{"b":2}"#), r#"{"a":1,"b":2}"#);
    }
}
