use sqlx::{FromRow, PgExecutor};

/// What shows whether staff changed rules or experiments: how many there are, and the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub(super) struct StaffChanges {
    rules: i64,
    last_rule: Option<i64>,
    experiments: i64,
    last_experiment: Option<i64>,
}

pub(super) async fn find_changes(db: impl PgExecutor<'_>) -> sqlx::Result<StaffChanges> {
    sqlx::query_as(
        "select rules, last_rule, experiments, last_experiment
         from (select count(*) as rules, max(xact_id::text::bigint) as last_rule from rule) as rule,
              (select count(*) as experiments, max(xact_id::text::bigint) as last_experiment
               from experiment) as experiment",
    )
    .fetch_one(db)
    .await
}
