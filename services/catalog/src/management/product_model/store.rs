use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row, types::Json};
use uuid::Uuid;

use super::{ProductModel, read::FullModel};
use crate::management::{
    error::Result,
    filter::{Filter, Order},
    hal::PageRequest,
    terms,
};

/// A model as it is written.
#[derive(Debug)]
pub(super) struct ModelRow<'a> {
    pub(super) model: &'a ProductModel,
    pub(super) terms: Vec<i32>,
}

/// The models with these codes, locked in order of their ids.
pub(super) async fn find_for_update(
    connection: &mut PgConnection,
    codes: &[&str],
) -> Result<HashMap<String, ProductModel>> {
    let models: Vec<ProductModel> = sqlx::query_as(
        "select id, code, family_variant, parent_id, axis_values, values, associations, version,
                array(select category from product_model_category where product_model_id = id) as categories
         from product_model where code = any($1)
         order by id for update",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(models.into_iter().map(|model| (model.code.clone(), model)).collect())
}

/// The model with this code, and the code of the one above it.
pub(super) async fn find_with_parent(
    connection: &mut PgConnection,
    code: &str,
) -> Result<Option<(ProductModel, Option<String>)>> {
    let row = sqlx::query(
        "select m.id, m.code, m.family_variant, m.parent_id, m.axis_values, m.values,
                m.associations, m.version, r.code as parent,
                array(select category from product_model_category
                      where product_model_id = m.id) as categories
         from product_model m left join product_model r on r.id = m.parent_id
         where m.code = $1",
    )
    .bind(code)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((ProductModel::from_row(&row)?, row.try_get("parent")?)))
}

/// Models below these parents with these axes.
pub(super) async fn find_siblings(
    connection: &mut PgConnection,
    submodels: &[(Uuid, Value)],
) -> Result<HashMap<(Uuid, String), Uuid>> {
    let (parents, axes): (Vec<Uuid>, Vec<Value>) = submodels.iter().cloned().unzip();
    let rows: Vec<(Uuid, Value, Uuid)> = sqlx::query_as(
        "select m.parent_id, m.axis_values, m.id from product_model m
         join unnest($1::uuid[], $2::jsonb[]) as given (parent_id, axis_values)
           on m.parent_id = given.parent_id and m.axis_values = given.axis_values",
    )
    .bind(parents)
    .bind(axes)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(parent, axes, id)| ((parent, axes.to_string()), id)).collect())
}

/// Inserts models, without their categories.
pub(super) async fn insert(connection: &mut PgConnection, rows: &[ModelRow<'_>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "insert into product_model
             (id, code, family_variant, parent_id, axis_values, values, associations,
              terms, version, terms_version, scored_version)
         select id, code, family_variant, parent_id, axis_values, values, associations,
                terms::integer[], version, version, version
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::jsonb[],
                     $6::jsonb[], $7::jsonb[], $8::text[], $9::bigint[])
              as n (id, code, family_variant, parent_id, axis_values, values, associations, terms, version)",
    );
    let versions: Vec<i64> = rows.iter().map(|row| row.model.version + 1).collect();
    bind(query, rows).bind(versions).execute(connection).await?;
    Ok(())
}

/// Writes changed models, without their categories.
pub(super) async fn update(connection: &mut PgConnection, rows: &[ModelRow<'_>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "update product_model m
         set axis_values = n.axis_values, values = n.values, associations = n.associations,
             terms = n.terms::integer[], version = m.version + 1, terms_version = m.version + 1,
             scored_version = m.scored_version + (m.values = n.values)::integer, updated_at = now()
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::jsonb[], $6::jsonb[],
                     $7::jsonb[], $8::text[])
              as n (id, code, family_variant, parent_id, axis_values, values, associations, terms)
         where m.id = n.id",
    );
    bind(query, rows).execute(connection).await?;
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

fn bind<'q>(query: Query<'q>, rows: &'q [ModelRow<'_>]) -> Query<'q> {
    let models = || rows.iter().map(|row| row.model);
    query
        .bind(models().map(|m| m.id).collect::<Vec<_>>())
        .bind(models().map(|m| &m.code).collect::<Vec<_>>())
        .bind(models().map(|m| &m.family_variant).collect::<Vec<_>>())
        .bind(models().map(|m| m.parent_id).collect::<Vec<_>>())
        .bind(models().map(|m| &m.axis_values).collect::<Vec<_>>())
        .bind(models().map(|m| Json(&m.values)).collect::<Vec<_>>())
        .bind(models().map(|m| Json(&m.associations)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| terms::literal(&row.terms)).collect::<Vec<_>>())
}

