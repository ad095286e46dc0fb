use std::collections::HashMap;

use sqlx::{PgConnection, types::Json};

use super::Feed;
use crate::{
    delivery::marketplace::Field,
    management::{
        error::Result,
        fields::{Fields, Labels},
        reference::{self, Referred},
        report::Report,
        resource::{Kept, Resource},
    },
};

impl Kept for Feed {
    const NOUN: &'static str = "Feed";
    const TABLE: &'static str = "feed";
    const COLUMNS: &'static str = "t.code, t.link, t.condition, t.attributes,
        t.google_product_categories, t.excluded_categories, t.excluded_families, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["feeds"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for Feed {
    fn new(_: &str, code: &str) -> Self {
        Self::new(code)
    }

    fn labels(&self) -> Option<&Labels> {
        None
    }

    fn apply(&mut self, fields: &mut Fields<'_>) {
        self.take_over(fields);
    }

    async fn check(
        &mut self,
        _: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        self.check_itself(report);
        let channel = vec![self.code.clone()];
        let mapped: Vec<String> = self.google_product_categories.keys().cloned().collect();
        for (property, referred, codes) in [
            ("code", Referred::Channel, &channel),
            ("google_product_categories", Referred::Category, &mapped),
            ("excluded_categories", Referred::Category, &self.excluded_categories),
            ("excluded_families", Referred::Family, &self.excluded_families),
        ] {
            reference::check(property, referred, codes, report, connection).await?;
        }
        self.check_attributes(report, connection).await
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into feed (code, link, condition, attributes, google_product_categories,
                               excluded_categories, excluded_families)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (code) do update
             set link = excluded.link, condition = excluded.condition,
                 attributes = excluded.attributes,
                 google_product_categories = excluded.google_product_categories,
                 excluded_categories = excluded.excluded_categories,
                 excluded_families = excluded.excluded_families,
                 version = feed.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.link)
        .bind(&self.condition)
        .bind(Json(&self.attributes))
        .bind(Json(&self.google_product_categories))
        .bind(&self.excluded_categories)
        .bind(&self.excluded_families)
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Feed {
    /// They exist, and are of a type that can fill the field.
    async fn check_attributes(
        &self,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let codes: Vec<String> = self.attributes.values().cloned().collect();
        reference::check("attributes", Referred::Attribute, &codes, report, connection).await?;
        let types: Vec<(String, String)> =
            sqlx::query_as("select code, type from attribute where code = any($1)")
                .bind(&codes)
                .fetch_all(connection)
                .await?;
        let types: HashMap<String, String> = types.into_iter().collect();
        for (field, attribute) in &self.attributes {
            let (Some(known), Some(kind)) = (Field::parse(field), types.get(attribute)) else {
                continue;
            };
            if !known.takes(kind) {
                let rule = format!("\"{field}\" cannot be filled by attributes of type {kind}.");
                report.rule("attributes", rule);
            }
        }
        Ok(())
    }
}
