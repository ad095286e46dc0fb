//! From drafts to rows: addresses are given, equal documents left out.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    page::Draft,
    slug::candidates,
    store::{self, Address, Known},
};
use crate::delivery::document::{Card, Detail};

/// Channel, locale and page.
pub(super) type Key = (String, String, Uuid);

/// A row to write.
pub(super) struct Row {
    pub channel: String,
    pub locale: String,
    pub root_id: Uuid,
    /// `None` makes a tombstone.
    pub content: Option<Content>,
    /// Whether what other pages show of this one is new.
    pub is_card_new: bool,
}

/// A document, ready.
pub(super) struct Content {
    pub slug: String,
    pub card: String,
    pub detail: String,
    pub related: Vec<Uuid>,
    pub document: (Card, Detail),
    fingerprint: Vec<u8>,
    card_fingerprint: Vec<u8>,
}

impl Row {
    pub(super) fn related(&self) -> &[Uuid] {
        self.content.as_ref().map_or(&[], |content| &content.related)
    }

    pub(super) fn fingerprint(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.fingerprint.as_slice())
    }

    pub(super) fn card_fingerprint(&self) -> Option<&[u8]> {
        self.content.as_ref().map(|content| content.card_fingerprint.as_slice())
    }
}

/// The rows that differ from what is written already. A page that exists and has no draft becomes a
/// tombstone.
pub(super) fn rows(
    drafts: Vec<(Key, Draft)>,
    slugs: &HashMap<Key, String>,
    known: &HashMap<Key, Known>,
    public_url: &str,
) -> serde_json::Result<Vec<Row>> {
    let drafted: HashSet<Key> = drafts.iter().map(|(key, _)| key.clone()).collect();
    let mut rows = Vec::new();
    for (key, draft) in drafts {
        let slug = slugs.get(&key).cloned().unwrap_or_else(|| key.2.to_string());
        let content = content(draft, slug, public_url)?;
        let before = known.get(&key);
        if before.and_then(|known| known.fingerprint.as_ref()) == Some(&content.fingerprint) {
            continue;
        }
        let card_before = before.and_then(|known| known.card_fingerprint.as_ref());
        let is_card_new = card_before != Some(&content.card_fingerprint);
        let (channel, locale, root_id) = key;
        rows.push(Row { channel, locale, root_id, content: Some(content), is_card_new });
    }
    let gone = known.values().filter(|known| {
        let key = (known.channel.clone(), known.locale.clone(), known.root_id);
        known.fingerprint.is_some() && !drafted.contains(&key)
    });
    rows.extend(gone.map(|known| Row {
        channel: known.channel.clone(),
        locale: known.locale.clone(),
        root_id: known.root_id,
        content: None,
        is_card_new: true,
    }));
    Ok(rows)
}

fn content(draft: Draft, slug: String, public_url: &str) -> serde_json::Result<Content> {
    let Draft { mut card, mut detail, related } = draft;
    card.slug.clone_from(&slug);
    detail.seo.canonical = format!("{public_url}/products/{slug}");
    detail.seo.slug.clone_from(&slug);
    let detail_json = serde_json::to_string(&detail)?;
    let fingerprint = fingerprint(&card, &detail_json, &related)?;
    let card_fingerprint = card_fingerprint(&card)?;
    let card_json = serde_json::to_string(&card)?;
    Ok(Content {
        slug,
        card: card_json,
        detail: detail_json,
        related,
        document: (card, detail),
        fingerprint,
        card_fingerprint,
    })
}

/// Of everything but the time of the change: a change that does not show is none.
fn fingerprint(card: &Card, detail: &str, related: &[Uuid]) -> serde_json::Result<Vec<u8>> {
    let mut card = card.clone();
    card.updated = chrono::DateTime::UNIX_EPOCH;
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(&card)?);
    hash.update(detail);
    for id in related {
        hash.update(id.as_bytes());
    }
    Ok(hash.finalize().to_vec())
}

/// Of what other pages show of this one.
fn card_fingerprint(card: &Card) -> serde_json::Result<Vec<u8>> {
    let shown = (&card.sku, &card.slug, &card.name, &card.prices, &card.image);
    Ok(Sha256::digest(serde_json::to_vec(&shown)?).to_vec())
}

/// Gives every draft its address: the one it has, as long as it still follows from its name, else the
/// first of its candidates that it had before, else the first that is nobody's.
pub(super) async fn choose_slugs(
    connection: &mut PgConnection,
    drafts: &[(Key, Draft)],
    known: &HashMap<Key, Known>,
) -> sqlx::Result<HashMap<Key, String>> {
    let mut chosen = HashMap::new();
    let mut open = Vec::new();
    for (key, draft) in drafts {
        let options = candidates(&draft.card.name, draft.card.sku.as_str(), key.2);
        let current = known.get(key).and_then(|known| known.slug.clone());
        match current.filter(|slug| options.contains(slug)) {
            Some(slug) => drop(chosen.insert(key.clone(), slug)),
            None => open.push((key, options)),
        }
    }
    if open.is_empty() {
        return Ok(chosen);
    }
    let wanted: Vec<Address> = open
        .iter()
        .flat_map(|(key, options)| options.iter().map(|slug| address(key, slug)))
        .collect();
    let mut owners = store::slug_owners(&mut *connection, &wanted).await?;
    let mut given = Vec::new();
    for (key, options) in open {
        let owner = |slug: &&String| owners.get(&address(key, slug));
        let own = options.iter().find(|slug| owner(slug) == Some(&key.2));
        let slug = own.or_else(|| options.iter().find(|slug| owner(slug).is_none()));
        let slug = slug.unwrap_or(&options[2]).clone();
        owners.insert(address(key, &slug), key.2);
        given.push((address(key, &slug), key.2));
        chosen.insert(key.clone(), slug);
    }
    store::keep_slugs(connection, &given).await?;
    Ok(chosen)
}

fn address(key: &Key, slug: &str) -> Address {
    (key.0.clone(), key.1.clone(), slug.to_owned())
}