/// Writes the categories of these models anew.
pub(super) async fn replace_categories(
    connection: &mut PgConnection,
    models: &[&ProductModel],
) -> Result<()> {
    if models.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from product_model_category where product_model_id = any($1)")
        .bind(models.iter().map(|model| model.id).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    let (ids, codes): (Vec<Uuid>, Vec<&String>) = models
        .iter()
        .flat_map(|model| model.categories.0.iter().map(|code| (model.id, code)))
        .unzip();
    sqlx::query(
        "insert into product_model_category (product_model_id, category)
         select * from unnest($1::uuid[], $2::text[])",
    )
    .bind(ids)
    .bind(codes)
    .execute(connection)
    .await?;
    Ok(())
}

/// What is read of a model with what it inherits; `m` is the model above. The joins are those of
/// products, so that filters fit both.
const FULL: &str = "select p.id, p.code, p.family_variant, v.family, m.code as parent,
        coalesce(m.values, '{}') || p.values as values,
        array(select category from product_model_category where product_model_id in (p.id, m.id)
              group by category order by category) as categories,
        p.associations, coalesce(m.associations, '{}') as inherited_associations,
        p.created_at, p.updated_at, p.version";
const FROM: &str = " from product_model p
     join family_variant v on v.code = p.family_variant
     left join product_model m on m.id = p.parent_id
     left join product_model r on r.id = m.parent_id
     where true";

/// The model with this code.
pub(super) async fn find_full(
    connection: &mut PgConnection,
    code: &str,
) -> Result<Option<FullModel>> {
    let mut query = QueryBuilder::<Postgres>::new(FULL);
    query.push(FROM).push(" and p.code = ").push_bind(code);
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// One page of the list, each with what it is sorted by.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    filter: &Filter,
    order: &Order,
    page: &PageRequest,
) -> Result<Vec<(FullModel, Option<String>)>> {
    let mut query = order.page_of((FULL, FROM), filter, page);
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((FullModel::from_row(row)?, row.try_get("sort_value")?))).collect()
}

/// How many models the filter leaves.
pub(super) async fn count(connection: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*)");
    query.push(FROM);
    filter.push(&mut query);
    Ok(query.build_query_scalar().persistent(false).fetch_one(connection).await?)
}

/// How many models the filter leaves that were made until this moment.
pub(super) async fn count_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*)");
    query.push(FROM).push(" and p.created_at <= ").push_bind(until);
    filter.push(&mut query);
    Ok(query.build_query_scalar().persistent(false).fetch_one(connection).await?)
}

/// The same models: ids and codes of the next after this id, in order of ids.
pub(super) async fn find_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Option<String>)>> {
    let mut query = QueryBuilder::<Postgres>::new("select p.id, p.code");
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    Ok(query.build_query_as().persistent(false).fetch_all(connection).await?)
}

/// The same models with what they inherit.
pub(super) async fn find_full_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FullModel>> {
    let mut query = QueryBuilder::<Postgres>::new(FULL);
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    Ok(query.build_query_as().persistent(false).fetch_all(connection).await?)
}

/// The same models: the last of the next after this id, and the attributes that they have values of.
pub(super) async fn find_attributes(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(Option<Uuid>, Vec<String>)> {
    let mut query = QueryBuilder::<Postgres>::new(
        "with page as materialized (
             select p.id, coalesce(m.values, '{}') || p.values as values",
    );
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    query.push(
        ") select (select id from page order by id desc limit 1),
                  array(select distinct code from page, jsonb_object_keys(page.values) code)",
    );
    Ok(query.build_query_as().persistent(false).fetch_one(connection).await?)
}

/// Models and products below the model, at most five of each.
pub(super) async fn find_children(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Vec<(String, String)>> {
    let children = sqlx::query_as(
        "(select 'product model', code from product_model where parent_id = $1 order by code limit 5)
         union all
         (select 'product', coalesce(identifier, id::text) from product where parent_id = $1
          order by id limit 5)",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    Ok(children)
}

/// Deletes a model without children; answers its page's root.
pub(super) async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<Option<Uuid>> {
    let root = sqlx::query_scalar(
        "delete from product_model where id = $1 returning coalesce(parent_id, id)",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    Ok(root)
}

/// Identifiers of those of the products that exist and have one.
pub(super) async fn find_identifiers(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select id, identifier from product where id = any($1) and identifier is not null",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Whether there is a model with this code.
pub(super) async fn exists(connection: &mut PgConnection, code: &str) -> Result<bool> {
    let exists = sqlx::query_scalar("select exists (select from product_model where code = $1)")
        .bind(code)
        .fetch_one(connection)
        .await?;
    Ok(exists)
}
