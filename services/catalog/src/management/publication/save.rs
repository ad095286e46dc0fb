//! Writes what is said of up to a hundred pages in a few statements.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use web::IfMatch;

use super::{
    Page,
    key::{Key, PageKind},
    store::{self, Found},
};
use crate::management::{
    bulk::Saved,
    error::Result,
    history::{self, Action, Entry, State, Writer, compare},
    projection, removal,
    report::Report,
};

/// The kind of publications in history entries.
pub(super) const KIND: &str = "publication";

/// What is said of one page.
pub(super) struct Line {
    pub(super) key: Key,
    pub(super) body: Map<String, Value>,
    pub(super) if_match: IfMatch,
}

/// Writes the lines in order, each on its own; the same page may come twice.
pub(super) async fn save_all(
    connection: &mut PgConnection,
    writer: &Writer,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    removal::hold_off(connection).await?;
    let known = store::find_channels(connection).await?;
    let keys: Vec<&Key> = lines.iter().map(|line| &line.key).collect();
    let found = store::find_named(connection, &keys, true).await?;
    let mut pages = Pages::load(connection, &found).await?;
    let written = lines.iter().map(|line| pages.apply(line, &found, &known)).collect();
    pages.write(connection, writer).await?;
    Ok(written)
}

/// Pages in the making.
struct Pages {
    pages: HashMap<(PageKind, String), Page>,
    entries: Vec<Entry>,
}

impl Pages {
    async fn load(connection: &mut PgConnection, found: &HashMap<Key, Found>) -> Result<Self> {
        let roots = found.iter().filter(|(_, found)| found.follows.is_none());
        let mut pages: Vec<Page> = roots.map(|(key, found)| Page::named(key, found)).collect();
        pages.sort_by(|a, b| (a.kind, &a.code).cmp(&(b.kind, &b.code)));
        pages.dedup();
        store::fill(connection, &mut pages, true).await?;
        let pages = pages.into_iter().map(|page| ((page.kind, page.code.clone()), page)).collect();
        Ok(Self { pages, entries: Vec::new() })
    }

    fn apply(
        &mut self,
        line: &Line,
        found: &HashMap<Key, Found>,
        known: &BTreeSet<String>,
    ) -> Result<Saved> {
        let found = found.get(&line.key).ok_or_else(|| line.key.missing())?;
        let mut report = Report::default();
        if let Some(model) = &found.follows {
            report.rule(
                "channels",
                format!("A variant is published with its product model \"{model}\"."),
            );
            return Err(report.into());
        }
        let page = Page::named(&line.key, found);
        let page = self.pages.entry((page.kind, page.code.clone())).or_insert(page);
        line.if_match.check(page.version)?;
        let mut after = page.clone();
        after.take_over(&line.body, known, &mut report);
        report.into_result()?;
        if after == *page {
            return Ok(Saved::Unchanged);
        }
        self.entries.push(page.replace(after));
        Ok(Saved::Changed)
    }

    async fn write(self, connection: &mut PgConnection, writer: &Writer) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let changed: BTreeSet<&str> = self.entries.iter().map(|e| e.code.as_str()).collect();
        let pages: Vec<&Page> =
            self.pages.values().filter(|page| changed.contains(page.code.as_str())).collect();
        write(connection, writer, &pages, &self.entries).await
    }
}

/// Writes pages that have changed, with what is told of them; shops see it soon.
pub(super) async fn write(
    connection: &mut PgConnection,
    writer: &Writer,
    pages: &[&Page],
    entries: &[Entry],
) -> Result<()> {
    store::write(connection, pages).await?;
    history::record(connection, writer, entries).await?;
    let ids: Vec<_> = pages.iter().filter_map(|page| page.id).collect();
    Ok(projection::enqueue(connection, &ids).await?)
}

impl Page {
    /// A page of which nothing is known yet.
    pub(super) fn named(key: &Key, found: &Found) -> Self {
        let (kind, code) = match key {
            Key::Model(code) => (PageKind::Model, code.clone()),
            Key::Id(_) | Key::Identifier(_) => (PageKind::Product, found.id.to_string()),
        };
        Self { id: Some(found.id), kind, code, version: 0, channels: [].into() }
    }

    /// Becomes the other, one version later; answers what is told of it.
    pub(super) fn replace(&mut self, after: Self) -> Entry {
        let before = std::mem::replace(self, Self { version: self.version + 1, ..after });
        Entry {
            kind: KIND,
            owner: self.kind.as_str().to_owned(),
            code: self.code.clone(),
            identifier: None,
            version: self.version,
            action: if before.version == 0 { Action::Created } else { Action::Updated },
            changes: compare(&before.state(), &self.state()),
        }
    }

    /// What is told of it: the channels of which something is said.
    pub(super) fn state(&self) -> State<'static> {
        let channels = self.channels.iter();
        let channels: Map<String, Value> =
            channels.map(|(channel, at)| (channel.clone(), at.represent())).collect();
        let channels = Some(channels).filter(|channels| !channels.is_empty());
        let properties = Map::from_iter([("channels".to_owned(), json!(channels))]);
        State::new(properties, Cow::default())
    }
}
