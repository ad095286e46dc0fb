use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row, types::Json};
use uuid::Uuid;

use super::{Product, read::FullProduct};
use crate::management::{
    associations::Naming,
    error::Result,
    filter::{Filter, Order},
    hal::PageRequest,
    terms::ProductTerms,
};

/// A value that one product has.
#[derive(Debug, Clone)]
pub(super) struct UniqueValue {
    pub(super) attribute: String,
    pub(super) value: String,
    pub(super) product_id: Uuid,
}

/// A product as it is written.
#[derive(Debug)]
pub(super) struct ProductRow<'a> {
    pub(super) product: &'a Product,
    pub(super) terms: ProductTerms,
}

/// The products with these keys, locked in order of their ids.
pub(super) async fn find_for_update(
    connection: &mut PgConnection,
    naming: Naming,
    keys: &[&str],
) -> Result<HashMap<String, Product>> {
    let ids: BTreeMap<Uuid, &str> = match naming {
        Naming::Uuid => {
            keys.iter().filter_map(|key| Some((Uuid::parse_str(key).ok()?, *key))).collect()
        }
        Naming::Identifier => BTreeMap::new(),
    };
    let identifiers: &[&str] = if naming == Naming::Identifier { keys } else { &[] };
    let products: Vec<Product> = sqlx::query_as(
        "select id, identifier, enabled, family, parent_id, axis_values, values, associations, version,
                array(select category from product_category where product_id = id) as categories,
                array(select group_code from product_in_group where product_id = id) as groups
         from product where id = any($1) or identifier = any($2)
         order by id for update",
    )
    .bind(ids.keys().copied().collect::<Vec<_>>())
    .bind(identifiers)
    .fetch_all(connection)
    .await?;
    let key = |product: &Product| match naming {
        Naming::Uuid => ids.get(&product.id).map(|key| (*key).to_owned()),
        Naming::Identifier => product.identifier.clone(),
    };
    Ok(products.into_iter().filter_map(|product| Some((key(&product)?, product))).collect())
}

/// The product with this id, and the code of its parent.
pub(super) async fn find_with_parent(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Option<(Product, Option<String>)>> {
    let row = sqlx::query(
        "select p.id, identifier, enabled, family, p.parent_id, p.axis_values, p.values,
                p.associations, p.version, m.code as parent,
                array(select category from product_category where product_id = p.id) as categories,
                array(select group_code from product_in_group where product_id = p.id) as groups
         from product p left join product_model m on m.id = p.parent_id
         where p.id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((Product::from_row(&row)?, row.try_get("parent")?)))
}

/// Locks the product, if there is one, until the transaction ends.
pub(super) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query("select from product where id = $1 for update")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Who has these identifiers.
pub(super) async fn find_ids(
    connection: &mut PgConnection,
    identifiers: &[String],
) -> Result<HashMap<String, Uuid>> {
    if identifiers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, Uuid)> =
        sqlx::query_as("select identifier, id from product where identifier = any($1)")
            .bind(identifiers)
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Who has these unique values.
pub(super) async fn find_holders(
    connection: &mut PgConnection,
    values: &[UniqueValue],
) -> Result<HashMap<(String, String), Uuid>> {
    let rows = sqlx::query(
        "select u.attribute, u.value, u.product_id from product_unique_value u
         join unnest($1::text[], $2::text[]) as given (attribute, value) using (attribute, value)",
    )
    .bind(values.iter().map(|unique| &unique.attribute).collect::<Vec<_>>())
    .bind(values.iter().map(|unique| &unique.value).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?))).collect()
}

/// Products below these parents with these axes.
pub(super) async fn find_siblings(
    connection: &mut PgConnection,
    variants: &[(Uuid, &Value)],
) -> Result<HashMap<(Uuid, String), Uuid>> {
    let rows: Vec<(Uuid, Value, Uuid)> = sqlx::query_as(
        "select p.parent_id, p.axis_values, p.id from product p
         join unnest($1::uuid[], $2::jsonb[]) as given (parent_id, axis_values)
           on p.parent_id = given.parent_id and p.axis_values = given.axis_values",
    )
    .bind(variants.iter().map(|(parent, _)| *parent).collect::<Vec<_>>())
    .bind(variants.iter().map(|(_, axes)| (*axes).clone()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(parent, axes, id)| ((parent, axes.to_string()), id)).collect())
}

/// Lets the transaction write many products at once: the index of terms takes in the entries of thousands
/// together, and the fewer pieces it has to do that in, the better.
pub(super) async fn allow_memory(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("set local work_mem = '64MB'").execute(connection).await?;
    Ok(())
}

