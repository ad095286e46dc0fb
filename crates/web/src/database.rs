//! The service's own schema: a pool that sees nothing else, and its migrations.

use std::{str::FromStr, time::Duration};

use anyhow::{Context, Result, bail};
use problem::{Kind, Problem};
use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::Secret;

/// A statement that takes longer is cancelled.
const STATEMENT_TIMEOUT: &str = "5s";
/// A request waits this long for a free connection, then gets 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Tries of what is done at the start, which may wait that long for a connection each.
const TRIES_AT_START: u32 = 10;
const PAUSE_AT_START: Duration = Duration::from_millis(100);
/// A connection that nobody used for so long is tried before it is used again.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(1);
/// A migration waits this long for a table lock, then fails rather than hold up the shop.
const MIGRATION_LOCK_TIMEOUT: &str = "10s";
/// How long a replica waits while another one migrates.
const MIGRATION_WAIT: Duration = Duration::from_secs(120);

/// A pool whose connections see only this schema, with a statement timeout.
pub async fn connect(url: &Secret, schema: &str, max_connections: u32) -> Result<PgPool> {
    let options = options(url, schema)?.options([("statement_timeout", STATEMENT_TIMEOUT)]);
    let pool = PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, state| Box::pin(try_if_idle(connection, state.idle_for)))
        .connect_lazy_with(options);
    at_start(|| pool.acquire()).await.context("cannot connect to the database")?;
    Ok(pool)
}

/// Does what a service needs of its database before it serves, and does it again while the database has no
/// time for it: others start together with it, on a machine that is busy then.
pub async fn at_start<T, E, F>(mut work: impl FnMut() -> F) -> Result<T>
where
    E: Into<anyhow::Error>,
    F: Future<Output = Result<T, E>>,
{
    for _ in 1..TRIES_AT_START {
        match work().await.map_err(Into::into) {
            Err(error) if is_unavailable(&error) => {
                tracing::warn!("{error:#}; will try again");
                tokio::time::sleep(PAUSE_AT_START).await;
            }
            result => return result,
        }
    }
    work().await.map_err(Into::into)
}

fn is_unavailable(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let problem = cause.downcast_ref::<Problem>();
        problem.is_some_and(|problem| problem.kind() == Kind::Unavailable)
            || matches!(cause.downcast_ref(), Some(sqlx::Error::PoolTimedOut))
    })
}

/// Whether the connection is good: one that was used a moment ago is, without a word to the server.
async fn try_if_idle(connection: &mut PgConnection, idle_for: Duration) -> sqlx::Result<bool> {
    Ok(idle_for < TRY_AFTER_IDLE || connection.ping().await.is_ok())
}

/// Brings the schema up to date. Runs on a connection of its own, which is always closed, under an
/// advisory lock that is polled: a waiting lock would deadlock with `create index concurrently`.
pub async fn migrate(url: &Secret, schema: &str, migrations: &Migrator) -> Result<()> {
    let options = options(url, schema)?.options([("lock_timeout", MIGRATION_LOCK_TIMEOUT)]);
    let mut connection =
        PgConnection::connect_with(&options).await.context("cannot connect to the database")?;
    let result = migrate_locked(&mut connection, schema, migrations).await;
    connection.close().await.ok();
    result
}

async fn migrate_locked(
    connection: &mut PgConnection,
    schema: &str,
    migrations: &Migrator,
) -> Result<()> {
    let started = std::time::Instant::now();
    let lock = format!("migrate {schema}");
    while !try_lock(connection, &lock).await? {
        if started.elapsed() > MIGRATION_WAIT {
            bail!("another replica has been migrating {schema} for {MIGRATION_WAIT:?}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut migrator = Migrator::with_migrations(migrations.iter().cloned().collect());
    migrator.set_locking(false);
    // Not `run`: its future cannot be spawned ("implementation of `Acquire` is not general enough").
    migrator
        .run_direct(None, connection, false)
        .await
        .with_context(|| format!("cannot migrate {schema}"))
}

async fn try_lock(connection: &mut PgConnection, lock: &str) -> Result<bool> {
    let taken = sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended($1, 0))")
        .bind(lock)
        .fetch_one(connection)
        .await?;
    Ok(taken)
}

fn options(url: &Secret, schema: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url.expose())
        .map_err(|_| anyhow::anyhow!("the database URL is not valid"))?;
    Ok(options.application_name(schema).options([("search_path", schema)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_no_time_at_the_start_is_done_again_and_what_is_wrong_is_told_at_once() {
        let mut tries = 0;
        let mut after_three = |problem: fn() -> Problem| {
            tries += 1;
            std::future::ready(if tries % 3 == 0 { Ok(tries) } else { Err(problem()) })
        };
        let busy = || Problem::from(sqlx::Error::PoolTimedOut);
        assert_eq!(at_start(|| after_three(busy)).await.unwrap(), 3);
        let wrong = || Problem::internal(anyhow::anyhow!("no such table"));
        assert!(at_start(|| after_three(wrong)).await.is_err());
        assert_eq!(tries, 4);
    }

    #[tokio::test]
    async fn a_start_is_not_tried_for_ever() {
        let mut tries = 0;
        let busy = || {
            tries += 1;
            std::future::ready(Err::<(), _>(sqlx::Error::PoolTimedOut))
        };
        at_start(busy).await.unwrap_err();
        assert_eq!(tries, TRIES_AT_START);
    }
}
