use sqlx::PgConnection;
use uuid::Uuid;

use super::Context;
use crate::management::{
    attribute::Attribute,
    error::{Refusal, Result},
    measurement_family::MeasurementFamily,
    search::Condition,
};

impl Context {
    /// Loads what the conditions name; refuses categories that do not exist.
    pub(super) async fn load(
        connection: &mut PgConnection,
        conditions: &[Condition],
    ) -> Result<Self> {
        let mut context = Self::default();
        if conditions.is_empty() {
            return Ok(context);
        }
        check_categories(connection, conditions).await?;
        let codes: Vec<&str> = conditions.iter().map(|c| c.property.as_str()).collect();
        let attributes: Vec<Attribute> = sqlx::query_as(
            "select code, type, attribute_group, sort_order, localizable, scopable, is_unique,
                    is_main_identifier, metric_family, available_locales, properties, labels, version,
                    '{}'::jsonb as group_labels
             from attribute where code = any($1)",
        )
        .bind(codes)
        .fetch_all(&mut *connection)
        .await?;
        let families: Vec<String> =
            attributes.iter().filter_map(|attribute| attribute.metric_family.clone()).collect();
        context.attributes =
            attributes.into_iter().map(|attribute| (attribute.code.clone(), attribute)).collect();
        let measurements: Vec<MeasurementFamily> = sqlx::query_as(
            "select code, labels, standard_unit_code, units, version
             from measurement_family where code = any($1)",
        )
        .bind(families)
        .fetch_all(&mut *connection)
        .await?;
        context.measurements =
            measurements.into_iter().map(|family| (family.code.clone(), family)).collect();
        context.load_places(connection).await?;
        Ok(context)
    }

    /// Loads channels and locales.
    pub(super) async fn load_places(&mut self, connection: &mut PgConnection) -> Result<()> {
        (self.channels, self.locales) = sqlx::query_as(
            "select array(select code from channel), array(select code from locale where enabled)",
        )
        .fetch_one(&mut *connection)
        .await?;
        self.places = sqlx::query_as("select channel, locale from channel_locale")
            .fetch_all(connection)
            .await?;
        Ok(())
    }
}

async fn check_categories(connection: &mut PgConnection, conditions: &[Condition]) -> Result<()> {
    let named: Vec<&str> = conditions
        .iter()
        .filter(|condition| condition.property == "categories")
        .flat_map(|condition| condition.value.as_array().into_iter().flatten())
        .filter_map(serde_json::Value::as_str)
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    let unknown: Option<String> = sqlx::query_scalar(
        "select code from unnest($1::text[]) as given (code)
         where not exists (select from category c where c.code = given.code) limit 1",
    )
    .bind(named)
    .fetch_optional(connection)
    .await?;
    match unknown {
        Some(code) => Err(Refusal::unprocessable(format!("Category \"{code}\" does not exist."))),
        None => Ok(()),
    }
}

/// These categories and all below them.
pub(super) async fn find_below(
    connection: &mut PgConnection,
    codes: &[String],
) -> Result<Vec<String>> {
    let below = sqlx::query_scalar(
        "with recursive below (code) as (
             select code from category where code = any($1)
             union
             select c.code from category c join below b on c.parent = b.code
         )
         select code from below",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(below)
}

/// Products in one of the categories, themselves or by a model above them: at most `limit`, some of them
/// perhaps twice.
pub(super) async fn find_products_in(
    connection: &mut PgConnection,
    categories: &[String],
    limit: i64,
) -> Result<Vec<Uuid>> {
    let products = sqlx::query_scalar(
        "select product_id from product_category where category = any($1)
         union all
         select p.id from product_model_category c join product p on p.parent_id = c.product_model_id
         where c.category = any($1)
         union all
         select p.id from product_model_category c
         join product_model m on m.parent_id = c.product_model_id
         join product p on p.parent_id = m.id
         where c.category = any($1)
         limit $2",
    )
    .persistent(false)
    .bind(categories)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(products)
}
