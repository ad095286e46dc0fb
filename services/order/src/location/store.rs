use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor};

use super::{Location, NewLocation};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Location>> {
    let locations = sqlx::query_as(
        "select * from location where ($1::text is null or code > $1) order by code limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(locations)
}

/// Codes of all locations, the one that is meant when none is named first.
pub(crate) async fn list_codes(db: impl PgExecutor<'_>) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar("select code from location order by position, code")
        .fetch_all(db)
        .await?;
    Ok(codes)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Location>> {
    let location = sqlx::query_as("select * from location where code = $1")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(location)
}

pub(crate) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<Location>> {
    let location = sqlx::query_as("select * from location where code = $1 for update")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(location)
}

pub(crate) async fn insert(db: impl PgExecutor<'_>, rule: &NewLocation) -> Result<Location> {
    sqlx::query_as(
        "insert into location (code, name, position, active) values ($1, $2, $3, $4) returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await
    .on_constraint("location_pkey", || {
        Problem::conflict("code_taken", "another location has this code")
    })
}

pub(crate) async fn update(db: impl PgExecutor<'_>, rule: &NewLocation) -> Result<Location> {
    let location = sqlx::query_as(
        "update location set name = $2, position = $3, active = $4, version = version + 1
         where code = $1 returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await?;
    Ok(location)
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from location where code = $1")
        .bind(code)
        .execute(db)
        .await
        .on_constraint("stock_location_fkey", || {
            Problem::conflict("location_in_use", "stock is kept there; switch it off instead")
        })?;
    Ok(())
}
