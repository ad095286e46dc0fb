use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor};

use super::{NewRule, Rule};

/// Rules of one shop: each list looks at all of them.
const MAX_RULES: i64 = 500;

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Rule>> {
    let rules = sqlx::query_as(
        "select * from rule where ($1::text is null or code > $1) order by code limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rules)
}

/// All rules that may apply, in the order in which they decide.
pub(crate) async fn list_active(db: impl PgExecutor<'_>) -> Result<Vec<NewRule>> {
    let rules = sqlx::query_as(
        "select * from rule where active and (active_until is null or active_until > now())
         order by position, code",
    );
    Ok(rules.fetch_all(db).await?)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Rule>> {
    let rule = sqlx::query_as("select * from rule where code = $1");
    Ok(rule.bind(code).fetch_optional(db).await?)
}

pub(crate) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<Rule>> {
    let rule = sqlx::query_as("select * from rule where code = $1 for update");
    Ok(rule.bind(code).fetch_optional(db).await?)
}

/// Inserts a rule; 409 if there is one of this code, or too many.
pub(crate) async fn insert(db: &mut PgConnection, rule: &NewRule) -> Result<Rule> {
    // One after the other, or two could both be the last that is allowed.
    sqlx::query("lock table rule in share row exclusive mode").execute(&mut *db).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from rule").fetch_one(&mut *db).await?;
    if count >= MAX_RULES {
        let detail = format!("there are {MAX_RULES} rules already; delete one first");
        return Err(Problem::conflict("too_many_rules", detail));
    }
    sqlx::query_as(
        "insert into rule (code, name, action, surfaces, in_categories, skus, categories, brands,
                           features, active_from, active_until, position, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(rule.action.as_str())
    .bind(rule.surfaces.names())
    .bind(&rule.in_categories)
    .bind(&rule.skus)
    .bind(&rule.categories)
    .bind(&rule.brands)
    .bind(&rule.features)
    .bind(rule.active_from)
    .bind(rule.active_until)
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await
    .on_constraint("rule_pkey", || Problem::conflict("code_taken", "another rule has this code"))
}

pub(crate) async fn update(db: impl PgExecutor<'_>, rule: &NewRule) -> Result<Rule> {
    let rule = sqlx::query_as(
        "update rule set name = $2, action = $3, surfaces = $4, in_categories = $5, skus = $6,
                categories = $7, brands = $8, features = $9, active_from = $10,
                active_until = $11, position = $12, active = $13, version = version + 1,
                xact_id = pg_current_xact_id()
         where code = $1 returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(rule.action.as_str())
    .bind(rule.surfaces.names())
    .bind(&rule.in_categories)
    .bind(&rule.skus)
    .bind(&rule.categories)
    .bind(&rule.brands)
    .bind(&rule.features)
    .bind(rule.active_from)
    .bind(rule.active_until)
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await?;
    Ok(rule)
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from rule where code = $1").bind(code).execute(db).await?;
    Ok(())
}
