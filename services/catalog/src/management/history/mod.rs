//! What was written, by whom and when: one entry per write, in the transaction of the write. Entries
//! outlive what they tell of.
//!
//! An entry keeps what changed and not the whole thing: the state of a version is the present state
//! with all later changes undone ([`State::undo`]).

pub mod api;
mod read;
mod serve;
mod state;
mod store;
mod tell;

use access::{Caller, Subject};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::error::Result;

pub use read::{find_state, list, represent_version};
pub use serve::Request;
pub use state::{Change, State, compare};
pub use store::{find_deleted_product, find_last_versions};

/// The partitioned table: what is older than 400 days is forgotten.
pub const TABLE: partition::Table = partition::Table {
    name: "history_entry",
    key: partition::Key::Id,
    days: 30,
    keep: TimeDelta::days(400),
};

/// On whose behalf things are written.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Who it is.
    pub author: Author,
    /// Who approved it, if the author proposed it.
    pub reviewer: Option<Author>,
    /// The version that the write brings back, if it does.
    pub restored_version: Option<i64>,
}

/// Who wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = HistoryAuthor)]
pub struct Author {
    /// Name, for people.
    #[schema(example = "erp")]
    pub name: String,
    /// Who the token spoke for.
    #[schema(example = "erp")]
    pub subject: String,
    /// The client it was issued to.
    #[schema(example = "erp")]
    pub client_id: String,
    /// `api` for a client that acts for itself, `ui` for a person.
    #[serde(rename = "type")]
    #[schema(example = "api")]
    pub kind: String,
}

impl From<&Caller> for Author {
    fn from(caller: &Caller) -> Self {
        let kind = if matches!(caller.subject, Subject::Client(_)) { "api" } else { "ui" };
        let subject = caller.subject.to_string();
        let client_id = caller.client_id.clone();
        Self { name: subject.clone(), subject, client_id, kind: kind.to_owned() }
    }
}

/// What a write did to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is new, or there again.
    Created,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// One write of one thing.
#[derive(Debug)]
pub struct Entry {
    /// Table of the thing.
    pub kind: &'static str,
    /// Its owner; empty if it has none.
    pub owner: String,
    /// Its code; the id of a product.
    pub code: String,
    /// The sku of a deleted product.
    pub identifier: Option<String>,
    /// Version that the write led to.
    pub version: i64,
    /// What the write did.
    pub action: Action,
    /// What changed. Nothing for a creation: all that the thing was is told by its state.
    pub changes: Vec<Change>,
}

/// Writes entries, and tells others of them.
pub async fn record(
    connection: &mut PgConnection,
    writer: &Writer,
    entries: &[Entry],
) -> Result<()> {
    store::write(connection, writer, entries).await?;
    tell::tell(connection, entries).await
}

/// Whose history is asked for.
#[derive(Debug)]
pub struct Thing<'a> {
    /// Its table.
    pub kind: &'static str,
    /// Its owner; empty if it has none.
    pub owner: &'a str,
    /// Its code; the id of a product.
    pub code: &'a str,
    /// Path segments of its address.
    pub path: Vec<&'a str>,
}
