use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

/// An account's app.
#[derive(FromRow)]
pub(crate) struct Factor {
    pub(crate) secret: Vec<u8>,
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
    pub(crate) recovery_codes: i64,
}

impl Factor {
    /// Whether it is asked for.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
) -> Result<Option<Factor>> {
    Ok(sqlx::query_as(
        "select secret, confirmed_at,
             (select count(*) from recovery_code where account_id = $1) as recovery_codes
         from totp where account_id = $1",
    )
    .bind(account_id)
    .fetch_optional(executor)
    .await?)
}

/// Whether a code is asked for at the account's login.
pub(crate) async fn is_confirmed(executor: impl PgExecutor<'_>, account_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select from totp where account_id = $1 and confirmed_at is not null)",
    )
    .bind(account_id)
    .fetch_one(executor)
    .await?)
}

/// Keeps a secret that waits for its first code, in place of one that waits already; whether none is
/// confirmed.
pub(crate) async fn upsert_pending(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into totp (account_id, secret, created_at) values ($1, $2, $3)
         on conflict (account_id) do update
         set secret = excluded.secret, created_at = excluded.created_at
         where totp.confirmed_at is null",
    )
    .bind(account_id)
    .bind(secret)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Turns on the one that waits with this secret; whether there was one.
pub(crate) async fn confirm(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    secret: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update totp set confirmed_at = $4, last_step = $3
         where account_id = $1 and secret = $2 and confirmed_at is null",
    )
    .bind(account_id)
    .bind(secret)
    .bind(step)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn insert_recovery_codes(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    hashes: &[Vec<u8>],
) -> Result<()> {
    sqlx::query("insert into recovery_code (account_id, code_hash) select $1, unnest($2)")
        .bind(account_id)
        .bind(hashes)
        .execute(executor)
        .await?;
    Ok(())
}

/// Uses a code of this step; whether neither it nor a later one was used before.
pub(crate) async fn use_step(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    step: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "update totp set last_step = $2
         where account_id = $1 and confirmed_at is not null and last_step < $2",
    )
    .bind(account_id)
    .bind(step)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses a recovery code; whether there was one.
pub(crate) async fn use_recovery_code(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    code_hash: &[u8],
) -> Result<bool> {
    let done = sqlx::query("delete from recovery_code where account_id = $1 and code_hash = $2")
        .bind(account_id)
        .bind(code_hash)
        .execute(executor)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Turns it off, with its recovery codes; whether it was there.
pub(crate) async fn delete(executor: impl PgExecutor<'_>, account_id: Uuid) -> Result<bool> {
    let done = sqlx::query("delete from totp where account_id = $1")
        .bind(account_id)
        .execute(executor)
        .await?;
    Ok(done.rows_affected() == 1)
}
