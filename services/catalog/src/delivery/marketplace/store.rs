//! Reads of what feeds are made of.

use std::collections::{HashMap, HashSet};

use sqlx::PgExecutor;
use uuid::Uuid;

use crate::delivery::document::store::Stored;

/// What staff say of the feeds of a channel.
#[derive(Debug, Default, sqlx::FromRow)]
pub(super) struct FeedRow {
    pub version: i64,
    pub link: Option<String>,
    pub condition: String,
    #[sqlx(json)]
    pub attributes: HashMap<String, String>,
    #[sqlx(json)]
    pub google_product_categories: HashMap<String, String>,
    pub excluded_categories: Vec<String>,
    pub excluded_families: Vec<String>,
}

/// What staff say of the feeds of a channel, if anything.
pub(super) async fn find_feed(
    executor: impl PgExecutor<'_>,
    channel: &str,
) -> sqlx::Result<Option<FeedRow>> {
    sqlx::query_as(
        "select version, link, condition, attributes, google_product_categories,
                excluded_categories, excluded_families
         from feed where code = $1",
    )
    .bind(channel)
    .fetch_optional(executor)
    .await
}

/// The last position of a channel and locale. Where the tombstone that had it was cleared away, it is
/// not less than before.
pub(super) async fn last_position(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select greatest(purged_position, (select max(position) from product_document
                                           where channel = $1 and locale = $2))
         from projection_state",
    )
    .bind(channel)
    .bind(locale)
    .fetch_one(executor)
    .await
}

/// Documents of a channel and locale in the order of their pages, from a page on, without tombstones.
pub(super) async fn documents_from(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
    first: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as(
        "select channel, locale, root_id, position, card::text as card, detail::text as detail
         from product_document
         where channel = $1 and locale = $2 and root_id >= $3 and card is not null
         order by root_id limit $4",
    )
    .bind(channel)
    .bind(locale)
    .bind(first)
    .bind(limit)
    .fetch_all(executor)
    .await
}

/// Those of the pages whose products are of these families, which documents do not tell.
pub(super) async fn pages_of_families(
    executor: impl PgExecutor<'_>,
    pages: &[Uuid],
    families: &[String],
) -> sqlx::Result<HashSet<Uuid>> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select id from product where id = any($1) and family = any($2)
         union all
         select model.id from product_model as model
         join family_variant on family_variant.code = model.family_variant
         where model.id = any($1) and family_variant.family = any($2)",
    )
    .bind(pages)
    .bind(families)
    .fetch_all(executor)
    .await?;
    Ok(found.into_iter().collect())
}
