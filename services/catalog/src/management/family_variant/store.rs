use std::collections::HashMap;

use sqlx::{PgConnection, types::Json};

use super::FamilyVariant;
use crate::management::{
    attribute::Attribute,
    error::{Refusal, Result},
    fields::{Fields, Labels},
    projection,
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for FamilyVariant {
    const NOUN: &'static str = "Family variant";
    const TABLE: &'static str = "family_variant";
    const COLUMNS: &'static str = "t.code, t.labels, t.family, t.version,
        (select coalesce(jsonb_agg(jsonb_build_object('level', l.level, 'axes', l.axes, 'attributes', l.attributes) order by l.level), '[]')
         from family_variant_level l where l.family_variant = t.code) as variant_attribute_sets,
        array(select f.attribute from family_attribute f
              where f.family = t.family
                and not exists (select from family_variant_level l
                                where l.family_variant = t.code and f.attribute = any(l.attributes))
              order by f.attribute) as common_attributes";
    const OWNER: Option<&'static str> = Some("family");
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(owner: &str) -> Vec<&str> {
        vec!["families", owner, "variants"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    async fn check_owner(owner: &str, connection: &mut PgConnection) -> Result<()> {
        let exists: bool = sqlx::query_scalar("select exists (select from family where code = $1)")
            .bind(owner)
            .fetch_one(connection)
            .await?;
        if exists {
            return Ok(());
        }
        Err(Refusal::not_found(format!("Family \"{owner}\" does not exist.")))
    }

    fn missing(owner: &str, code: &str) -> Refusal {
        Refusal::not_found(format!(
            "Family variant \"{code}\" does not exist or is not a variant of the family \"{owner}\"."
        ))
    }
}

impl Resource for FamilyVariant {
    const USERS: &'static [(&'static str, &'static str)] =
        &[("product model", "select code from product_model where family_variant = $1")];

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
        let attributes: Vec<Attribute> = sqlx::query_as(
            "select t.code, t.type, t.attribute_group, t.sort_order, t.localizable, t.scopable,
                    t.is_unique, t.is_main_identifier, t.metric_family, t.available_locales,
                    t.properties, t.labels, t.version, '{}'::jsonb as group_labels
             from attribute t join family_attribute f on f.attribute = t.code where f.family = $1",
        )
        .bind(&self.family)
        .fetch_all(&mut *connection)
        .await?;
        let attributes: HashMap<String, Attribute> =
            attributes.into_iter().map(|attribute| (attribute.code.clone(), attribute)).collect();
        self.move_unique_down(&attributes);
        self.check_levels(before, report);
        self.check_attributes(&attributes, report);
        let taken: bool = sqlx::query_scalar(
            "select exists (select from family_variant where code = $1 and family <> $2)",
        )
        .bind(&self.code)
        .bind(&self.family)
        .fetch_one(connection)
        .await?;
        if taken {
            report.rule("code", "This value is already used.");
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into family_variant (code, family, labels) values ($1, $2, $3)
             on conflict (code) do update
             set labels = excluded.labels,
                 version = family_variant.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.family)
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        for set in &self.variant_attribute_sets {
            sqlx::query(
                "insert into family_variant_level (family_variant, level, axes, attributes)
                 values ($1, $2, $3, $4)
                 on conflict (family_variant, level) do update
                 set attributes = excluded.attributes",
            )
            .bind(&self.code)
            .bind(set.level)
            .bind(&set.axes)
            .bind(&set.attributes)
            .execute(&mut *connection)
            .await?;
        }
        if before.is_some() {
            projection::enqueue_of_family(connection, &self.family).await?;
        }
        Ok(())
    }
}
