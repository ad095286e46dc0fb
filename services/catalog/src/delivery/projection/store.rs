//! What the projector reads of the management side and writes for the delivery side.

use std::collections::HashMap;

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection, PgExecutor};
use uuid::Uuid;

use super::{entity::Entity, link::Target, page::Pictures, write::Row};
use crate::delivery::document::Card;

/// Whether this process is the projector until its transaction ends.
pub(super) async fn try_lock(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select pg_try_advisory_xact_lock(hashtextextended('projection ' || current_schema(), 0))",
    )
    .fetch_one(executor)
    .await
}

/// A batch may take longer than a request.
pub(super) async fn allow_time(executor: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query("set local statement_timeout = '60s'").execute(executor).await.map(|_| ())
}

/// Whether there is anything to do.
pub(super) async fn has_work(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    // In the order of an index: an unordered look would walk over all rows that are deleted and not yet
    // vacuumed.
    sqlx::query_scalar(
        "select (select task_id from projection_task order by is_bulk, task_id limit 1) is not null
             or (select change_id from structure_change order by change_id limit 1) is not null",
    )
    .fetch_one(executor)
    .await
}

/// A page to be built.
#[derive(sqlx::FromRow)]
pub(super) struct Task {
    pub root_id: Uuid,
    /// How long ago the oldest change began, in seconds.
    pub waited: f64,
}

/// Takes the oldest tasks, those of small changes first; they come back if the transaction fails.
pub(super) async fn take_tasks(
    executor: impl PgExecutor<'_>,
    limit: i64,
) -> sqlx::Result<Vec<Task>> {
    sqlx::query_as(
        "with taken as (
             delete from projection_task
             where task_id in (select task_id from projection_task order by is_bulk, task_id limit $1)
             returning root_id, requested_at
         )
         select root_id,
                extract(epoch from clock_timestamp() - min(requested_at))::float8 as waited
         from taken group by root_id",
    )
    .bind(limit)
    .fetch_all(executor)
    .await
}

/// Takes every change of the structure; whether there were any.
pub(super) async fn take_changes(executor: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    let taken = sqlx::query("delete from structure_change").execute(executor).await?;
    Ok(taken.rows_affected() > 0)
}

/// Tells every copy of the structure that it is outdated.
pub(super) async fn advance_structure(executor: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query("update projection_state set structure_version = structure_version + 1")
        .execute(executor)
        .await
        .map(|_| ())
}

/// Adds a task for every page that leads to one of these.
pub(super) async fn touch_related(
    executor: impl PgExecutor<'_>,
    pages: &[Uuid],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select distinct root_id, true from product_document where related && $1",
    )
    .bind(pages)
    .execute(executor)
    .await
    .map(|_| ())
}

/// The pages of products and models: themselves, or what they are variants of.
pub(super) async fn find_roots(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "with recursive line as (
             select id, parent_id from product where id = any($1)
             union select id, parent_id from product_model where id = any($1)
             union select above.id, above.parent_id
             from product_model as above join line on above.id = line.parent_id
         )
         select id from line where parent_id is null",
    )
    .bind(ids)
    .fetch_all(executor)
    .await
}

#[derive(sqlx::FromRow)]
struct EntityRow {
    id: Uuid,
    code: Option<String>,
    sku: Option<String>,
    enabled: bool,
    family: Option<String>,
    family_variant: Option<String>,
    parent_id: Option<Uuid>,
    values: Value,
    associations: Value,
    categories: Vec<String>,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
}

