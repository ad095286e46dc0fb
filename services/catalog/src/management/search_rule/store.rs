use sqlx::{PgConnection, types::Json};

use super::{SearchRule, attributes_of};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    reference::{self, Referred},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for SearchRule {
    const NOUN: &'static str = "Search rule";
    const TABLE: &'static str = "search_rule";
    const COLUMNS: &'static str = "t.code, t.enabled, t.channels, t.locales, t.query, t.match,
        t.category, t.starts_at, t.ends_at, t.pin, t.boost, t.bury, t.redirect, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["search-rules"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for SearchRule {
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
        self.check_condition(report);
        self.check_consequences(report);
        let categories: Vec<String> = self.category.iter().cloned().collect();
        for (property, referred, codes) in [
            ("channels", Referred::Channel, &self.channels),
            ("locales", Referred::Locale, &self.locales),
            ("category", Referred::Category, &categories),
            ("boost", Referred::Attribute, &attributes_of(&self.boost)),
            ("bury", Referred::Attribute, &attributes_of(&self.bury)),
        ] {
            reference::check(property, referred, codes, report, connection).await?;
        }
        Ok(())
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into search_rule (code, enabled, channels, locales, query, match, category,
                                      starts_at, ends_at, pin, boost, bury, redirect)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             on conflict (code) do update
             set enabled = excluded.enabled, channels = excluded.channels,
                 locales = excluded.locales, query = excluded.query, match = excluded.match,
                 category = excluded.category, starts_at = excluded.starts_at,
                 ends_at = excluded.ends_at, pin = excluded.pin, boost = excluded.boost,
                 bury = excluded.bury, redirect = excluded.redirect,
                 version = search_rule.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(self.enabled)
        .bind(&self.channels)
        .bind(&self.locales)
        .bind(&self.query)
        .bind(&self.matching)
        .bind(&self.category)
        .bind(self.starts_at)
        .bind(self.ends_at)
        .bind(&self.pin)
        .bind(Json(&self.boost))
        .bind(Json(&self.bury))
        .bind(&self.redirect)
        .execute(connection)
        .await?;
        Ok(())
    }
}
