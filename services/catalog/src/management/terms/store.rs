use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use crate::management::{associations::Associations, error::Result, values::Values};

/// What the terms of a product are of.
#[derive(Debug, FromRow)]
pub(super) struct Unread {
    pub(super) id: Uuid,
    pub(super) has_identifier: bool,
    pub(super) family: Option<String>,
    pub(super) parent_id: Option<Uuid>,
    #[sqlx(json)]
    pub(super) values: Values,
    #[sqlx(json)]
    pub(super) associations: Associations,
}

/// The same of a model.
pub(super) type UnreadModel = (Uuid, Json<Values>, Json<Associations>);

/// Writes the terms of a model.
pub(super) async fn write_of_model(
    connection: &mut PgConnection,
    id: Uuid,
    terms: &[i32],
) -> Result<()> {
    sqlx::query("update product_model set terms = $2, terms_version = version where id = $1")
        .bind(id)
        .bind(terms)
        .execute(connection)
        .await?;
    Ok(())
}

/// Products without terms, or whose scores do not follow the rules of today, locked: those of some of them
/// that nobody else holds.
pub(super) async fn find_unread(connection: &mut PgConnection, limit: i64) -> Result<Vec<Unread>> {
    let mut ids = find_without_scores(connection, limit).await?;
    if ids.is_empty() {
        ids = find_unscored_by_rules(connection, limit).await?;
    }
    let products = sqlx::query_as(
        "select id, identifier is not null as has_identifier, family, parent_id, values, associations
         from product where id = any($1) order by id for update skip locked",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(products)
}

/// These products, as they are.
pub(super) async fn find(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Unread>> {
    let products = sqlx::query_as(
        "select id, identifier is not null as has_identifier, family, parent_id, values, associations
         from product where id = any($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(products)
}

/// The next model after this one that changed since the products below were scored, if nobody else holds it.
/// Locked, so that no new product comes below it until the transaction ends.
pub(super) async fn find_unscored_model(
    connection: &mut PgConnection,
    after: Option<Uuid>,
) -> Result<Option<UnreadModel>> {
    let model = sqlx::query_as(
        "select id, values, associations from product_model
         where scored_version is distinct from version and ($1::uuid is null or id > $1)
         order by id limit 1 for update skip locked",
    )
    .bind(after)
    .fetch_optional(connection)
    .await?;
    Ok(model)
}

/// All products below this model, locked; none if somebody else holds one.
pub(super) async fn find_below(
    connection: &mut PgConnection,
    model: Uuid,
) -> Result<Option<Vec<Unread>>> {
    let products: Vec<Unread> = sqlx::query_as(
        "select id, identifier is not null as has_identifier, family, parent_id, values, associations
         from product
         where parent_id = any (array(select $1 union all
                                      select id from product_model where parent_id = $1))
         order by id for update skip locked",
    )
    .bind(model)
    .fetch_all(&mut *connection)
    .await?;
    let all: i64 = sqlx::query_scalar(
        "select count(*) from product
         where parent_id = any (array(select $1 union all
                                      select id from product_model where parent_id = $1))",
    )
    .bind(model)
    .fetch_one(connection)
    .await?;
    Ok(Some(products)
        .filter(|products| i64::try_from(products.len()).is_ok_and(|held| held == all)))
}

/// Writes the terms of products, each as an array literal, and the versions of rules that they follow.
pub(super) async fn write(
    connection: &mut PgConnection,
    ids: &[Uuid],
    terms: &[String],
    rules_versions: &[i64],
) -> Result<()> {
    sqlx::query(
        "update product p set terms = n.terms::integer[], terms_version = p.version,
                              scored_rules = n.scored_rules, scored_version = p.version
         from unnest($1::uuid[], $2::text[], $3::bigint[]) as n (id, terms, scored_rules)
         where p.id = n.id",
    )
    .bind(ids)
    .bind(terms)
    .bind(rules_versions)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes all entries into the indexes of terms that are pending there; answers how many pages they filled.
pub(super) async fn flush(transaction: &mut PgConnection) -> Result<i64> {
    sqlx::query("set local statement_timeout = '1min'").execute(&mut *transaction).await?;
    let pages = sqlx::query_scalar(
        "select gin_clean_pending_list('product_terms_idx')
              + gin_clean_pending_list('product_model_terms_idx')",
    )
    .fetch_one(transaction)
    .await?;
    Ok(pages)
}

/// All products below the model are scored.
pub(super) async fn note_scored(connection: &mut PgConnection, model: Uuid) -> Result<()> {
    sqlx::query("update product_model set scored_version = version where id = $1")
        .bind(model)
        .execute(connection)
        .await?;
    Ok(())
}

/// Products whose scores are of before: at most `limit` of those without any, of those that follow other rules
/// and of those below a model that changed.
pub async fn find_unscored(connection: &mut PgConnection, limit: i64) -> Result<Vec<Uuid>> {
    let mut ids = find_without_scores(connection, limit).await?;
    ids.extend(find_unscored_by_rules(connection, limit).await?);
    let below: Vec<Uuid> = sqlx::query_scalar(
        "select p.id from product_model m join product p on p.parent_id = m.id
         where m.scored_version is distinct from m.version
         union all
         select p.id from product_model m
         join product_model middle on middle.parent_id = m.id
         join product p on p.parent_id = middle.id
         where m.scored_version is distinct from m.version
         limit $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    ids.extend(below);
    Ok(ids)
}

/// Those without terms are among them.
async fn find_without_scores(connection: &mut PgConnection, limit: i64) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "select id from product where scored_version is distinct from version order by id limit $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

async fn find_unscored_by_rules(connection: &mut PgConnection, limit: i64) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "select p.id from family f
         cross join lateral (
             select id from product
             where family = f.code and scored_rules < f.rules_version limit $1
         ) p
         limit $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// Until the transaction ends, tables are read whole only where there is no other way. Many rare terms look
/// frequent together to the planner, which knows the frequencies of the most common alone.
pub async fn prefer_indexes(transaction: &mut PgConnection) -> Result<()> {
    sqlx::query("select set_config('enable_seqscan', 'off', true)").execute(transaction).await?;
    Ok(())
}

/// Whether a good part of all products has one of the terms, as a sample of them says: an index would be read
/// to its end to say how many they are. Never of a small catalog.
pub async fn are_frequent(connection: &mut PgConnection, terms: &[i32]) -> Result<bool> {
    // Of a sample of about 300 products at least 9, or 3 %, have one of the terms.
    let frequent = sqlx::query_scalar(
        "select case when size.products > 20000 then
             (select count(*) >= 9
              from product tablesample system (
                  (select 100 * 300 / greatest(reltuples, 300)
                   from pg_class where oid = 'product'::regclass))
              where terms && $1)
             else false end
         from (select reltuples as products from pg_class where oid = 'product'::regclass) size",
    )
    .persistent(false)
    .bind(terms)
    .fetch_one(connection)
    .await?;
    Ok(frequent)
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

/// Models above products that have one of the terms or are one of these: at most `limit`.
pub async fn find_parents(
    connection: &mut PgConnection,
    terms: &[i32],
    products: &[Uuid],
    limit: i64,
) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar(
        "with found as (
             select distinct parent_id as id from product
             where (terms && $1 or id = any($2)) and parent_id is not null limit $3
         )
         select id from found
         union
         select m.parent_id from found join product_model m using (id) where m.parent_id is not null
         limit $3",
    )
    .persistent(false)
    .bind(terms)
    .bind(products)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(ids)
}
