use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::PostalAddress;

/// An entry of an address book.
#[derive(FromRow)]
pub(crate) struct Entry {
    pub(crate) address_id: Uuid,
    #[sqlx(flatten)]
    pub(crate) address: PostalAddress,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

pub(crate) async fn count(executor: impl PgExecutor<'_>, account_id: Uuid) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from address where account_id = $1")
        .bind(account_id)
        .fetch_one(executor)
        .await?)
}

pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Entry>> {
    Ok(sqlx::query_as(
        "select address_id, first_name, last_name, company, street, street2, city, region,
             postal_code, country, phone, version, created_at, updated_at
         from address where account_id = $1 and ($2::uuid is null or address_id > $2)
         order by address_id limit $3",
    )
    .bind(account_id)
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    address_id: Uuid,
) -> Result<Option<Entry>> {
    Ok(sqlx::query_as(
        "select address_id, first_name, last_name, company, street, street2, city, region,
             postal_code, country, phone, version, created_at, updated_at
         from address where account_id = $1 and address_id = $2",
    )
    .bind(account_id)
    .bind(address_id)
    .fetch_optional(executor)
    .await?)
}

/// The same, and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    address_id: Uuid,
) -> Result<Option<Entry>> {
    Ok(sqlx::query_as(
        "select address_id, first_name, last_name, company, street, street2, city, region,
             postal_code, country, phone, version, created_at, updated_at
         from address where account_id = $1 and address_id = $2 for update",
    )
    .bind(account_id)
    .bind(address_id)
    .fetch_optional(executor)
    .await?)
}

pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    address: &PostalAddress,
) -> Result<Entry> {
    Ok(sqlx::query_as(
        "insert into address (address_id, account_id, first_name, last_name, company, street,
             street2, city, region, postal_code, country, phone)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         returning address_id, first_name, last_name, company, street, street2, city, region,
             postal_code, country, phone, version, created_at, updated_at",
    )
    .bind(Uuid::now_v7())
    .bind(account_id)
    .bind(&address.first_name)
    .bind(&address.last_name)
    .bind(&address.company)
    .bind(&address.street)
    .bind(&address.street2)
    .bind(&address.city)
    .bind(&address.region)
    .bind(&address.postal_code)
    .bind(address.country.as_str())
    .bind(&address.phone)
    .fetch_one(executor)
    .await?)
}

pub(crate) async fn update(
    executor: impl PgExecutor<'_>,
    address_id: Uuid,
    address: &PostalAddress,
) -> Result<Entry> {
    Ok(sqlx::query_as(
        "update address set first_name = $2, last_name = $3, company = $4, street = $5,
             street2 = $6, city = $7, region = $8, postal_code = $9, country = $10, phone = $11,
             version = version + 1, updated_at = now()
         where address_id = $1
         returning address_id, first_name, last_name, company, street, street2, city, region,
             postal_code, country, phone, version, created_at, updated_at",
    )
    .bind(address_id)
    .bind(&address.first_name)
    .bind(&address.last_name)
    .bind(&address.company)
    .bind(&address.street)
    .bind(&address.street2)
    .bind(&address.city)
    .bind(&address.region)
    .bind(&address.postal_code)
    .bind(address.country.as_str())
    .bind(&address.phone)
    .fetch_one(executor)
    .await?)
}

pub(crate) async fn delete(executor: impl PgExecutor<'_>, address_id: Uuid) -> Result<()> {
    sqlx::query("delete from address where address_id = $1")
        .bind(address_id)
        .execute(executor)
        .await?;
    Ok(())
}
