use sqlx::{FromRow, PgExecutor, types::Json};
use uuid::Uuid;

use super::Training;

/// Trainings that are remembered.
const KEPT: i64 = 200;

/// Remembers a training.
pub(crate) async fn insert(db: impl PgExecutor<'_>, training: &Training) -> sqlx::Result<()> {
    sqlx::query(
        "insert into model (model_id, trained_at, took_ms, products, interactions, baskets,
                            sessions, customers, metrics)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(training.model_id)
    .bind(training.trained_at)
    .bind(training.took_ms)
    .bind(training.products)
    .bind(training.interactions)
    .bind(training.baskets)
    .bind(training.sessions)
    .bind(training.customers)
    .bind(training.metrics.as_ref().map(Json))
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets all but the newest trainings.
pub(crate) async fn delete_oldest(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "delete from model where model_id in
             (select model_id from model order by model_id desc offset $1)",
    )
    .bind(KEPT)
    .execute(db)
    .await?;
    Ok(())
}

/// A page of trainings, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Training>> {
    sqlx::query_as(
        "select model_id, trained_at, took_ms, products, interactions, baskets, sessions,
                customers, metrics
         from model where $1::uuid is null or model_id < $1 order by model_id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// What shows whether anything changed: how much was written since a transaction, and by which last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub(crate) struct Marker {
    interactions: i64,
    last_interaction: Option<i64>,
    products: i64,
    last_product: Option<i64>,
}

impl Marker {
    /// Whether a product changed between the two.
    pub(crate) fn same_products(&self, other: &Self) -> bool {
        (self.products, self.last_product) == (other.products, other.last_product)
    }
}

/// What was written by this transaction and later ones, as far as it is committed.
pub(crate) async fn find_marker(
    db: impl PgExecutor<'_>,
    since_xact_id: i64,
) -> sqlx::Result<Marker> {
    sqlx::query_as(
        "select
             (select count(*) from (select from interaction where xact_id >= $1::text::xid8
                                    limit 100000) as newer) as interactions,
             (select xact_id::text::bigint from interaction where xact_id >= $1::text::xid8
              order by interaction.xact_id desc limit 1) as last_interaction,
             (select count(*) from product where xact_id >= $1::text::xid8) as products,
             (select xact_id::text::bigint from product where xact_id >= $1::text::xid8
              order by product.xact_id desc limit 1) as last_product",
    )
    .bind(since_xact_id.to_string())
    .fetch_one(db)
    .await
}
