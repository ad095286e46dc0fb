use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, PgConnection, types::Json};

use super::SharedMedium;
use crate::management::{error::Result, fields::Labels, measurement_family::MeasurementFamily};

#[derive(FromRow)]
pub(super) struct ChannelRow {
    pub(super) category_tree: String,
    #[sqlx(json)]
    pub(super) conversion_units: HashMap<String, String>,
    pub(super) locales: Vec<String>,
    pub(super) currencies: Vec<String>,
}

pub(super) async fn find_channel(
    connection: &mut PgConnection,
    code: &str,
) -> Result<Option<ChannelRow>> {
    let channel = sqlx::query_as(
        "select category_tree, conversion_units,
                array(select locale from channel_locale where channel = code) as locales,
                array(select currency from channel_currency where channel = code) as currencies
         from channel where code = $1",
    )
    .bind(code)
    .fetch_optional(connection)
    .await?;
    Ok(channel)
}

/// Code of the attribute that holds the sku.
pub async fn find_main_identifier(connection: &mut PgConnection) -> Result<String> {
    let code = sqlx::query_scalar("select code from attribute where is_main_identifier")
        .fetch_optional(connection)
        .await?;
    Ok(code.unwrap_or_else(|| "sku".to_owned()))
}

/// Codes of association types, and whether they have quantities.
pub async fn find_association_types(connection: &mut PgConnection) -> Result<Vec<(String, bool)>> {
    let types = sqlx::query_as("select code, is_quantified from association_type order by code")
        .fetch_all(connection)
        .await?;
    Ok(types)
}

pub(super) async fn find_unknown_attributes(
    connection: &mut PgConnection,
    codes: &[String],
) -> Result<Vec<String>> {
    let unknown = sqlx::query_scalar(
        "select code from unnest($1::text[]) as given (code)
         where not exists (select from attribute a where a.code = given.code)",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(unknown)
}

pub(super) async fn find_inactive_locales(
    connection: &mut PgConnection,
    codes: &[String],
) -> Result<Vec<String>> {
    let inactive = sqlx::query_scalar(
        "select code from unnest($1::text[]) as given (code)
         where not exists (select from locale l where l.code = given.code and l.enabled)",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(inactive)
}

pub(super) async fn find_kinds(
    connection: &mut PgConnection,
    codes: &HashSet<&str>,
) -> Result<Vec<(String, String, Option<String>)>> {
    let kinds =
        sqlx::query_as("select code, type, metric_family from attribute where code = any($1)")
            .bind(codes.iter().copied().collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
    Ok(kinds)
}

pub(super) async fn find_measurements(
    connection: &mut PgConnection,
) -> Result<HashMap<String, MeasurementFamily>> {
    let families: Vec<MeasurementFamily> = sqlx::query_as(
        "select code, labels, standard_unit_code, units, version from measurement_family",
    )
    .fetch_all(connection)
    .await?;
    Ok(families.into_iter().map(|family| (family.code.clone(), family)).collect())
}

pub(super) async fn find_option_labels(
    connection: &mut PgConnection,
    options: HashSet<(String, String)>,
) -> Result<HashMap<(String, String), Labels>> {
    let (attributes, codes): (Vec<String>, Vec<String>) = options.into_iter().unzip();
    let rows: Vec<(String, String, Json<Labels>)> = sqlx::query_as(
        "select o.attribute, o.code, o.labels from attribute_option o
         join unnest($1::text[], $2::text[]) as given (attribute, code) using (attribute, code)",
    )
    .bind(attributes)
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(attribute, code, labels)| ((attribute, code), labels.0)).collect())
}

/// The main media of these assets, each named with the attribute of the product that leads to it.
pub(super) async fn find_shared_media(
    connection: &mut PgConnection,
    assets: HashSet<(String, String)>,
) -> Result<Vec<SharedMedium>> {
    let (attributes, codes): (Vec<String>, Vec<String>) = assets.into_iter().unzip();
    let media = sqlx::query_as(
        "select given.attribute as product_attribute, given.asset, m.code as attribute,
                e ->> 'scope' as scope, e ->> 'locale' as locale, e ->> 'data' as file
         from unnest($1::text[], $2::text[]) as given (attribute, asset)
         join attribute a on a.code = given.attribute
         join record_family f
           on f.kind = 'asset_family' and f.code = a.properties ->> 'reference_data_name'
         join record_attribute m
           on m.kind = f.kind and m.family = f.code and m.code = f.attribute_as_main_media
          and m.type = 'media_file'
         join record r on r.owner = m.owner and r.code = given.asset
         cross join jsonb_array_elements(r.values -> m.code) e
         order by given.attribute, given.asset, scope, locale",
    )
    .bind(attributes)
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(media)
}
