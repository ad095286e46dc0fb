//! Reads of things that are kept by a code.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};

use super::{Kept, Resource};
use crate::management::{
    error::{Refusal, Result},
    hal::PageRequest,
    search::Condition,
    time,
};

/// The thing with this code.
pub async fn find<R: Kept>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
) -> Result<Option<R>> {
    find_with::<R>(connection, owner, code, "").await
}

/// The same, locked until the transaction ends.
pub async fn find_for_update<R: Kept>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
) -> Result<Option<R>> {
    find_with::<R>(connection, owner, code, " for update of t").await
}

async fn find_with<R: Kept>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    lock: &str,
) -> Result<Option<R>> {
    let mut query = select::<R>(R::COLUMNS, owner);
    query.push(" and t.code = ").push_bind(code).push(lock);
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// One page of the list, in order of codes.
pub async fn find_page<R: Kept>(
    connection: &mut PgConnection,
    owner: &str,
    conditions: &[Condition],
    page: &PageRequest,
) -> Result<Vec<R>> {
    let mut query = select::<R>(R::COLUMNS, owner);
    add_conditions::<R>(&mut query, conditions)?;
    if let Some(after) = page.after() {
        query.push(" and t.code > ").push_bind(after);
    }
    query.push(" order by t.code limit ").push_bind(page.limit);
    query.push(" offset ").push_bind(page.offset());
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// All of them.
pub async fn find_all<R: Kept>(connection: &mut PgConnection, owner: &str) -> Result<Vec<R>> {
    Ok(select::<R>(R::COLUMNS, owner).build_query_as().fetch_all(connection).await?)
}

/// How many there are on the whole list.
pub async fn count<R: Kept>(
    connection: &mut PgConnection,
    owner: &str,
    conditions: &[Condition],
) -> Result<i64> {
    let mut query = select::<R>("count(*)", owner);
    add_conditions::<R>(&mut query, conditions)?;
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// Names of those who need the thing, at most five per kind: `channel "web"`. Some are only looked for among
/// what has changed since; none looks at everything.
pub async fn find_users<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<String>> {
    let mut users = Vec::new();
    for (noun, statement) in R::USERS {
        let limited = format!(
            "select u.name from ({statement}) u (name), (select $1::text, $2::text, $3::timestamptz) p limit 5"
        );
        let names: Vec<String> = sqlx::query_scalar(AssertSqlSafe(limited))
            .bind(code)
            .bind(owner)
            .bind(since.unwrap_or(DateTime::UNIX_EPOCH))
            .fetch_all(&mut *connection)
            .await?;
        users.extend(names.into_iter().map(|name| format!("{noun} \"{name}\"")));
    }
    Ok(users)
}

/// Until the transaction ends a statement may take as long as a request.
pub async fn allow_time(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("select set_config('statement_timeout', '25s', true)").execute(connection).await?;
    Ok(())
}

/// When the transaction began.
pub async fn find_start(connection: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar("select now()").fetch_one(connection).await?)
}

/// Deletes the thing.
pub async fn delete<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
) -> Result<()> {
    let mut query = QueryBuilder::<Postgres>::new("delete from ");
    query.push(R::TABLE).push(" t where t.code = ").push_bind(code);
    if let Some(column) = R::OWNER {
        query.push(" and t.").push(column).push(" = ").push_bind(owner);
    }
    query.build().execute(connection).await?;
    Ok(())
}

/// Sets the version of a thing that was deleted and is there again: it counts on.
pub async fn set_version<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    version: i64,
) -> Result<()> {
    let mut query = QueryBuilder::<Postgres>::new("update ");
    query.push(R::TABLE).push(" t set version = ").push_bind(version);
    query.push(" where t.code = ").push_bind(code);
    if let Some(column) = R::OWNER {
        query.push(" and t.").push(column).push(" = ").push_bind(owner);
    }
    query.build().execute(connection).await?;
    Ok(())
}

/// Those of the locales that do not exist.
pub async fn find_unknown_locales(
    connection: &mut PgConnection,
    locales: &[&str],
) -> Result<Vec<String>> {
    let unknown = sqlx::query_scalar(
        "select code from unnest($1::text[]) as given (code)
         where not exists (select from locale where locale.code = given.code)",
    )
    .bind(locales)
    .fetch_all(connection)
    .await?;
    Ok(unknown)
}

fn select<R: Kept>(columns: &str, owner: &str) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(columns).push(" from ").push(R::TABLE).push(" t where true");
    if let Some(column) = R::OWNER {
        query.push(" and t.").push(column).push(" = ").push_bind(owner.to_owned());
    }
    query
}

fn add_conditions<R: Kept>(
    query: &mut QueryBuilder<Postgres>,
    conditions: &[Condition],
) -> Result<()> {
    for condition in conditions {
        match (condition.property.as_str(), condition.operator.as_str()) {
            ("code", "IN") => {
                query.push(" and t.code = any(").push_bind(condition.texts()?).push(")");
            }
            ("updated", operator @ (">" | "<")) if R::HAS_UPDATED => {
                let time = read_time(condition)?;
                query.push(format!(" and t.updated_at {operator} ")).push_bind(time);
            }
            _ if R::search(query, condition)? => {}
            _ => return Err(condition.unsupported()),
        }
    }
    Ok(())
}

/// A moment: ISO 8601, or `YYYY-MM-DD hh:mm:ss` in UTC.
pub fn read_time(condition: &Condition) -> Result<DateTime<Utc>> {
    let text = condition.text()?;
    time::parse(text).ok_or_else(|| {
        Refusal::unprocessable(format!(
            "Property \"{}\" expects a string with the format \"yyyy-mm-dd H:i:s\" as data, \"{text}\" given.",
            condition.property
        ))
    })
}
