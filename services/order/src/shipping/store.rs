use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor, types::Json};

use super::{NewShippingMethod, ShippingMethod};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ShippingMethod>> {
    let methods = sqlx::query_as(
        "select * from shipping_method where ($1::text is null or code > $1)
         order by code limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(methods)
}

/// What is offered, in the order of staff.
pub(crate) async fn list_active(db: impl PgExecutor<'_>) -> Result<Vec<ShippingMethod>> {
    let methods = sqlx::query_as(
        "select * from shipping_method where active order by position, code limit 200",
    )
    .fetch_all(db)
    .await?;
    Ok(methods)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<ShippingMethod>> {
    let method = sqlx::query_as("select * from shipping_method where code = $1")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(method)
}

pub(crate) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<ShippingMethod>> {
    let method = sqlx::query_as("select * from shipping_method where code = $1 for update")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(method)
}

pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    rule: &NewShippingMethod,
) -> Result<ShippingMethod> {
    sqlx::query_as(
        "insert into shipping_method (code, name, prices, countries, tax_class, position, active)
         values ($1, $2, $3, $4, $5, $6, $7) returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(Json(&rule.prices))
    .bind(&rule.countries)
    .bind(rule.tax_class.as_str())
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await
    .on_constraint("shipping_method_pkey", || {
        Problem::conflict("code_taken", "another shipping method has this code")
    })
}

pub(crate) async fn update(
    db: impl PgExecutor<'_>,
    rule: &NewShippingMethod,
) -> Result<ShippingMethod> {
    let method = sqlx::query_as(
        "update shipping_method set name = $2, prices = $3, countries = $4, tax_class = $5,
             position = $6, active = $7, version = version + 1
         where code = $1 returning *",
    )
    .bind(rule.code.as_str())
    .bind(&rule.name)
    .bind(Json(&rule.prices))
    .bind(&rule.countries)
    .bind(rule.tax_class.as_str())
    .bind(rule.position)
    .bind(rule.active)
    .fetch_one(db)
    .await?;
    Ok(method)
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from shipping_method where code = $1").bind(code).execute(db).await?;
    Ok(())
}