/// Inserts products, without their categories.
pub(super) async fn insert(connection: &mut PgConnection, rows: &[ProductRow<'_>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "insert into product
             (id, identifier, enabled, family, parent_id, axis_values, values, associations,
              terms, scored_rules, version, terms_version, scored_version)
         select id, identifier, enabled, family, parent_id, axis_values, values, associations,
                ($9::integer[])[first_term:last_term], scored_rules, version, version, version
         from unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::uuid[],
                     $6::jsonb[], $7::jsonb[], $8::jsonb[], $10::integer[], $11::integer[],
                     $12::bigint[], $13::bigint[])
              as n (id, identifier, enabled, family, parent_id, axis_values, values, associations,
                    first_term, last_term, scored_rules, version)",
    );
    let versions: Vec<i64> = rows.iter().map(|row| row.product.version + 1).collect();
    bind(query, rows).bind(versions).execute(connection).await?;
    Ok(())
}

/// Writes changed products, without their categories.
pub(super) async fn update(connection: &mut PgConnection, rows: &[ProductRow<'_>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(
        "update product p
         set identifier = n.identifier, enabled = n.enabled, family = n.family,
             parent_id = n.parent_id, axis_values = n.axis_values, values = n.values,
             associations = n.associations, terms = ($9::integer[])[first_term:last_term],
             scored_rules = n.scored_rules, version = p.version + 1, terms_version = p.version + 1,
             scored_version = p.version + 1, updated_at = now()
         from unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::uuid[],
                     $6::jsonb[], $7::jsonb[], $8::jsonb[], $10::integer[], $11::integer[],
                     $12::bigint[])
              as n (id, identifier, enabled, family, parent_id, axis_values, values, associations,
                    first_term, last_term, scored_rules)
         where p.id = n.id",
    );
    bind(query, rows).execute(connection).await?;
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn bind<'q>(query: Query<'q>, rows: &'q [ProductRow<'_>]) -> Query<'q> {
    let products = || rows.iter().map(|row| row.product);
    // An array of arrays of different lengths does not exist: all in one, and from where to where.
    let (mut terms, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let count = |terms: &Vec<i32>| i32::try_from(terms.len()).expect("a batch has a hundred lines");
    for row in rows {
        first.push(count(&terms) + 1);
        terms.extend_from_slice(&row.terms.terms);
        last.push(count(&terms));
    }
    query
        .bind(products().map(|p| p.id).collect::<Vec<_>>())
        .bind(products().map(|p| &p.identifier).collect::<Vec<_>>())
        .bind(products().map(|p| p.enabled).collect::<Vec<_>>())
        .bind(products().map(|p| &p.family).collect::<Vec<_>>())
        .bind(products().map(|p| p.parent_id).collect::<Vec<_>>())
        .bind(products().map(|p| &p.axis_values).collect::<Vec<_>>())
        .bind(products().map(|p| Json(&p.values)).collect::<Vec<_>>())
        .bind(products().map(|p| Json(&p.associations)).collect::<Vec<_>>())
        .bind(terms)
        .bind(first)
        .bind(last)
        .bind(rows.iter().map(|row| row.terms.rules_version).collect::<Vec<_>>())
}

