use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};

use super::{Category, values};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    media_file::{self, MediaFile},
    projection,
    report::Report,
    resource::{Kept, Resource, store::find_unknown_locales},
    search::Condition,
};

impl Kept for Category {
    const NOUN: &'static str = "Category";
    const TABLE: &'static str = "category";
    const COLUMNS: &'static str =
        "t.code, t.parent, t.position, t.labels, t.values, t.version, t.updated_at";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["categories"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn search(query: &mut QueryBuilder<Postgres>, condition: &Condition) -> Result<bool> {
        match (condition.property.as_str(), condition.operator.as_str()) {
            ("parent", "=") => {
                query.push(" and t.parent = ").push_bind(condition.text()?.to_owned())
            }
            ("is_root", "=") => {
                query.push(" and (t.parent is null) = ").push_bind(condition.boolean()?)
            }
            _ => return Ok(false),
        };
        Ok(true)
    }
}

impl Resource for Category {
    const PARENT: Option<&'static str> = Some("parent");
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("category", "select code from category where parent = $1"),
        ("channel", "select code from channel where category_tree = $1"),
        ("search rule", "select code from search_rule where category = $1"),
        (
            "feed",
            "select code from feed
             where google_product_categories ? $1 or $1 = any(excluded_categories)",
        ),
        (
            "product",
            "select coalesce(p.identifier, p.id::text) from product p
             join product_category c on c.product_id = p.id where c.category = $1",
        ),
        (
            "product model",
            "select m.code from product_model m
             join product_model_category c on c.product_model_id = m.id where c.category = $1",
        ),
    ];

    fn new(_: &str, code: &str) -> Self {
        Self::new(code)
    }

    fn clear_later_values(body: &mut Map<String, Value>, present: &Map<String, Value>) {
        values::clear_later(body, present);
    }

    fn labels(&self) -> Option<&Labels> {
        Some(&self.labels)
    }

    fn apply(&mut self, fields: &mut Fields<'_>) {
        self.take_over(fields);
    }

    async fn check(
        &mut self,
        before: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        if before.map(|before| &before.values) != Some(&self.values) {
            check_values(&mut self.values, report, connection).await?;
        }
        let Some(parent) = &self.parent else { return Ok(()) };
        if before.is_some_and(|before| before.parent == self.parent) {
            return Ok(());
        }
        if before.is_some() {
            for channel in find_channels_of_tree(connection, &self.code).await? {
                report.rule(
                    "parent",
                    format!(
                        "The category is the tree of the channel \"{channel}\" and cannot be moved."
                    ),
                );
            }
        }
        let ancestors = find_with_ancestors(connection, parent).await?;
        if ancestors.is_empty() {
            report.format(
                "parent",
                format!("Property \"parent\" expects a valid category code. The category does not exist, \"{parent}\" given."),
            );
        } else if ancestors.contains(&self.code) {
            report.rule("parent", "A category cannot be moved below itself.");
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into category (code, parent, position, labels, values) values ($1, $2, $3, $4, $5)
             on conflict (code) do update
             set parent = excluded.parent, position = excluded.position, labels = excluded.labels,
                 values = excluded.values, version = category.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.parent)
        .bind(self.position)
        .bind(Json(&self.labels))
        .bind(Json(&self.values))
        .execute(&mut *connection)
        .await?;
        if before.is_some() {
            projection::enqueue_of_category_tree(connection, &self.code).await?;
        }
        Ok(())
    }
}

async fn check_values(
    values: &mut values::CategoryValues,
    report: &mut Report,
    connection: &mut PgConnection,
) -> Result<()> {
    let locales: Vec<&str> = values.values().filter_map(|value| value.locale.as_deref()).collect();
    for locale in find_unknown_locales(connection, &locales).await? {
        report.rule("values", format!("The locale \"{locale}\" does not exist."));
    }
    let channels: Vec<&str> =
        values.values().filter_map(|value| value.channel.as_deref()).collect();
    for channel in find_unknown_channels(connection, &channels).await? {
        report.rule("values", format!("The channel \"{channel}\" does not exist."));
    }
    let paths: Vec<&str> = values.values().filter_map(values::CategoryValue::path).collect();
    let files = find_files(connection, &paths).await?;
    values::check(values, &files, report);
    Ok(())
}

async fn find_unknown_channels(
    connection: &mut PgConnection,
    codes: &[&str],
) -> Result<Vec<String>> {
    let unknown = sqlx::query_scalar(
        "select distinct code from unnest($1::text[]) as given (code)
         where not exists (select from channel c where c.code = given.code)",
    )
    .bind(codes)
    .fetch_all(connection)
    .await?;
    Ok(unknown)
}

async fn find_files(
    connection: &mut PgConnection,
    codes: &[&str],
) -> Result<BTreeMap<String, MediaFile>> {
    let files = media_file::find_all(connection, codes).await?;
    Ok(files.into_iter().map(|file| (file.code.clone(), file)).collect())
}

/// Channels whose tree this category is the root of.
async fn find_channels_of_tree(connection: &mut PgConnection, root: &str) -> Result<Vec<String>> {
    let channels =
        sqlx::query_scalar("select code from channel where category_tree = $1 order by code")
            .bind(root)
            .fetch_all(connection)
            .await?;
    Ok(channels)
}

/// The category and all above it; empty if it does not exist.
async fn find_with_ancestors(connection: &mut PgConnection, code: &str) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar(
        "with recursive above (code, parent) as (
             select code, parent from category where code = $1
             union
             select c.code, c.parent from category c join above a on c.code = a.parent
         )
         select code from above",
    )
    .bind(code)
    .fetch_all(connection)
    .await?;
    Ok(codes)
}
