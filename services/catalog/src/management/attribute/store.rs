use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};

use super::Attribute;
use crate::management::{
    attribute_option::AttributeOption,
    error::Result,
    fields::{Fields, Labels},
    history::Entry,
    projection,
    record::RecordKind,
    report::Report,
    resource::{Kept, Resource, store, tell_deletion},
    search::Condition,
};

impl Kept for Attribute {
    const NOUN: &'static str = "Attribute";
    const TABLE: &'static str = "attribute";
    const COLUMNS: &'static str = "t.code, t.type, t.attribute_group, t.sort_order, t.localizable,
        t.scopable, t.is_unique, t.is_main_identifier, t.metric_family, t.available_locales,
        t.properties, t.labels, t.version,
        (select g.labels from attribute_group g where g.code = t.attribute_group) as group_labels";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["attributes"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn search(query: &mut QueryBuilder<Postgres>, condition: &Condition) -> Result<bool> {
        match (condition.property.as_str(), condition.operator.as_str()) {
            ("type", "IN") => {
                query.push(" and t.type = any(").push_bind(condition.texts()?).push(")")
            }
            ("is_main_identifier", "=") => {
                query.push(" and t.is_main_identifier = ").push_bind(condition.boolean()?)
            }
            _ => return Ok(false),
        };
        Ok(true)
    }
}

impl Resource for Attribute {
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("family", "select family from family_attribute where attribute = $1"),
        (
            "product",
            "select coalesce(identifier, id::text) from product
          where (terms && array[term($1)] or has_terms is null) and values ? $1",
        ),
        (
            "product model",
            "select code from product_model
          where (terms && array[term($1)] or has_terms is null) and values ? $1",
        ),
        ("main identifier", "select code from attribute where code = $1 and is_main_identifier"),
        ("channel", "select code from channel where conversion_units ? $1"),
        (
            "feed",
            "select code from feed
             where exists (select from jsonb_each_text(attributes) f where f.value = $1)",
        ),
        (
            "search rule",
            "select code from search_rule
             where jsonb_path_exists(boost || bury, '$[*] ? (@.attribute == $attribute)',
                                     jsonb_build_object('attribute', $1::text))",
        ),
    ];

    fn new(_: &str, code: &str) -> Self {
        Self::new(code)
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
        self.check_itself(before, report);
        let missing: Vec<(String, String)> = sqlx::query_as(
            "select 'group', 'The attribute group \"' || $1 || '\" does not exist.'
             where $1 <> '' and not exists (select from attribute_group where code = $1)
             union all
             select 'metric_family', 'The measurement family \"' || $2 || '\" does not exist.'
             where $2 is not null and not exists (select from measurement_family where code = $2)
             union all
             select 'default_metric_unit', 'The unit \"' || $3 || '\" does not belong to the measurement family.'
             where $3 is not null
               and not exists (select from measurement_family where code = $2 and units ? $3)
             union all
             select 'available_locales', 'The locale \"' || given.code || '\" does not exist.'
             from unnest($4::text[]) as given (code)
             where not exists (select from locale where locale.code = given.code)
             union all
             select 'is_main_identifier', 'There is a main identifier already.'
             where $5 and exists (select from attribute where is_main_identifier and code <> $6)
             union all
             select 'reference_data_name', 'The ' || replace($7, '_', ' ') || ' \"' || $8 || '\" does not exist.'
             where $7 is not null and $8 is not null
               and not exists (select from record_family where kind = $7 and code = $8)",
        )
        .bind(&self.group)
        .bind(&self.metric_family)
        .bind(&self.properties.default_metric_unit)
        .bind(&self.available_locales)
        .bind(self.is_main_identifier)
        .bind(&self.code)
        .bind(self.kind.records().map(RecordKind::as_str))
        .bind(&self.properties.reference_data_name)
        .fetch_all(connection)
        .await?;
        for (property, message) in missing {
            report.rule(&property, message);
        }
        Ok(())
    }

    /// Its options.
    async fn find_removed(&self, connection: &mut PgConnection) -> Result<Vec<Entry>> {
        let options: Vec<AttributeOption> = store::find_all(connection, &self.code).await?;
        Ok(options.iter().map(|option| tell_deletion(&self.code, option)).collect())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into attribute
                 (code, type, attribute_group, sort_order, localizable, scopable, is_unique,
                  is_main_identifier, metric_family, available_locales, properties, labels)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict (code) do update
             set attribute_group = excluded.attribute_group, sort_order = excluded.sort_order,
                 available_locales = excluded.available_locales, properties = excluded.properties,
                 labels = excluded.labels, version = attribute.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(self.kind.as_str())
        .bind(&self.group)
        .bind(self.sort_order)
        .bind(self.localizable)
        .bind(self.scopable)
        .bind(self.unique)
        .bind(self.is_main_identifier)
        .bind(&self.metric_family)
        .bind(&self.available_locales)
        .bind(Json(&self.properties))
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        if before.is_some() {
            projection::enqueue_of_attribute(connection, &self.code).await?;
        }
        Ok(())
    }
}
