//! Which statements of PostgreSQL a checkout consists of, and what they cost.

use std::time::Duration;

use anyhow::{Context, Result};
use load::{
    System,
    engine::{Plan, run_closed},
};
use sqlx::{Connection, Executor, PgConnection, Row};

use crate::carts::Carts;

/// Runs checkouts as fast as can be, and prints the costliest statements.
pub(crate) async fn tell(plan: Plan, carts_per_second: usize, limit: i64) -> Result<()> {
    let mut system = System::start_durable(&[]).await?;
    count_statements(&mut system).await?;
    let carts = Carts::open(&system).await?;
    let count = carts_per_second * usize::try_from(plan.duration.as_secs())?;
    let checkouts = carts.checkouts(count).await?;
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    db.execute("select pg_stat_statements_reset()").await?;
    let outcome = run_closed(&system.url(), &checkouts, plan).await?;
    print(&mut db, outcome.count(), limit).await
}

async fn count_statements(system: &mut System) -> Result<()> {
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    db.execute("alter system set shared_preload_libraries = 'pg_stat_statements'").await?;
    system.kill_database().await?;
    system.revive_database().await?;
    // A connection that was used a moment ago is not tried before it is used again.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    db.execute("create extension pg_stat_statements")
        .await
        .context("the extension pg_stat_statements is not installed")?;
    for statement in
        ["alter system set pg_stat_statements.track_planning = 'on'", "select pg_reload_conf()"]
    {
        db.execute(statement).await?;
    }
    Ok(())
}

async fn print(db: &mut PgConnection, checkouts: usize, limit: i64) -> Result<()> {
    let rows = sqlx::query(
        "select regexp_replace(query, '\\s+', ' ', 'g') as query, rolname, calls, plans,
             total_exec_time, total_plan_time, wal_bytes::float8 as wal_bytes
         from pg_stat_statements join pg_roles on oid = userid
         order by total_exec_time + total_plan_time desc",
    )
    .fetch_all(&mut *db)
    .await?;
    let per_checkout = |value: f64| value / checkouts.max(1) as f64;
    let sum = |column: &str| -> Result<f64> {
        rows.iter().map(|row| Ok(row.try_get::<f64, _>(column)?)).sum()
    };
    let calls: i64 = rows.iter().map(|row| row.get::<i64, _>("calls")).sum();
    println!(
        "{checkouts} checkouts, each: {:.1} statements, {:.2} ms executing, {:.2} ms planning, {:.0} bytes of log",
        per_checkout(calls as f64),
        per_checkout(sum("total_exec_time")?),
        per_checkout(sum("total_plan_time")?),
        per_checkout(sum("wal_bytes")?),
    );
    println!("calls  exec ms  plan ms  plans  log bytes  by whom, what");
    for row in rows.iter().take(usize::try_from(limit)?) {
        let query: String = row.try_get("query")?;
        println!(
            "{:5.2}  {:7.3}  {:7.3}  {:5.2}  {:9.0}  {} {}",
            per_checkout(row.try_get::<i64, _>("calls")? as f64),
            per_checkout(row.try_get("total_exec_time")?),
            per_checkout(row.try_get("total_plan_time")?),
            per_checkout(row.try_get::<i64, _>("plans")? as f64),
            per_checkout(row.try_get("wal_bytes")?),
            row.try_get::<String, _>("rolname")?.trim_start_matches("vitrine_"),
            query.chars().take(110).collect::<String>(),
        );
    }
    Ok(())
}
