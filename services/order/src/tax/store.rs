use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{NewTaxRate, TaxRate};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<TaxRate>> {
    let rates = sqlx::query_as(
        "select * from tax_rate where ($1::uuid is null or id > $1) order by id limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rates)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, id: Uuid) -> Result<Option<TaxRate>> {
    let rate =
        sqlx::query_as("select * from tax_rate where id = $1").bind(id).fetch_optional(db).await?;
    Ok(rate)
}

pub(crate) async fn lock(db: &mut PgConnection, id: Uuid) -> Result<Option<TaxRate>> {
    let rate = sqlx::query_as("select * from tax_rate where id = $1 for update")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(rate)
}

pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    id: Uuid,
    rule: &NewTaxRate,
) -> Result<TaxRate> {
    sqlx::query_as(
        "insert into tax_rate (id, name, country, region, tax_class, rate_ppm, included)
         values ($1, $2, $3, $4, $5, $6, $7) returning *",
    )
    .bind(id)
    .bind(&rule.name)
    .bind(rule.country.as_str())
    .bind(&rule.region)
    .bind(rule.tax_class.as_str())
    .bind(rule.rate_ppm)
    .bind(rule.included)
    .fetch_one(db)
    .await
    .on_constraint("tax_rate_zone_key", taken)
}

pub(crate) async fn update(
    db: impl PgExecutor<'_>,
    id: Uuid,
    rule: &NewTaxRate,
) -> Result<TaxRate> {
    sqlx::query_as(
        "update tax_rate set name = $2, country = $3, region = $4, tax_class = $5, rate_ppm = $6,
             included = $7, version = version + 1
         where id = $1 returning *",
    )
    .bind(id)
    .bind(&rule.name)
    .bind(rule.country.as_str())
    .bind(&rule.region)
    .bind(rule.tax_class.as_str())
    .bind(rule.rate_ppm)
    .bind(rule.included)
    .fetch_one(db)
    .await
    .on_constraint("tax_rate_zone_key", taken)
}

fn taken() -> Problem {
    Problem::conflict("tax_rate_taken", "there is a rate for this country, region and tax class")
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("delete from tax_rate where id = $1").bind(id).execute(db).await?;
    Ok(())
}