/// Writes the categories of these products anew.
pub(super) async fn replace_categories(
    connection: &mut PgConnection,
    products: &[&Product],
) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from product_category where product_id = any($1)")
        .bind(products.iter().map(|product| product.id).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    let (ids, codes): (Vec<Uuid>, Vec<&String>) = products
        .iter()
        .flat_map(|product| product.categories.0.iter().map(|code| (product.id, code)))
        .unzip();
    sqlx::query(
        "insert into product_category (product_id, category)
         select * from unnest($1::uuid[], $2::text[])",
    )
    .bind(ids)
    .bind(codes)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the groups of these products anew.
pub(super) async fn replace_groups(
    connection: &mut PgConnection,
    products: &[&Product],
) -> Result<()> {
    if products.is_empty() {
        return Ok(());
    }
    sqlx::query("delete from product_in_group where product_id = any($1)")
        .bind(products.iter().map(|product| product.id).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    let (ids, codes): (Vec<Uuid>, Vec<&String>) = products
        .iter()
        .flat_map(|product| product.groups.0.iter().map(|code| (product.id, code)))
        .unzip();
    sqlx::query(
        "insert into product_in_group (product_id, group_code)
         select * from unnest($1::uuid[], $2::text[])",
    )
    .bind(ids)
    .bind(codes)
    .execute(connection)
    .await?;
    Ok(())
}

/// Frees the touched unique values and takes the new ones.
pub(super) async fn replace_unique_values(
    connection: &mut PgConnection,
    touched: &[(Uuid, &String)],
    values: &[UniqueValue],
) -> Result<()> {
    if !touched.is_empty() {
        let (ids, attributes): (Vec<Uuid>, Vec<&String>) = touched.iter().copied().unzip();
        sqlx::query(
            "delete from product_unique_value u
             using unnest($1::uuid[], $2::text[]) as gone (product_id, attribute)
             where u.product_id = gone.product_id and u.attribute = gone.attribute",
        )
        .bind(ids)
        .bind(attributes)
        .execute(&mut *connection)
        .await?;
    }
    if values.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into product_unique_value (attribute, value, product_id)
         select * from unnest($1::text[], $2::text[], $3::uuid[])",
    )
    .bind(values.iter().map(|unique| &unique.attribute).collect::<Vec<_>>())
    .bind(values.iter().map(|unique| &unique.value).collect::<Vec<_>>())
    .bind(values.iter().map(|unique| unique.product_id).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Identifiers of those of the products that exist.
pub(super) async fn find_names(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Option<String>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<String>)> =
        sqlx::query_as("select id, identifier from product where id = any($1)")
            .bind(ids)
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}

/// What is read of a product with what it inherits; `m` is the model above, `r` the one above that.
const FULL: &str = "select p.id, p.identifier, p.enabled, p.family, m.code as parent, r.code as root_parent,
        coalesce(r.values, '{}') || coalesce(m.values, '{}') || p.values as values,
        array(select category from product_category where product_id = p.id
              union
              select category from product_model_category where product_model_id in (m.id, r.id)
              order by 1) as categories,
        array(select group_code from product_in_group where product_id = p.id order by 1) as groups,
        p.associations,
        jsonb_build_array(coalesce(m.associations, '{}'), coalesce(r.associations, '{}')) as inherited_associations,
        p.created_at, p.updated_at, p.version";
const FROM: &str = " from product p
     left join product_model m on m.id = p.parent_id
     left join product_model r on r.id = m.parent_id
     where true";

/// The product with this key.
pub(super) async fn find_full(
    connection: &mut PgConnection,
    naming: Naming,
    key: &str,
) -> Result<Option<FullProduct>> {
    let mut query = QueryBuilder::<Postgres>::new(FULL);
    query.push(FROM);
    match (naming, Uuid::parse_str(key)) {
        (Naming::Uuid, Ok(id)) => query.push(" and p.id = ").push_bind(id),
        (Naming::Uuid, Err(_)) => return Ok(None),
        (Naming::Identifier, _) => query.push(" and p.identifier = ").push_bind(key),
    };
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

/// One page of the list, each with what it is sorted by.
pub(super) async fn find_page(
    connection: &mut PgConnection,
    filter: &Filter,
    order: &Order,
    page: &PageRequest,
) -> Result<Vec<(FullProduct, Option<String>)>> {
    let mut query = order.page_of((FULL, FROM), filter, page);
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((FullProduct::from_row(row)?, row.try_get("sort_value")?))).collect()
}

/// How many products the filter leaves.
pub(super) async fn count(connection: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*)");
    query.push(FROM);
    filter.push(&mut query);
    Ok(query.build_query_scalar().persistent(false).fetch_one(connection).await?)
}

/// How many products the filter leaves that were made until this moment.
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

/// The same products: ids and skus of the next after this id.
pub(super) async fn find_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Option<String>)>> {
    let mut query = QueryBuilder::<Postgres>::new("select p.id, p.identifier");
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    Ok(query.build_query_as().persistent(false).fetch_all(connection).await?)
}

/// The same products with what they inherit.
pub(super) async fn find_full_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FullProduct>> {
    let mut query = QueryBuilder::<Postgres>::new(FULL);
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    Ok(query.build_query_as().persistent(false).fetch_all(connection).await?)
}

/// The same products: the last of the next after this id, and the attributes that they have values of.
pub(super) async fn find_attributes(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(Option<Uuid>, Vec<String>)> {
    let mut query = QueryBuilder::<Postgres>::new(
        "with page as materialized (
             select p.id, coalesce(r.values, '{}') || coalesce(m.values, '{}') || p.values as values",
    );
    query.push(FROM);
    filter.push_next(&mut query, until, after, limit);
    query.push(
        ") select (select id from page order by id desc limit 1),
                  array(select distinct code from page, jsonb_object_keys(page.values) code)",
    );
    Ok(query.build_query_as().persistent(false).fetch_one(connection).await?)
}

/// Deletes a product; answers its page's root if there was one to delete.
pub(super) async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<Option<Uuid>> {
    let root = sqlx::query_scalar(
        "delete from product p where p.id = $1
         returning coalesce(
             (select coalesce(m.parent_id, m.id) from product_model m where m.id = p.parent_id), p.id)",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    Ok(root)
}

/// Whether there is a product with this key.
pub(super) async fn exists(
    connection: &mut PgConnection,
    naming: Naming,
    key: &str,
) -> Result<bool> {
    let id = if naming == Naming::Uuid { Uuid::parse_str(key).ok() } else { None };
    let identifier = (naming == Naming::Identifier).then_some(key);
    let exists =
        sqlx::query_scalar("select exists (select from product where id = $1 or identifier = $2)")
            .bind(id)
            .bind(identifier)
            .fetch_one(connection)
            .await?;
    Ok(exists)
}
