//! Reads the structure whole, one statement per table.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{
    Attribute, AttributeOption, Categories, Channel, Family, FamilyVariant, Kind, Labels, Locale,
    Rule, Structure, Subject, Unit, Wording,
    rule::Condition,
    wording::{StopWords, Synonym},
};

/// The version of the structure, and the catalog it belongs to.
pub(in crate::delivery) async fn version(
    executor: impl PgExecutor<'_>,
) -> sqlx::Result<(i64, Uuid)> {
    sqlx::query_as("select structure_version, catalog_id from projection_state")
        .fetch_one(executor)
        .await
}

/// Reads everything. The version is read first: what changes meanwhile is read again.
pub(in crate::delivery) async fn read(connection: &mut PgConnection) -> sqlx::Result<Structure> {
    let (version, catalog_id) = version(&mut *connection).await?;
    Ok(Structure {
        version,
        catalog_id,
        attributes: attributes(connection).await?,
        categories: categories(connection).await?,
        channels: channels(connection).await?.into_iter().map(|c| (c.code.clone(), c)).collect(),
        families: families(connection).await?,
        family_variants: family_variants(connection).await?,
        units: units(connection).await?,
        association_types: association_types(connection).await?.into_iter().collect(),
        rules: rules(connection).await?,
    })
}

#[derive(sqlx::FromRow)]
struct AttributeRow {
    code: String,
    r#type: String,
    attribute_group: String,
    group_labels: Value,
    group_order: i32,
    sort_order: i32,
    metric_family: Option<String>,
    is_unique: bool,
    available_locales: Vec<String>,
    properties: Value,
    labels: Value,
}

