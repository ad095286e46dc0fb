//! Documents as ready bytes, in a bounded memory cache over PostgreSQL.

use std::{
    collections::HashMap,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use moka::{future::Cache, ops::compute::Op};
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

/// Name of the view, and the page.
pub(in crate::delivery) type Key = (Arc<str>, Uuid);

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
    /// How often something was forgotten.
    changes: Arc<AtomicU64>,
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
                .build(),
            cards: Cache::builder()
                .max_capacity(CARD_BYTES)
                .weigher(move |_, card: &Bytes| weigh(card.len()))
                .build(),
            changes: Arc::default(),
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
            let changes = self.changes();
            let stored =
                store::documents(&self.db, &view.channel, &view.locale.code, &missing).await?;
            for row in stored {
                let (id, page) = (row.root_id, Arc::new(render(row, view)?));
                self.keep(&self.pages, (view.name.clone(), id), page.clone(), changes).await;
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
            let changes = self.changes();
            for row in store::cards(&self.db, &view.channel, &view.locale.code, &missing).await? {
                let id = row.root_id;
                let card = Bytes::from(json(&row.card()?.shown_in(&view.currency))?);
                self.keep(&self.cards, (view.name.clone(), id), card.clone(), changes).await;
                found.insert(id, card);
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Keeps what was read when there had been so many changes. If there are more now, it may be out of
    /// date already; that is decided under the lock of the key, so that forgetting it comes before or
    /// after, not in between.
    async fn keep<V>(&self, cache: &Cache<Key, V>, key: Key, value: V, changes: u64)
    where
        V: Clone + Send + Sync + 'static,
    {
        let decide = |_| ready(if self.changes() == changes { Op::Put(value) } else { Op::Nop });
        cache.entry(key).and_compute_with(decide).await;
    }

    /// Forgets pages, each in a view, because they have changed.
    pub(in crate::delivery) async fn forget(&self, pages: Vec<Key>) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        for key in pages {
            self.pages.entry_by_ref(&key).and_compute_with(|_| ready(Op::Remove)).await;
            self.cards.entry(key).and_compute_with(|_| ready(Op::Remove)).await;
        }
    }

    /// Forgets everything.
    pub(in crate::delivery) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.pages.invalidate_all();
        self.cards.invalidate_all();
    }
}

/// Makes a stored document the answer for one currency.
pub(in crate::delivery) fn render(row: Stored, view: &View) -> Result<Page> {
    let card = row.card()?.shown_in(&view.currency);
    let detail = row.detail()?.shown_in(&view.currency);
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

impl Stored {
    /// What is stored of the card.
    pub(in crate::delivery) fn card(&self) -> Result<Card> {
        parse(self.card.as_deref())
    }

    /// What is stored of the detail.
    pub(in crate::delivery) fn detail(&self) -> Result<Detail> {
        parse(self.detail.as_deref())
    }
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

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_kept_after_it() {
        let pages = Pages::new(PgPool::connect_lazy("postgres://nowhere").unwrap());
        let key: Key = ("a view".into(), Uuid::nil());
        let changes = pages.changes();
        pages.keep(&pages.cards, key.clone(), Bytes::from("old"), changes).await;
        assert!(pages.cards.contains_key(&key));
        pages.forget(vec![key.clone()]).await;
        pages.keep(&pages.cards, key.clone(), Bytes::from("old"), changes).await;
        assert!(!pages.cards.contains_key(&key));
        pages.keep(&pages.cards, key.clone(), Bytes::from("new"), pages.changes()).await;
        assert!(pages.cards.contains_key(&key));
    }
}
