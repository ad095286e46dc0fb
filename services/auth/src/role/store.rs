use chrono::{DateTime, Utc};
use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::{RoleCode, RoleFields};
use crate::config::StaffTotp;

/// A role as it is kept.
#[derive(FromRow)]
pub(crate) struct RoleRow {
    pub(crate) code: String,
    #[sqlx(flatten)]
    pub(crate) fields: RoleFields,
    pub(crate) builtin: bool,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Every scope of the roles of this member of staff; none without a second factor where one is needed.
pub(crate) async fn scopes_of(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    staff_totp: StaffTotp,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select distinct scope
         from staff_role join role on role.code = staff_role.role_code, unnest(scopes) as scope
         where account_id = $1
             and ($2 or exists (
                 select from totp where account_id = $1 and confirmed_at is not null
             ))
         order by scope",
    )
    .bind(account_id)
    .bind(staff_totp == StaffTotp::Optional)
    .fetch_all(executor)
    .await?)
}

/// Every scope of these roles; roles that do not exist have none.
pub(crate) async fn scopes_of_roles(
    executor: impl PgExecutor<'_>,
    codes: &[String],
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select distinct scope from role, unnest(scopes) as scope where code = any ($1)",
    )
    .bind(codes)
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    after: Option<&RoleCode>,
    limit: i64,
) -> Result<Vec<RoleRow>> {
    Ok(sqlx::query_as(
        "select code, label, scopes, builtin, version, created_at, updated_at
         from role where $1::text is null or code > $1 order by code limit $2",
    )
    .bind(after.map(RoleCode::as_str))
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    code: &RoleCode,
) -> Result<Option<RoleRow>> {
    Ok(sqlx::query_as(
        "select code, label, scopes, builtin, version, created_at, updated_at
         from role where code = $1",
    )
    .bind(code.as_str())
    .fetch_optional(executor)
    .await?)
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    executor: impl PgExecutor<'_>,
    code: &RoleCode,
) -> Result<Option<RoleRow>> {
    Ok(sqlx::query_as(
        "select code, label, scopes, builtin, version, created_at, updated_at
         from role where code = $1 for update",
    )
    .bind(code.as_str())
    .fetch_optional(executor)
    .await?)
}

/// 409 `role_exists` if the code is taken.
pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    code: &RoleCode,
    fields: &RoleFields,
) -> Result<RoleRow> {
    sqlx::query_as::<_, RoleRow>(
        "insert into role (code, label, scopes) values ($1, $2, $3)
         returning code, label, scopes, builtin, version, created_at, updated_at",
    )
    .bind(code.as_str())
    .bind(&fields.label)
    .bind(&fields.scopes)
    .fetch_one(executor)
    .await
    .on_constraint("role_pkey", || {
        Problem::conflict("role_exists", "there is a role with this code")
    })
}

pub(crate) async fn update(
    executor: impl PgExecutor<'_>,
    code: &RoleCode,
    fields: &RoleFields,
) -> Result<RoleRow> {
    Ok(sqlx::query_as(
        "update role set label = $2, scopes = $3, version = version + 1, updated_at = now()
         where code = $1
         returning code, label, scopes, builtin, version, created_at, updated_at",
    )
    .bind(code.as_str())
    .bind(&fields.label)
    .bind(&fields.scopes)
    .fetch_one(executor)
    .await?)
}

/// 409 `role_in_use` while staff has it.
pub(crate) async fn delete(executor: impl PgExecutor<'_>, code: &RoleCode) -> Result<()> {
    sqlx::query("delete from role where code = $1")
        .bind(code.as_str())
        .execute(executor)
        .await
        .on_constraint("staff_role_role_code_fkey", || {
            Problem::conflict("role_in_use", "a member of staff has this role")
        })?;
    Ok(())
}

/// Creates the administrator's role, or gives it scopes that came with a new version.
pub(crate) async fn upsert_administrator(
    executor: impl PgExecutor<'_>,
    code: &str,
    scopes: &[&str],
) -> Result<()> {
    sqlx::query(
        "insert into role (code, label, scopes, builtin) values ($1, 'Administrator', $2, true)
         on conflict (code) do update
         set scopes = excluded.scopes, version = role.version + 1, updated_at = now()
         where role.scopes <> excluded.scopes",
    )
    .bind(code)
    .bind(scopes)
    .execute(executor)
    .await?;
    Ok(())
}
