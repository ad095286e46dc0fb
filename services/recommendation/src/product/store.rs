use contracts::catalog::PublishedProduct;
use sqlx::{FromRow, PgExecutor, types::Json};
use uuid::Uuid;

use super::Product;

/// Keeps the state of these products, each at most once.
pub(crate) async fn publish(
    db: impl PgExecutor<'_>,
    products: &[PublishedProduct],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into product (product_id, name, brand, categories, features, skus, price,
                              published, xact_id)
         select product_id, name, brand, categories, features, skus, price,
                true, pg_current_xact_id()
         from jsonb_to_recordset($1) as told (product_id uuid, name text, brand text,
              categories text[], features text[], skus text[], price bigint)
         on conflict on constraint product_pkey do update set
             name = excluded.name, brand = excluded.brand, categories = excluded.categories,
             features = excluded.features, skus = excluded.skus, price = excluded.price,
             published = true, xact_id = excluded.xact_id",
    )
    .bind(Json(products))
    .execute(db)
    .await?;
    Ok(())
}

/// From now on these skus belong to these products; of two that claim the same one the last wins.
pub(crate) async fn assign_skus(
    db: impl PgExecutor<'_>,
    products: &[PublishedProduct],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into product_sku (sku, product_id)
         select distinct on (sku) sku, (told.product ->> 'product_id')::uuid
         from jsonb_array_elements($1) with ordinality as told (product, place),
              jsonb_array_elements_text(told.product -> 'skus') as sku
         order by sku, place desc
         on conflict on constraint product_sku_pkey do update set product_id = excluded.product_id",
    )
    .bind(Json(products))
    .execute(db)
    .await?;
    Ok(())
}

/// These products are gone.
pub(crate) async fn unpublish(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "update product set published = false, xact_id = pg_current_xact_id()
         where product_id = any($1) and published",
    )
    .bind(ids)
    .execute(db)
    .await?;
    Ok(())
}

/// A page of all products, ordered by id.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Product>> {
    sqlx::query_as(
        "select product_id, name, brand, categories, features, skus, price, published
         from product where product_id > $1 order by product_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// A page of all skus there ever were with their products, ordered by sku.
pub(crate) async fn list_skus(
    db: impl PgExecutor<'_>,
    after: &str,
    limit: i64,
) -> sqlx::Result<Vec<(String, Uuid)>> {
    sqlx::query_as("select sku, product_id from product_sku where sku > $1 order by sku limit $2")
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Products withdrawn by this transaction or later ones.
pub(crate) async fn list_withdrawn(
    db: impl PgExecutor<'_>,
    since_xact_id: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select product_id from product where xact_id >= $1::text::xid8 and not published",
    )
    .bind(since_xact_id.to_string())
    .fetch_all(db)
    .await
}

/// What shows whether products changed: how many were written since a transaction, and by which last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub(crate) struct Changes {
    pub(crate) since: i64,
    count: i64,
    last: Option<i64>,
}

/// What was written to products by this transaction and later ones, as far as it is committed.
pub(crate) async fn find_changes(
    db: impl PgExecutor<'_>,
    since_xact_id: i64,
) -> sqlx::Result<Changes> {
    sqlx::query_as(
        "select $1 as since,
             (select count(*) from product where xact_id >= $1::text::xid8) as count,
             (select xact_id::text::bigint from product where xact_id >= $1::text::xid8
              order by product.xact_id desc limit 1) as last",
    )
    .bind(since_xact_id)
    .fetch_one(db)
    .await
}
