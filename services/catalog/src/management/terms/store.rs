use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::management::{error::Result, values::Values};

/// What has values of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Table {
    Product,
    Model,
}

/// Values of a row that has no terms of this version.
pub(super) type Unread = (Uuid, Json<Values>);

impl Table {
    fn find_unread(self) -> &'static str {
        match self {
            Self::Product => {
                "select id, values from product where has_terms is null
                 order by id limit $1 for update skip locked"
            }
            Self::Model => {
                "select id, values from product_model where has_terms is null
                 order by id limit $1 for update skip locked"
            }
        }
    }

    fn write(self) -> &'static str {
        match self {
            Self::Product => {
                "update product p set terms = n.terms::integer[], terms_version = p.version
                 from unnest($1::uuid[], $2::text[]) as n (id, terms) where p.id = n.id"
            }
            Self::Model => {
                "update product_model p set terms = n.terms::integer[], terms_version = p.version
                 from unnest($1::uuid[], $2::text[]) as n (id, terms) where p.id = n.id"
            }
        }
    }
}

/// Rows without terms that nobody else holds, locked.
pub(super) async fn find_unread(
    connection: &mut PgConnection,
    table: Table,
    limit: i64,
) -> Result<Vec<Unread>> {
    Ok(sqlx::query_as(table.find_unread()).bind(limit).fetch_all(connection).await?)
}

/// Writes the terms of rows, each as an array literal.
pub(super) async fn write(
    connection: &mut PgConnection,
    table: Table,
    ids: &[Uuid],
    terms: &[String],
) -> Result<()> {
    sqlx::query(table.write()).bind(ids).bind(terms).execute(connection).await?;
    Ok(())
}

/// Until the transaction ends, tables are read whole only where there is no other way. Many rare terms look
/// frequent together to the planner, which knows the frequencies of the most common alone.
pub async fn prefer_indexes(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query("select set_config('enable_seqscan', 'off', true)").execute(transaction).await?;
    Ok(())
}

/// Products that have one of the terms themselves, at most `limit`.
pub async fn find_products(
    connection: &mut PgConnection,
    terms: &[i32],
    limit: i64,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar("select id from product where terms && $1 limit $2")
        .persistent(false)
        .bind(terms)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(ids)
}

/// Models that have one of the terms, or whose model above has one, or that have no terms yet: at most
/// `limit`.
pub async fn find_models(
    connection: &mut PgConnection,
    terms: &[i32],
    limit: i64,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "with found as (
             select id from product_model where terms && $1 or has_terms is null limit $2
         )
         select id from found
         union
         select below.id from found join product_model below on below.parent_id = found.id
         limit $2",
    )
    .persistent(false)
    .bind(terms)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(ids)
}
