//! What all things that are kept by a code have in common: how they are read, changed and listed.

mod act;
mod history;
pub mod store;

use std::future::Future;

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, postgres::PgRow};

pub use act::{
    LONGEST_WRITE, answer_recorded, create, delete, get, list, list_all, list_fixed, save_all,
    still_needed, tell_deletion, update, update_many,
};
pub use history::serve_history;

use super::{
    error::{Refusal, Result},
    fields::{Fields, Labels},
    history::Entry,
    links::Links,
    report::Report,
    search::Condition,
};

/// Characters of a code.
const MAX_CODE: usize = 100;

/// A sort of thing that is kept by a code, some of them within an owner: an option within an
/// attribute, a variant within a family.
pub trait Kept: Serialize + Send + Sync + Unpin + 'static + for<'r> FromRow<'r, PgRow> {
    /// What it is called in messages, capitalised.
    const NOUN: &'static str;
    /// Its table; the alias in statements is `t`.
    const TABLE: &'static str;
    /// What is read of it: the list after `select`.
    const COLUMNS: &'static str;
    /// Column of the owner, if it has one.
    const OWNER: Option<&'static str> = None;
    /// Whether the column `updated_at` can be searched.
    const HAS_UPDATED: bool = false;

    /// Its code.
    fn code(&self) -> &str;

    /// What it is called in messages, where that differs by owner.
    fn noun(&self) -> &'static str {
        Self::NOUN
    }

    /// Path segments of the list.
    fn list_path(owner: &str) -> Vec<&str>;

    /// Links beside the one to itself.
    fn links(&self, _links: &Links) -> Option<Value> {
        None
    }

    /// Its row version, if it has one.
    fn version(&self) -> Option<i64> {
        None
    }

    /// Refuses an owner that does not exist.
    fn check_owner(
        _owner: &str,
        _connection: &mut PgConnection,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Adds a condition beyond those on `code` and `updated`; false if there is none of that kind.
    fn search(_query: &mut QueryBuilder<Postgres>, _condition: &Condition) -> Result<bool> {
        Ok(false)
    }

    /// The properties that clients read.
    fn represent(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(properties)) => properties,
            _ => Map::new(),
        }
    }

    /// 404 for this code.
    fn missing(_owner: &str, code: &str) -> Refusal {
        Refusal::not_found(format!("{} \"{code}\" does not exist.", Self::NOUN))
    }
}

/// A sort of thing that clients change by its code.
pub trait Resource: Kept + Clone + PartialEq {
    /// Who may need it, and the statements that find them: `$1` is its code, `$2` its owner. What takes long to
    /// find may be left out if it has not changed since `$3`: a first look is at everything.
    const USERS: &'static [(&'static str, &'static str)] = &[];

    /// Properties that are not brought back with a version: they belong to other things.
    const NOT_RESTORED: &'static [&'static str] = &[];

    /// The property that names a thing's parent, if they are a tree. One at a time is moved: two moves could
    /// make a circle.
    const PARENT: Option<&'static str> = None;

    /// Adds to the body that brings back a version what sets values to nothing that have come since; `present`
    /// is what is there now.
    fn clear_later_values(_body: &mut Map<String, Value>, _present: &Map<String, Value>) {}

    /// A new one, with defaults.
    fn new(owner: &str, code: &str) -> Self;

    /// Its labels, if it has any.
    fn labels(&self) -> Option<&Labels>;

    /// Takes over the properties of a body.
    fn apply(&mut self, fields: &mut Fields<'_>);

    /// Checks the rules, some of which need other things.
    fn check(
        &mut self,
        before: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Other things that change with it, as they will be told of; asked before it is written.
    fn find_followers(
        &self,
        _connection: &mut PgConnection,
    ) -> impl Future<Output = Result<Vec<Entry>>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Writes it, and what follows from the change.
    fn write(
        &self,
        before: Option<&Self>,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Other things that go with it, as they will be told of; asked before it is deleted.
    fn find_removed(
        &self,
        _connection: &mut PgConnection,
    ) -> impl Future<Output = Result<Vec<Entry>>> + Send {
        async { Ok(Vec::new()) }
    }

    /// What follows from its removal.
    fn after_delete(
        &self,
        _connection: &mut PgConnection,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Checks the grammar of a new code.
    fn check_code(&self, report: &mut Report) {
        check_plain_code(Self::NOUN, self.code(), report);
    }
}

/// Codes of structure: letters, digits and underscores.
pub fn check_plain_code(noun: &str, code: &str, report: &mut Report) {
    if code.is_empty() {
        report.rule("code", "This value should not be blank.");
    } else if code.len() > MAX_CODE {
        report.rule(
            "code",
            format!("This value is too long. It should have {MAX_CODE} characters or less."),
        );
    } else if !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        report.rule(
            "code",
            format!("{noun} code may contain only letters, numbers and underscores."),
        );
    }
}
