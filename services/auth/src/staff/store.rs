use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use crate::account::Account;

/// A member of staff.
#[derive(FromRow)]
pub(crate) struct StaffRow {
    #[sqlx(flatten)]
    pub(crate) account: Account,
    pub(crate) roles: Vec<String>,
    pub(crate) scopes: Vec<String>,
}

/// One change of staff or roles at a time; ends with the transaction.
pub(crate) async fn lock_all(executor: impl PgExecutor<'_>) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('staff ' || current_schema(), 0))")
        .execute(executor)
        .await?;
    Ok(())
}

pub(crate) async fn has_any(executor: impl PgExecutor<'_>) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from account where kind = 'staff')")
        .fetch_one(executor)
        .await?)
}

/// Whether somebody can manage staff.
pub(crate) async fn has_administrator(executor: impl PgExecutor<'_>) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (
             select from account
             join staff_role on staff_role.account_id = account.account_id
             join role on role.code = staff_role.role_code
             where account.disabled_at is null and 'staff:write' = any (role.scopes)
         )",
    )
    .fetch_one(executor)
    .await?)
}

/// Replaces the secret of an earlier start.
pub(crate) async fn set_setup_secret(executor: impl PgExecutor<'_>, hash: &[u8]) -> Result<()> {
    sqlx::query(
        "insert into setup_secret (secret_hash) values ($1)
         on conflict (is_only) do update
         set secret_hash = excluded.secret_hash, created_at = excluded.created_at",
    )
    .bind(hash)
    .execute(executor)
    .await?;
    Ok(())
}

pub(crate) async fn find_setup_secret(executor: impl PgExecutor<'_>) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("select secret_hash from setup_secret").fetch_optional(executor).await?)
}

pub(crate) async fn delete_setup_secret(executor: impl PgExecutor<'_>) -> Result<()> {
    sqlx::query("delete from setup_secret").execute(executor).await?;
    Ok(())
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<StaffRow>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at,
             array(select role_code from staff_role
                   where staff_role.account_id = account.account_id order by role_code) as roles,
             array(select distinct scope
                   from staff_role join role on role.code = staff_role.role_code,
                       unnest(role.scopes) as scope
                   where staff_role.account_id = account.account_id order by scope) as scopes
         from account
         where kind = 'staff' and ($1::uuid is null or account_id > $1)
         order by account_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
) -> Result<Option<StaffRow>> {
    Ok(sqlx::query_as(
        "select account_id, kind, email, email_verified_at, first_name, last_name, phone,
             disabled_at, version, created_at, updated_at,
             array(select role_code from staff_role
                   where staff_role.account_id = account.account_id order by role_code) as roles,
             array(select distinct scope
                   from staff_role join role on role.code = staff_role.role_code,
                       unnest(role.scopes) as scope
                   where staff_role.account_id = account.account_id order by scope) as scopes
         from account where kind = 'staff' and account_id = $1",
    )
    .bind(account_id)
    .fetch_optional(executor)
    .await?)
}

/// 422 `unknown_role` if one of them does not exist.
pub(crate) async fn set_roles(
    transaction: &mut PgConnection,
    account_id: Uuid,
    codes: &[String],
) -> Result<()> {
    sqlx::query("delete from staff_role where account_id = $1")
        .bind(account_id)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "insert into staff_role (account_id, role_code) select $1, code from unnest($2) as code",
    )
    .bind(account_id)
    .bind(codes)
    .execute(transaction)
    .await
    .on_constraint("staff_role_role_code_fkey", || {
        Problem::invalid("/roles", "unknown_role", "must be codes of existing roles")
    })?;
    Ok(())
}
