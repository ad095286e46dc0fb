use sqlx::PgConnection;

use super::Synonym;
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    reference::{self, Referred},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for Synonym {
    const NOUN: &'static str = "Synonym";
    const TABLE: &'static str = "synonym";
    const COLUMNS: &'static str = "t.code, t.locales, t.input, t.words, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["synonyms"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for Synonym {
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
        self.check_words(report);
        reference::check("locales", Referred::Locale, &self.locales, report, connection).await
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into synonym (code, locales, input, words) values ($1, $2, $3, $4)
             on conflict (code) do update
             set locales = excluded.locales, input = excluded.input, words = excluded.words,
                 version = synonym.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.locales)
        .bind(&self.input)
        .bind(&self.words)
        .execute(connection)
        .await?;
        Ok(())
    }
}
