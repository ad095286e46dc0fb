use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{AssertSqlSafe, PgConnection, PgExecutor};

use super::{Span, Table};

/// One replica at a time; ends with the transaction. A partition that cannot be made or dropped at once,
/// because somebody reads the table for long, waits for the next round and holds nobody up.
pub(super) async fn lock(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query("set local lock_timeout = '2s'").execute(&mut *transaction).await?;
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('retention ' || current_schema(), 0))",
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Names of the table's partitions.
pub(super) async fn list(executor: impl PgExecutor<'_>, table: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select relid::text from pg_partition_tree($1::regclass) where isleaf order by 1",
    )
    .bind(table)
    .fetch_all(executor)
    .await?)
}

pub(super) async fn create(executor: impl PgExecutor<'_>, span: &Span) -> Result<()> {
    // Names and bounds are ours; the statement takes no parameters.
    let statement = format!(
        "create table {} partition of {} for values from ('{}') to ('{}')",
        span.partition(),
        span.table.name,
        span.bound(span.start()),
        span.bound(span.end()),
    );
    sqlx::query(AssertSqlSafe(statement)).execute(executor).await?;
    Ok(())
}

/// The partition of everything before a time.
pub(super) async fn create_past(
    executor: impl PgExecutor<'_>,
    table: &Table,
    end: DateTime<Utc>,
) -> Result<()> {
    let statement = format!(
        "create table {} partition of {} for values from (minvalue) to ('{}')",
        table.past(),
        table.name,
        end.to_rfc3339(),
    );
    sqlx::query(AssertSqlSafe(statement)).execute(executor).await?;
    Ok(())
}

pub(super) async fn drop(executor: impl PgExecutor<'_>, partition: &str) -> Result<()> {
    sqlx::query(AssertSqlSafe(format!("drop table {partition}"))).execute(executor).await?;
    Ok(())
}
