use chrono::{DateTime, Utc};
use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::{Account, AccountKind, Email, Profile};

/// What a login is checked against.
#[derive(FromRow)]
pub(crate) struct Credentials {
    pub(crate) account_id: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) email: Email,
    pub(crate) password_hash: String,
    pub(crate) is_disabled: bool,
}

/// 409 `email_taken` if the address belongs to an account.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    kind: AccountKind,
    email: &Email,
    password_hash: &str,
    profile: &Profile,
) -> Result<Account> {
    sqlx::query_as::<_, Account>(
        "insert into account
             (account_id, kind, email, password_hash, first_name, last_name, phone)
         values ($1, $2, $3, $4, $5, $6, $7)
         returning account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at",
    )
    .bind(Uuid::now_v7())
    .bind(kind)
    .bind(email)
    .bind(password_hash)
    .bind(&profile.first_name)
    .bind(&profile.last_name)
    .bind(&profile.phone)
    .fetch_one(executor)
    .await
    .on_constraint("account_email_key", email_taken)
}

fn email_taken() -> Problem {
    Problem::conflict("email_taken", "there is an account with this e-mail address")
}

pub(crate) async fn find_by_email(
    executor: impl PgExecutor<'_>,
    email: &Email,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at
         from account where email = $1",
    )
    .bind(email)
    .fetch_optional(executor)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at
         from account where account_id = $1",
    )
    .bind(account_id)
    .fetch_optional(executor)
    .await?)
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at
         from account where account_id = $1 for update",
    )
    .bind(account_id)
    .fetch_optional(executor)
    .await?)
}

pub(crate) async fn update_profile(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    profile: &Profile,
) -> Result<Account> {
    Ok(sqlx::query_as(
        "update account
         set first_name = $2, last_name = $3, phone = $4, version = version + 1, updated_at = now()
         where account_id = $1
         returning account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at",
    )
    .bind(account_id)
    .bind(&profile.first_name)
    .bind(&profile.last_name)
    .bind(&profile.phone)
    .fetch_one(executor)
    .await?)
}

pub(crate) async fn set_disabled(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    is_disabled: bool,
) -> Result<()> {
    sqlx::query(
        "update account
         set disabled_at = case when $2 then coalesce(disabled_at, now()) end
         where account_id = $1",
    )
    .bind(account_id)
    .bind(is_disabled)
    .execute(executor)
    .await?;
    Ok(())
}

pub(crate) async fn find_credentials_by_id(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
) -> Result<Option<Credentials>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, password_hash, disabled_at is not null as is_disabled
         from account where account_id = $1",
    )
    .bind(account_id)
    .fetch_optional(executor)
    .await?)
}

pub(crate) async fn set_password_hash(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    password_hash: &str,
) -> Result<()> {
    sqlx::query(
        "update account set password_hash = $2, version = version + 1, updated_at = now()
         where account_id = $1",
    )
    .bind(account_id)
    .bind(password_hash)
    .execute(executor)
    .await?;
    Ok(())
}

/// Notes that mail to the account's address reaches its owner; whether this is still its address.
pub(crate) async fn set_email_verified(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update account
         set email_verified_at = coalesce(email_verified_at, $3), updated_at = now(),
             version = version + (email_verified_at is null)::int
         where account_id = $1 and email = $2",
    )
    .bind(account_id)
    .bind(email)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives the account another address, which is proved; 409 `email_taken` if it belongs to another.
pub(crate) async fn set_email(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update account
         set email = $2, email_verified_at = $3, version = version + 1, updated_at = now()
         where account_id = $1",
    )
    .bind(account_id)
    .bind(email)
    .bind(now)
    .execute(executor)
    .await
    .on_constraint("account_email_key", email_taken)?;
    Ok(())
}

/// Removes the account with its addresses, sessions and tokens.
pub(crate) async fn delete(executor: impl PgExecutor<'_>, account_id: Uuid) -> Result<()> {
    sqlx::query("delete from account where account_id = $1")
        .bind(account_id)
        .execute(executor)
        .await?;
    Ok(())
}
