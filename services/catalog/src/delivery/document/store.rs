//! Reads documents.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

/// A document as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::delivery) struct Stored {
    pub channel: String,
    pub locale: String,
    pub root_id: Uuid,
    pub position: i64,
    /// `None` in a tombstone.
    pub card: Option<String>,
    /// `None` in a tombstone, and where only the card was asked for.
    pub detail: Option<String>,
}

/// Documents of these pages, without tombstones.
pub(in crate::delivery) async fn documents(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as(
        "select channel, locale, root_id, position, card::text as card, detail::text as detail
         from product_document
         where channel = $1 and locale = $2 and root_id = any($3) and card is not null",
    )
    .bind(channel)
    .bind(locale)
    .bind(ids)
    .fetch_all(executor)
    .await
}

/// Cards of these pages, without tombstones.
pub(in crate::delivery) async fn cards(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as(
        "select channel, locale, root_id, position, card::text as card, null::text as detail
         from product_document
         where channel = $1 and locale = $2 and root_id = any($3) and card is not null",
    )
    .bind(channel)
    .bind(locale)
    .bind(ids)
    .fetch_all(executor)
    .await
}

/// Documents of a channel and locale that changed after a position, oldest first. Tombstones up to
/// `skip_gone_until` are left out: who starts from nothing has nothing to delete.
pub(in crate::delivery) async fn changed_in_view(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
    after: i64,
    skip_gone_until: i64,
    limit: i64,
) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as(
        "select channel, locale, root_id, position, card::text as card, detail::text as detail
         from product_document
         where channel = $1 and locale = $2 and position > $3
           and (card is not null or position > $4)
         order by position limit $5",
    )
    .bind(channel)
    .bind(locale)
    .bind(after)
    .bind(skip_gone_until)
    .bind(limit)
    .fetch_all(executor)
    .await
}

/// Documents of every channel and locale that changed after a position, oldest first.
pub(in crate::delivery) async fn changed(
    executor: impl PgExecutor<'_>,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<Stored>> {
    sqlx::query_as(
        "select channel, locale, root_id, position, card::text as card, detail::text as detail
         from product_document where position > $1 order by position limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await
}

/// The page that has or had this slug.
pub(in crate::delivery) async fn slug_owner(
    executor: impl PgExecutor<'_>,
    channel: &str,
    locale: &str,
    slug: &str,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "select root_id from product_slug where channel = $1 and locale = $2 and slug = $3",
    )
    .bind(channel)
    .bind(locale)
    .bind(slug)
    .fetch_optional(executor)
    .await
}

/// Where the tombstones begin that are certainly there.
pub(in crate::delivery) async fn purged_position(
    executor: impl PgExecutor<'_>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar("select purged_position from projection_state").fetch_one(executor).await
}

/// Deletes tombstones from before a moment, at most so many; whether there may be more.
pub(in crate::delivery) async fn purge(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<bool> {
    let deleted: i64 = sqlx::query_scalar(
        "with purged as (
             delete from product_document where (channel, locale, root_id) in (
                 select channel, locale, root_id from product_document
                 where card is null and changed_at < $1 order by changed_at limit $2
                 for update skip locked
             )
             returning position
         ), noted as (
             update projection_state
             set purged_position = greatest(purged_position, (select max(position) from purged))
             where exists (select from purged)
         )
         select count(*) from purged",
    )
    .bind(before)
    .bind(limit)
    .fetch_one(executor)
    .await?;
    Ok(deleted == limit)
}

/// The last position there is.
pub(in crate::delivery) async fn head(executor: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select greatest(purged_position, (select max(position) from product_document))
         from projection_state",
    )
    .fetch_one(executor)
    .await
}
