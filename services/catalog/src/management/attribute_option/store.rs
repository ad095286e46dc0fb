use sqlx::{PgConnection, types::Json};

use super::AttributeOption;
use crate::management::{
    error::{Refusal, Result},
    fields::{Fields, Labels},
    projection,
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for AttributeOption {
    const NOUN: &'static str = "Attribute option";
    const TABLE: &'static str = "attribute_option";
    const COLUMNS: &'static str = "t.code, t.attribute, t.sort_order, t.labels, t.version";
    const OWNER: Option<&'static str> = Some("attribute");

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(owner: &str) -> Vec<&str> {
        vec!["attributes", owner, "options"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    async fn check_owner(owner: &str, connection: &mut PgConnection) -> Result<()> {
        let kind: Option<String> = sqlx::query_scalar("select type from attribute where code = $1")
            .bind(owner)
            .fetch_optional(connection)
            .await?;
        match kind.as_deref() {
            Some("pim_catalog_simpleselect" | "pim_catalog_multiselect") => Ok(()),
            Some(_) => Err(Refusal::not_found(format!(
                "Attribute \"{owner}\" does not support options. Only attributes of type \
                 \"pim_catalog_simpleselect\", \"pim_catalog_multiselect\" support options."
            ))),
            None => Err(Refusal::not_found(format!("Attribute \"{owner}\" does not exist."))),
        }
    }

    fn missing(owner: &str, code: &str) -> Refusal {
        Refusal::not_found(format!(
            "Attribute option \"{code}\" does not exist or is not an option of the attribute \"{owner}\"."
        ))
    }
}

impl Resource for AttributeOption {
    const USERS: &'static [(&'static str, &'static str)] = &[
        (
            "product",
            "select coalesce(p.identifier, p.id::text) from product p
             where (p.terms && array[term($2 || E'\\n' || $1)] or p.has_terms is null) and has_data(p.values, $2, $1)",
        ),
        (
            "product model",
            "select m.code from product_model m
             where (m.terms && array[term($2 || E'\\n' || $1)] or m.has_terms is null) and has_data(m.values, $2, $1)",
        ),
    ];

    fn new(owner: &str, code: &str) -> Self {
        Self::new(owner, code)
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
        if before.is_some() {
            return Ok(());
        }
        let taken: bool = sqlx::query_scalar(
            "select exists (select from attribute_option where attribute = $1 and lower(code) = lower($2))",
        )
        .bind(&self.attribute)
        .bind(&self.code)
        .fetch_one(connection)
        .await?;
        if taken {
            report.rule("code", "This value is already used.");
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into attribute_option (attribute, code, sort_order, labels)
             values ($1, $2, $3, $4)
             on conflict (attribute, code) do update
             set sort_order = excluded.sort_order, labels = excluded.labels,
                 version = attribute_option.version + 1",
        )
        .bind(&self.attribute)
        .bind(&self.code)
        .bind(self.sort_order)
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        if before.is_some() {
            projection::enqueue_of_option(connection, &self.attribute, &self.code).await?;
        }
        Ok(())
    }
}