impl From<EntityRow> for Entity {
    fn from(row: EntityRow) -> Self {
        Self {
            id: row.id,
            code: row.code.unwrap_or_else(|| row.id.to_string()),
            sku: row.sku,
            enabled: row.enabled,
            family: row.family,
            family_variant: row.family_variant,
            parent_id: row.parent_id,
            values: object(row.values),
            associations: object(row.associations),
            categories: row.categories,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn object(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Width and height of these pictures, as far as they are known.
pub(super) async fn pictures(
    executor: impl PgExecutor<'_>,
    codes: &[String],
) -> sqlx::Result<Pictures> {
    let rows: Vec<(String, i32, i32)> = sqlx::query_as(
        "select code, width, height from media_file where code = any($1) and width is not null",
    )
    .bind(codes)
    .fetch_all(executor)
    .await?;
    let pixels = |side: i32| u32::try_from(side).unwrap_or_default();
    let known =
        rows.into_iter().map(|(code, width, height)| (code, (pixels(width), pixels(height))));
    Ok(known.collect())
}

/// The products of these ids.
pub(super) async fn products(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Entity>> {
    find_products(executor, "id", ids).await
}

/// The variants of these models.
pub(super) async fn variants(
    executor: impl PgExecutor<'_>,
    models: &[Uuid],
) -> sqlx::Result<Vec<Entity>> {
    if models.is_empty() {
        return Ok(Vec::new());
    }
    find_products(executor, "parent_id", models).await
}

/// One condition for each plan: of both at once the planner makes one that reads an index in whole.
async fn find_products(
    executor: impl PgExecutor<'_>,
    column: &'static str,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Entity>> {
    let sql = format!(
        "select id, identifier as code, identifier as sku, enabled, family,
                null::text as family_variant, parent_id, values, associations,
                array(select category from product_category where product_id = id order by category)
                    as categories,
                created_at, updated_at
         from product where {column} = any($1)"
    );
    let rows: Vec<EntityRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(executor).await?;
    Ok(rows.into_iter().map(Entity::from).collect())
}

/// Root models of these ids, and models of the second level below them.
pub(super) async fn models(
    executor: impl PgExecutor<'_>,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Entity>> {
    let rows: Vec<EntityRow> = sqlx::query_as(
        "select id, code, null::text as sku, true as enabled, null::text as family, family_variant,
                parent_id, values, associations,
                array(select category from product_model_category
                      where product_model_id = id order by category) as categories,
                created_at, updated_at
         from product_model
         where (id = any($1) and parent_id is null) or parent_id = any($1)",
    )
    .bind(ids)
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Entity::from).collect())
}

/// Which of these pages are drafts in which channels.
pub(super) async fn drafts(
    executor: impl PgExecutor<'_>,
    pages: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "select p.id, c.channel
         from product p
         join channel_publication c on c.kind = 'product' and c.code = p.id::text
         where p.id = any($1) and c.state = 'draft'
         union all
         select m.id, c.channel
         from product_model m
         join channel_publication c on c.kind = 'product_model' and c.code = m.code
         where m.id = any($1) and c.state = 'draft'",
    )
    .bind(pages)
    .fetch_all(executor)
    .await
}

/// The pages of what associations name.
pub(super) async fn target_pages(
    connection: &mut PgConnection,
    targets: &[Target],
) -> sqlx::Result<HashMap<Target, Uuid>> {
    let (mut ids, mut skus, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for target in targets {
        match target {
            Target::Product(id) => ids.push(*id),
            Target::Sku(sku) => skus.push(sku.as_str()),
            Target::Model(code) => codes.push(code.as_str()),
        }
    }
    let products: Vec<(Uuid, Option<String>, Uuid)> = sqlx::query_as(
        "select product.id, identifier, coalesce(model.parent_id, model.id, product.id)
         from product left join product_model as model on model.id = product.parent_id
         where product.id = any($1) or identifier = any($2)",
    )
    .bind(&ids)
    .bind(&skus)
    .fetch_all(&mut *connection)
    .await?;
    let models: Vec<(String, Uuid)> = sqlx::query_as(
        "select code, coalesce(parent_id, id) from product_model where code = any($1)",
    )
    .bind(&codes)
    .fetch_all(connection)
    .await?;
    let mut pages = HashMap::new();
    for (id, sku, page) in products {
        pages.insert(Target::Product(id), page);
        pages.extend(sku.map(|sku| (Target::Sku(sku), page)));
    }
    pages.extend(models.into_iter().map(|(code, page)| (Target::Model(code), page)));
    Ok(pages)
}

/// Cards of these pages, by channel, locale and page.
pub(super) async fn cards(
    executor: impl PgExecutor<'_>,
    pages: &[Uuid],
) -> sqlx::Result<HashMap<(String, String, Uuid), Card>> {
    let rows: Vec<(String, String, Uuid, sqlx::types::Json<Card>)> = sqlx::query_as(
        "select channel, locale, root_id, card from product_document
         where root_id = any($1) and card is not null",
    )
    .bind(pages)
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(channel, locale, id, card)| ((channel, locale, id), card.0))
        .collect())
}

/// What is known of a document that exists.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Known {
    pub channel: String,
    pub locale: String,
    pub root_id: Uuid,
    pub slug: Option<String>,
    pub fingerprint: Option<Vec<u8>>,
    pub card_fingerprint: Option<Vec<u8>>,
}

