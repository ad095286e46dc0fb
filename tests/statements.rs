//! Which statements of PostgreSQL an act consists of, and what they cost. Needs the extension
//! `pg_stat_statements`.

use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::{Connection, Executor, PgConnection, Row};

use crate::System;

/// Begins to count; PostgreSQL is started anew for it.
pub async fn count(system: &mut System) -> Result<()> {
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

/// Forgets what was counted so far.
pub async fn reset(system: &System) -> Result<()> {
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    db.execute("select pg_stat_statements_reset()").await?;
    Ok(())
}

/// Prints the costliest statements since then, for each of so many acts.
pub async fn print(system: &System, act: &str, acts: usize, limit: i64) -> Result<()> {
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    let rows = sqlx::query(
        "select regexp_replace(query, '\\s+', ' ', 'g') as query, rolname, calls, plans,
             total_exec_time, total_plan_time, wal_bytes::float8 as wal_bytes
         from pg_stat_statements join pg_roles on oid = userid
         order by total_exec_time + total_plan_time desc",
    )
    .fetch_all(&mut db)
    .await?;
    let per_act = |value: f64| value / acts.max(1) as f64;
    let sum = |column: &str| -> Result<f64> {
        rows.iter().map(|row| Ok(row.try_get::<f64, _>(column)?)).sum()
    };
    let calls: i64 = rows.iter().map(|row| row.get::<i64, _>("calls")).sum();
    println!(
        "{acts} times {act}, each: {:.1} statements, {:.2} ms executing, {:.2} ms planning, {:.0} bytes of log",
        per_act(calls as f64),
        per_act(sum("total_exec_time")?),
        per_act(sum("total_plan_time")?),
        per_act(sum("wal_bytes")?),
    );
    println!("calls  exec ms  plan ms  plans  log bytes  by whom, what");
    for row in rows.iter().take(usize::try_from(limit)?) {
        let query: String = row.try_get("query")?;
        println!(
            "{:5.2}  {:7.3}  {:7.3}  {:5.2}  {:9.0}  {} {}",
            per_act(row.try_get::<i64, _>("calls")? as f64),
            per_act(row.try_get("total_exec_time")?),
            per_act(row.try_get("total_plan_time")?),
            per_act(row.try_get::<i64, _>("plans")? as f64),
            per_act(row.try_get("wal_bytes")?),
            row.try_get::<String, _>("rolname")?.trim_start_matches("vitrine_"),
            query.chars().take(110).collect::<String>(),
        );
    }
    Ok(())
}
