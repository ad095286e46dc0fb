use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor};

use super::{NewPromotion, Promotion};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Promotion>> {
    let promotions = sqlx::query_as(
        "select * from promotion where ($1::text is null or code > $1) order by code limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(promotions)
}

/// Every promotion that is switched on and not over, best first.
pub(crate) async fn list_active(db: impl PgExecutor<'_>) -> Result<Vec<Promotion>> {
    let promotions = sqlx::query_as(
        "select * from promotion
         where active and (ends_at is null or ends_at > statement_timestamp())
         order by priority desc, code limit 10000",
    )
    .fetch_all(db)
    .await?;
    Ok(promotions)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Promotion>> {
    let promotion = sqlx::query_as("select * from promotion where code = $1")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(promotion)
}

pub(crate) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<Promotion>> {
    let promotion = sqlx::query_as("select * from promotion where code = $1 for update")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(promotion)
}

pub(crate) async fn insert(db: impl PgExecutor<'_>, rule: &NewPromotion) -> Result<Promotion> {
    let statement = sqlx::query_as(
        "insert into promotion (code, name, kind, basis_points, amount, currency, min_amount, skus,
             categories, requires_coupon, exclusive, priority, starts_at, ends_at, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         returning *",
    );
    bind(statement, rule).fetch_one(db).await.on_constraint("promotion_pkey", || {
        Problem::conflict("code_taken", "another promotion has this code")
    })
}

pub(crate) async fn update(db: impl PgExecutor<'_>, rule: &NewPromotion) -> Result<Promotion> {
    let statement = sqlx::query_as(
        "update promotion set name = $2, kind = $3, basis_points = $4, amount = $5, currency = $6,
             min_amount = $7, skus = $8, categories = $9, requires_coupon = $10, exclusive = $11,
             priority = $12, starts_at = $13, ends_at = $14, active = $15, version = version + 1
         where code = $1
         returning *",
    );
    Ok(bind(statement, rule).fetch_one(db).await?)
}

type Statement<'q> =
    sqlx::query::QueryAs<'q, sqlx::Postgres, Promotion, sqlx::postgres::PgArguments>;

fn bind<'q>(statement: Statement<'q>, rule: &NewPromotion) -> Statement<'q> {
    statement
        .bind(rule.code.to_string())
        .bind(rule.name.clone())
        .bind(rule.kind.as_str())
        .bind(rule.basis_points)
        .bind(rule.amount)
        .bind(rule.currency.as_ref().map(ToString::to_string))
        .bind(rule.min_amount)
        .bind(rule.skus.clone())
        .bind(rule.categories.clone())
        .bind(rule.requires_coupon)
        .bind(rule.exclusive)
        .bind(rule.priority)
        .bind(rule.starts_at)
        .bind(rule.ends_at)
        .bind(rule.active)
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from promotion where code = $1")
        .bind(code)
        .execute(db)
        .await
        .on_constraint("coupon_promotion_fkey", || {
            Problem::conflict("promotion_in_use", "coupons open this promotion; delete them first")
        })?;
    Ok(())
}
