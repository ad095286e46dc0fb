use sqlx::PgConnection;

use super::StopWordSet;
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    reference::{self, Referred},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for StopWordSet {
    const NOUN: &'static str = "Set of stop words";
    const TABLE: &'static str = "stop_word_set";
    const COLUMNS: &'static str = "t.code, t.locales, t.words, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["stop-word-sets"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for StopWordSet {
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
        reference::check("locales", Referred::Locale, &self.locales, report, connection).await
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into stop_word_set (code, locales, words) values ($1, $2, $3)
             on conflict (code) do update
             set locales = excluded.locales, words = excluded.words,
                 version = stop_word_set.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.locales)
        .bind(&self.words)
        .execute(connection)
        .await?;
        Ok(())
    }
}
