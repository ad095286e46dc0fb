use sqlx::{PgConnection, types::Json};

use super::AssociationType;
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    projection,
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for AssociationType {
    const NOUN: &'static str = "Association type";
    const TABLE: &'static str = "association_type";
    const COLUMNS: &'static str = "t.code, t.labels, t.is_quantified, t.is_two_way, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["association-types"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for AssociationType {
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("product", "select coalesce(identifier, id::text) from product where associations ? $1"),
        ("product model", "select code from product_model where associations ? $1"),
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
        _: &mut PgConnection,
    ) -> Result<()> {
        self.check_flags(before, report);
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into association_type (code, labels, is_quantified, is_two_way)
             values ($1, $2, $3, $4)
             on conflict (code) do update
             set labels = excluded.labels,
                 version = association_type.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(Json(&self.labels))
        .bind(self.is_quantified)
        .bind(self.is_two_way)
        .execute(&mut *connection)
        .await?;
        if before.is_some() {
            projection::enqueue_of_products_associated_by(connection, &self.code).await?;
        }
        Ok(())
    }
}