/// The documents of these pages, tombstones included.
pub(super) async fn known(
    executor: impl PgExecutor<'_>,
    pages: &[Uuid],
) -> sqlx::Result<Vec<Known>> {
    sqlx::query_as(
        "select channel, locale, root_id, slug, fingerprint, card_fingerprint
         from product_document where root_id = any($1)",
    )
    .bind(pages)
    .fetch_all(executor)
    .await
}

/// Channel, locale and slug.
pub(super) type Address = (String, String, String);

/// The pages that have or had these addresses.
pub(super) async fn slug_owners(
    executor: impl PgExecutor<'_>,
    addresses: &[Address],
) -> sqlx::Result<HashMap<Address, Uuid>> {
    let rows: Vec<(String, String, String, Uuid)> = sqlx::query_as(
        "select channel, locale, slug, root_id
         from unnest($1::text[], $2::text[], $3::text[]) as wanted (channel, locale, slug)
         join product_slug using (channel, locale, slug)",
    )
    .bind(addresses.iter().map(|address| address.0.as_str()).collect::<Vec<_>>())
    .bind(addresses.iter().map(|address| address.1.as_str()).collect::<Vec<_>>())
    .bind(addresses.iter().map(|address| address.2.as_str()).collect::<Vec<_>>())
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|(channel, locale, slug, id)| ((channel, locale, slug), id)).collect())
}

/// Gives addresses to pages, for as long as these exist.
pub(super) async fn keep_slugs(
    executor: impl PgExecutor<'_>,
    given: &[(Address, Uuid)],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into product_slug (channel, locale, slug, root_id)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
         on conflict do nothing",
    )
    .bind(given.iter().map(|(address, _)| address.0.as_str()).collect::<Vec<_>>())
    .bind(given.iter().map(|(address, _)| address.1.as_str()).collect::<Vec<_>>())
    .bind(given.iter().map(|(address, _)| address.2.as_str()).collect::<Vec<_>>())
    .bind(given.iter().map(|(_, id)| *id).collect::<Vec<_>>())
    .execute(executor)
    .await
    .map(|_| ())
}

/// Frees the addresses of pages that do not exist any more.
pub(super) async fn free_slugs(executor: impl PgExecutor<'_>, gone: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query("delete from product_slug where root_id = any($1)")
        .bind(gone)
        .execute(executor)
        .await
        .map(|_| ())
}

/// Writes documents and tombstones, each with a new position, in this order.
pub(super) async fn write(executor: impl PgExecutor<'_>, rows: &[Row]) -> sqlx::Result<()> {
    let column =
        |read: fn(&Row) -> Option<&str>| -> Vec<Option<&str>> { rows.iter().map(read).collect() };
    sqlx::query(
        "insert into product_document as document
             (channel, locale, root_id, position, slug, card, detail, related, fingerprint,
              card_fingerprint)
         select channel, locale, root_id, nextval('product_document_position'), slug, card::json,
                detail::json, array(select jsonb_array_elements_text(related)::uuid), fingerprint,
                card_fingerprint
         from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                     $7::jsonb[], $8::bytea[], $9::bytea[])
              as built (channel, locale, root_id, slug, card, detail, related, fingerprint,
                        card_fingerprint)
         on conflict (channel, locale, root_id) do update
         set position = excluded.position, slug = excluded.slug, card = excluded.card,
             detail = excluded.detail, related = excluded.related,
             fingerprint = excluded.fingerprint, card_fingerprint = excluded.card_fingerprint,
             changed_at = now()",
    )
    .bind(column(|row| Some(&row.channel)))
    .bind(column(|row| Some(&row.locale)))
    .bind(rows.iter().map(|row| row.root_id).collect::<Vec<_>>())
    .bind(column(|row| row.content.as_ref().map(|content| content.slug.as_str())))
    .bind(column(|row| row.content.as_ref().map(|content| content.card.as_str())))
    .bind(column(|row| row.content.as_ref().map(|content| content.detail.as_str())))
    .bind(rows.iter().map(|row| serde_json::json!(row.related())).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.fingerprint().map(<[u8]>::to_vec)).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.card_fingerprint().map(<[u8]>::to_vec)).collect::<Vec<_>>())
    .execute(executor)
    .await
    .map(|_| ())
}
