use sqlx::{PgConnection, types::Json};

use super::Group;
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    report::Report,
    resource::{Kept, Resource, check_plain_code},
};

impl Kept for Group {
    const NOUN: &'static str = "Group";
    const TABLE: &'static str = "product_group";
    const COLUMNS: &'static str = "t.code, t.type, t.labels, t.version";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["groups"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for Group {
    const USERS: &'static [(&'static str, &'static str)] = &[
        (
            "product",
            "select coalesce(p.identifier, p.id::text) from product p
             join product_in_group g on g.product_id = p.id where g.group_code = $1",
        ),
        (
            "association of product",
            "select coalesce(identifier, id::text) from product
             where associations @? '$.*.groups[*]'
               and exists (select from jsonb_each(associations) a where a.value -> 'groups' ? $1)",
        ),
        (
            "association of product model",
            "select code from product_model
             where associations @? '$.*.groups[*]'
               and exists (select from jsonb_each(associations) a where a.value -> 'groups' ? $1)",
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
        _: Option<&Self>,
        report: &mut Report,
        _: &mut PgConnection,
    ) -> Result<()> {
        let mut about_type = Report::default();
        check_plain_code("Group type", &self.kind, &mut about_type);
        for violation in about_type.violations() {
            report.rule("type", violation.message);
        }
        Ok(())
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into product_group (code, type, labels) values ($1, $2, $3)
             on conflict (code) do update
             set type = excluded.type, labels = excluded.labels,
                 version = product_group.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.kind)
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        Ok(())
    }
}
