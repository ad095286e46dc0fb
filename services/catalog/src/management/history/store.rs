use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

use super::{Action, Author, Change, Entry, State, Thing, Writer};
use crate::management::error::Result;

/// An entry as it is kept.
#[derive(Debug, FromRow)]
pub(super) struct Row {
    pub(super) version: i64,
    pub(super) action: String,
    pub(super) restored_version: Option<i64>,
    pub(super) subject: String,
    pub(super) client_id: String,
    pub(super) author: String,
    pub(super) reviewer: Option<Json<Author>>,
    pub(super) changes: Json<Vec<Change>>,
    pub(super) created_at: DateTime<Utc>,
}

impl Row {
    pub(super) fn is_deletion(&self) -> bool {
        self.action == Action::Deleted.as_str()
    }

    /// Whether the state that it led to tells what changed: all of it.
    pub(super) fn is_told_by_state(&self) -> bool {
        self.action == Action::Created.as_str() && self.changes.is_empty()
    }
}

const COLUMNS: &str =
    "select version, action, restored_version, subject, client_id, author, reviewer,
        changes, created_at from history_entry where true";

/// Which entries of a thing.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) author: Option<String>,
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) before_version: Option<i64>,
}

/// Writes entries, in one statement.
pub(super) async fn write(
    connection: &mut PgConnection,
    writer: &Writer,
    entries: &[Entry],
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into history_entry (entry_id, kind, owner, code, identifier, version, action, changes,
                                    restored_version, subject, client_id, author,
                                    reviewer)
         select e.entry_id, e.kind, e.owner, e.code, e.identifier, e.version, e.action,
                e.changes::json, $9, $10, $11, $12, $13::json
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                     $7::text[], $8::text[])
              as e (entry_id, kind, owner, code, identifier, version, action, changes)",
    )
    .bind(entries.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.kind).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| &entry.owner).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| &entry.code).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| &entry.identifier).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.version).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| write_changes(&entry.changes)).collect::<Vec<_>>())
    .bind(writer.restored_version)
    .bind(&writer.author.subject)
    .bind(&writer.author.client_id)
    .bind(&writer.author.name)
    .bind(writer.reviewer.as_ref().map(Json))
    .execute(connection)
    .await?;
    Ok(())
}

fn write_changes(changes: &[Change]) -> String {
    serde_json::to_string(changes).expect("changes are plain data")
}

/// One page of a thing's entries, newest first.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut query = select(COLUMNS, thing);
    if let Some(author) = &filter.author {
        query.push(" and ").push_bind(author).push(" in (subject, client_id, author)");
    }
    // An id begins with its time, and tells the partition.
    if let Some(since) = filter.since {
        query.push(" and entry_id >= ").push_bind(partition::first_id(since));
    }
    if let Some(until) = filter.until {
        query.push(" and entry_id < ").push_bind(partition::first_id(until));
    }
    if let Some(version) = filter.before_version {
        query.push(" and version < ").push_bind(version);
    }
    query.push(" order by version desc limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// The entry that led to this version.
pub(super) async fn find(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    version: i64,
) -> Result<Option<Row>> {
    let mut query = select(COLUMNS, thing);
    query.push(" and version = ").push_bind(version);
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// Takes back everything that came after this version, one entry after the other.
pub(super) async fn undo_after(
    connection: &mut PgConnection,
    thing: &Thing<'_>,
    version: i64,
    state: &mut State<'_>,
) -> Result<()> {
    let mut query = select(COLUMNS, thing);
    query.push(" and version > ").push_bind(version).push(" order by version desc");
    let mut entries = query.build_query_as::<Row>().fetch(connection);
    while let Some(entry) = entries.try_next().await? {
        if entry.is_told_by_state() {
            *state = State::default();
        } else {
            state.undo(entry.changes.0);
        }
    }
    Ok(())
}

/// The last version of each of these things that has one: of deleted things, where they left off.
pub async fn find_last_versions(
    connection: &mut PgConnection,
    kind: &str,
    owner: &str,
    codes: &[&str],
) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select code, max(version) from history_entry
         where code = any($1) and kind = $2 and owner = $3 group by code",
    )
    .bind(codes)
    .bind(kind)
    .bind(owner)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The product that had this sku when it was deleted, the latest if there are several.
pub async fn find_deleted_product(
    connection: &mut PgConnection,
    identifier: &str,
) -> Result<Option<String>> {
    let code = sqlx::query_scalar(
        "select code from history_entry where identifier = $1 and kind = 'product'
         order by entry_id desc limit 1",
    )
    .bind(identifier)
    .fetch_optional(connection)
    .await?;
    Ok(code)
}

fn select(columns: &str, thing: &Thing<'_>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(columns);
    query.push(" and code = ").push_bind(thing.code.to_owned());
    query.push(" and kind = ").push_bind(thing.kind);
    query.push(" and owner = ").push_bind(thing.owner.to_owned());
    query
}
