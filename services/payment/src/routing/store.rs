//! Every statement about the table `routing`.

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor, types::Json};

use super::{Rule, RuleSet};

/// A version as it was written.
#[derive(Debug, FromRow)]
pub(crate) struct StoredRouting {
    pub(crate) version: i64,
    pub(crate) rules: Json<Vec<Rule>>,
    pub(crate) changed_by: String,
    pub(crate) created_at: DateTime<Utc>,
}

/// The rules that hold.
pub(crate) async fn current(executor: impl PgExecutor<'_>) -> Result<RuleSet> {
    let stored = last(executor).await?;
    Ok(stored.map_or_else(RuleSet::default, |stored| RuleSet {
        version: Some(stored.version),
        rules: stored.rules.0,
    }))
}

/// The last version.
pub(crate) async fn last(executor: impl PgExecutor<'_>) -> Result<Option<StoredRouting>> {
    let stored = sqlx::query_as("select * from routing order by version desc limit 1")
        .fetch_optional(executor)
        .await?;
    Ok(stored)
}

/// Versions, newest first, before one of them.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<StoredRouting>> {
    let stored = sqlx::query_as(
        "select * from routing where $1::bigint is null or version < $1
         order by version desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(stored)
}

/// Writes the version after `version`; `None` if somebody else did.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    version: i64,
    rules: &[Rule],
    changed_by: &str,
) -> Result<Option<StoredRouting>> {
    let stored = sqlx::query_as(
        "insert into routing (version, rules, changed_by) values ($1, $2, $3)
         on conflict (version) do nothing returning *",
    )
    .bind(version)
    .bind(Json(rules))
    .bind(changed_by)
    .fetch_optional(executor)
    .await?;
    Ok(stored)
}
