use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::Interaction;

/// Rows of a person's history that are looked at.
const HISTORY_ROWS: i64 = 5_000;
/// Distinct products of it that count.
const HISTORY_PRODUCTS: i64 = 2_000;

/// Adds what is not there yet; how many that were.
pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    interactions: &[Interaction],
) -> sqlx::Result<u64> {
    // In the order of the primary key, so that neighbours in the index are written together, and two
    // writers of the same rows never wait for each other.
    let mut rows: Vec<(Uuid, &Interaction)> =
        interactions.iter().map(|one| (one.natural_key(), one)).collect();
    rows.sort_unstable_by_key(|(key, one)| (one.at, *key));
    let column = |of: fn(&Interaction) -> Option<&str>| -> Vec<Option<&str>> {
        rows.iter().map(|(_, one)| of(one)).collect()
    };
    let inserted = sqlx::query(
        "insert into interaction
             (natural_key, at, kind, sku, product_id, customer, session, order_ref, quantity)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[],
                              $6::text[], $7::text[], $8::text[], $9::integer[])
         on conflict on constraint interaction_pkey do nothing",
    )
    .bind(rows.iter().map(|(key, _)| *key).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, one)| one.at).collect::<Vec<_>>())
    .bind(column(|one| Some(one.kind.as_str())))
    .bind(column(|one| one.sku.as_ref().map(|sku| sku.as_str())))
    .bind(rows.iter().map(|(_, one)| one.product_id.map(|id| id.0)).collect::<Vec<_>>())
    .bind(column(|one| one.customer.as_deref()))
    .bind(column(|one| one.session.as_deref()))
    .bind(column(|one| one.order.as_deref()))
    .bind(rows.iter().map(|(_, one)| one.quantity).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(inserted.rows_affected())
}

/// What one person did with one product in one way.
#[derive(Debug, FromRow)]
pub(crate) struct Deed {
    pub(crate) sku: Option<String>,
    pub(crate) product_id: Option<Uuid>,
    pub(crate) kind: String,
    /// How often; of purchases: in how many orders.
    pub(crate) times: i64,
    /// When last.
    pub(crate) last_at: DateTime<Utc>,
}

/// The history of a customer, latest first, with what they did in the same visits before they signed in.
pub(crate) async fn list_customer_deeds(
    db: impl PgExecutor<'_>,
    customer: &str,
) -> sqlx::Result<Vec<Deed>> {
    // Visit by visit: asked for all at once, PostgreSQL may look through everybody's deeds by their time.
    sqlx::query_as(
        "select sku, product_id, kind, count(distinct coalesce(order_ref, natural_key::text))
             as times, max(at) as last_at
         from (
             (select * from interaction where customer = $1 order by at desc limit $2)
             union all
             (select before.*
              from (select distinct session from (
                        select session from interaction
                        where customer = $1 and session is not null
                        order by at desc limit $2) as latest) as visit
              cross join lateral (
                  select * from interaction
                  where session = visit.session and customer is null
                  order by at desc limit $2) as before
              order by at desc limit $2)
         ) as recent
         group by sku, product_id, kind
         order by max(at) desc, sku, product_id, kind limit $3",
    )
    .bind(customer)
    .bind(HISTORY_ROWS)
    .bind(HISTORY_PRODUCTS)
    .fetch_all(db)
    .await
}

/// The history of a session, latest first.
pub(crate) async fn list_session_deeds(
    db: impl PgExecutor<'_>,
    session: &str,
) -> sqlx::Result<Vec<Deed>> {
    sqlx::query_as(
        "select sku, product_id, kind, count(distinct coalesce(order_ref, natural_key::text))
             as times, max(at) as last_at
         from (select * from interaction where session = $1 order by at desc limit $2) as recent
         group by sku, product_id, kind
         order by max(at) desc, sku, product_id, kind limit $3",
    )
    .bind(session)
    .bind(HISTORY_ROWS)
    .bind(HISTORY_PRODUCTS)
    .fetch_all(db)
    .await
}

/// An interaction as a trainer reads it.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Row {
    pub(crate) xact_id: i64,
    pub(crate) interaction_id: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) sku: Option<String>,
    pub(crate) product_id: Option<Uuid>,
    pub(crate) customer: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) order_ref: Option<String>,
}

/// Transactions below this one are over: what they wrote can be read, now and later.
pub(crate) async fn find_horizon(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        .fetch_one(db)
        .await
}

/// Where the newest `count` interactions begin: the place before them, as (xact_id, interaction_id).
pub(crate) async fn find_start(db: impl PgExecutor<'_>, count: i64) -> sqlx::Result<(i64, i64)> {
    let start = sqlx::query_as(
        "select xact_id::text::bigint, interaction_id from interaction
         order by xact_id desc, interaction_id desc offset $1 limit 1",
    )
    .bind(count)
    .fetch_optional(db)
    .await?;
    Ok(start.unwrap_or((0, 0)))
}

/// A page of what was written after a place, in the order of transactions.
pub(crate) async fn list_after(
    db: impl PgExecutor<'_>,
    (xact_id, interaction_id): (i64, i64),
    limit: i64,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "select xact_id::text::bigint as xact_id, interaction_id, at, kind, sku, product_id,
                customer, session, order_ref
         from interaction
         where (xact_id, interaction_id) > ($1::text::xid8, $2)
         order by interaction.xact_id, interaction_id limit $3",
    )
    .bind(xact_id.to_string())
    .bind(interaction_id)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Forgets the answers that a customer could have asked for once more.
pub(crate) async fn delete_idempotency_keys(
    db: impl PgExecutor<'_>,
    customer: &str,
) -> sqlx::Result<()> {
    sqlx::query("delete from idempotency_key where caller = $1").bind(customer).execute(db).await?;
    Ok(())
}

/// Gives the deeds of a customer to a stranger, and those of the same visits before they signed in.
/// Their sessions stay apart, under names that nobody sends.
pub(crate) async fn rename_customer(
    db: impl PgExecutor<'_>,
    customer: &str,
    stranger: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "update interaction set customer = $2, session = md5($2 || session)
         where customer = $1 or (customer is null and session in (
             select session from interaction where customer = $1 and session is not null))",
    )
    .bind(customer)
    .bind(stranger)
    .execute(db)
    .await?;
    Ok(())
}