async fn attributes(connection: &mut PgConnection) -> sqlx::Result<HashMap<String, Attribute>> {
    let rows: Vec<AttributeRow> = sqlx::query_as(
        "select attribute.code, type, attribute_group, attribute_group.labels as group_labels,
                attribute_group.sort_order as group_order, attribute.sort_order, metric_family,
                is_unique, available_locales, properties, attribute.labels
         from attribute join attribute_group on attribute_group.code = attribute_group",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut attributes: HashMap<_, _> =
        rows.into_iter().map(|row| (row.code.clone(), row.into_attribute())).collect();
    let options: Vec<(String, String, i32, Value)> =
        sqlx::query_as("select attribute, code, sort_order, labels from attribute_option")
            .fetch_all(connection)
            .await?;
    for (attribute, code, sort_order, labels_json) in options {
        if let Some(attribute) = attributes.get_mut(&attribute) {
            let option = AttributeOption { sort_order, labels: labels(&labels_json) };
            attribute.options.insert(code, option);
        }
    }
    Ok(attributes)
}

impl AttributeRow {
    fn into_attribute(self) -> Attribute {
        Attribute {
            kind: Kind::from_type(&self.r#type),
            group: self.attribute_group,
            group_labels: labels(&self.group_labels),
            order: (self.group_order, self.sort_order),
            metric_family: self.metric_family,
            is_unique: self.is_unique,
            available_locales: self.available_locales,
            is_filter: self.properties["useable_as_grid_filter"].as_bool().unwrap_or(false),
            labels: labels(&self.labels),
            options: HashMap::new(),
        }
    }
}

async fn categories(connection: &mut PgConnection) -> sqlx::Result<Categories> {
    let rows: Vec<(String, Option<String>, Value)> =
        sqlx::query_as("select code, parent, labels from category order by position, code")
            .fetch_all(connection)
            .await?;
    let rows = rows.into_iter().map(|(code, parent, json)| (code, parent, labels(&json)));
    Ok(Categories::from_rows(rows.collect()))
}

#[derive(sqlx::FromRow)]
struct ChannelRow {
    code: String,
    category_tree: String,
    conversion_units: Value,
    /// Those of its locales that have a fallback, with it.
    #[sqlx(json)]
    fallbacks: HashMap<String, String>,
    locales: Vec<String>,
    currencies: Vec<String>,
}

async fn channels(connection: &mut PgConnection) -> sqlx::Result<Vec<Channel>> {
    let rows: Vec<ChannelRow> = sqlx::query_as(
        "select code, category_tree, conversion_units,
                array(select locale from channel_locale where channel = code order by locale)
                    as locales,
                (select coalesce(jsonb_object_agg(locale, fallback), '{}')
                 from channel_locale where channel = code and fallback is not null) as fallbacks,
                array(select currency from channel_currency where channel = code order by currency)
                    as currencies
         from channel",
    )
    .fetch_all(&mut *connection)
    .await?;
    let codes = rows.iter().flat_map(|row| row.locales.clone()).collect();
    let wordings = wordings(connection, codes).await?;
    let channels = rows.into_iter().map(|row| Channel {
        code: row.code,
        tree: row.category_tree,
        locales: locales(row.locales, &row.fallbacks, &wordings),
        currencies: row.currencies,
        conversion_units: object(row.conversion_units),
    });
    Ok(channels.collect())
}

async fn wordings(
    connection: &mut PgConnection,
    codes: BTreeSet<String>,
) -> sqlx::Result<HashMap<String, Arc<Wording>>> {
    let synonyms: Vec<Synonym> =
        sqlx::query_as("select locales, input, words from synonym order by code")
            .fetch_all(&mut *connection)
            .await?;
    let stop_words: Vec<StopWords> =
        sqlx::query_as("select locales, words from stop_word_set").fetch_all(connection).await?;
    let of = |code: String| {
        let wording = Wording::of(&code, &synonyms, &stop_words);
        (code, Arc::new(wording))
    };
    Ok(codes.into_iter().map(of).collect())
}

/// Follows the fallback of each locale; a chain that leads back ends there.
fn locales(
    codes: Vec<String>,
    fallbacks: &HashMap<String, String>,
    wordings: &HashMap<String, Arc<Wording>>,
) -> Vec<Locale> {
    let with_chain = |code: String| {
        let mut chain: Vec<String> = Vec::new();
        let mut next = fallbacks.get(&code);
        while let Some(fallback) = next.filter(|next| **next != code && !chain.contains(next)) {
            chain.push(fallback.clone());
            next = fallbacks.get(fallback);
        }
        let wording = wordings.get(&code).cloned().unwrap_or_default();
        Locale { code, fallbacks: chain, wording }
    };
    codes.into_iter().map(with_chain).collect()
}

async fn families(connection: &mut PgConnection) -> sqlx::Result<HashMap<String, Family>> {
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select code, attribute_as_label, attribute_as_image from family")
            .fetch_all(&mut *connection)
            .await?;
    let mut families: HashMap<String, Family> = rows
        .into_iter()
        .map(|(code, label_attribute, image_attribute)| {
            let requirements = HashMap::new();
            (code, Family { label_attribute, image_attribute, requirements })
        })
        .collect();
    let requirements: Vec<(String, String, String)> =
        sqlx::query_as("select family, channel, attribute from family_requirement")
            .fetch_all(connection)
            .await?;
    for (family, channel, attribute) in requirements {
        if let Some(family) = families.get_mut(&family) {
            family.requirements.entry(channel).or_default().push(attribute);
        }
    }
    Ok(families)
}

async fn family_variants(
    connection: &mut PgConnection,
) -> sqlx::Result<HashMap<String, FamilyVariant>> {
    let rows: Vec<(String, String, Vec<String>)> = sqlx::query_as(
        "select code, family,
                array(select axis
                      from family_variant_level, unnest(axes) with ordinality as listed (axis, place)
                      where family_variant = code order by level, place)
         from family_variant",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(code, family, axes)| (code, FamilyVariant { family, axes }))
        .collect())
}

async fn units(
    connection: &mut PgConnection,
) -> sqlx::Result<HashMap<String, HashMap<String, Unit>>> {
    let rows: Vec<(String, Value)> =
        sqlx::query_as("select code, units from measurement_family").fetch_all(connection).await?;
    let units = |json: Value| {
        object(json).iter().map(|(code, unit)| (code.clone(), Unit::from_json(unit))).collect()
    };
    Ok(rows.into_iter().map(|(code, json)| (code, units(json))).collect())
}

async fn association_types(connection: &mut PgConnection) -> sqlx::Result<Vec<(String, Labels)>> {
    let rows: Vec<(String, Value)> =
        sqlx::query_as("select code, labels from association_type").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(code, json)| (code, labels(&json))).collect())
}

#[derive(sqlx::FromRow)]
struct RuleRow {
    channels: Vec<String>,
    locales: Vec<String>,
    query: Option<String>,
    is_part: bool,
    category: Option<String>,
    starts_at: Option<chrono::DateTime<chrono::Utc>>,
    ends_at: Option<chrono::DateTime<chrono::Utc>>,
    pin: Vec<String>,
    #[sqlx(json)]
    boost: Vec<Subject>,
    #[sqlx(json)]
    bury: Vec<Subject>,
    redirect: Option<String>,
}

async fn rules(connection: &mut PgConnection) -> sqlx::Result<Vec<Rule>> {
    let rows: Vec<RuleRow> = sqlx::query_as(
        "select channels, locales, query, match = 'contains' as is_part, category, starts_at,
                ends_at, pin, boost, bury, redirect
         from search_rule where enabled order by code collate \"C\"",
    )
    .fetch_all(connection)
    .await?;
    let rules = rows.into_iter().map(|row| Rule {
        channels: row.channels,
        locales: row.locales,
        condition: Condition::new(row.query.as_deref(), row.is_part, row.category),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        pin: row.pin,
        boost: row.boost,
        bury: row.bury,
        redirect: row.redirect,
    });
    Ok(rules.collect())
}

fn object(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Labels as the management API keeps them.
pub(super) fn labels(json: &Value) -> Labels {
    let entries = json.as_object().into_iter().flatten();
    entries.filter_map(|(locale, text)| Some((locale.clone(), text.as_str()?.to_owned()))).collect()
}
