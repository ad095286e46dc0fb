use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};

use super::Family;
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    projection,
    report::Report,
    resource::{Kept, Resource},
    search::Condition,
};

impl Kept for Family {
    const NOUN: &'static str = "Family";
    const TABLE: &'static str = "family";
    const COLUMNS: &'static str = "t.code, t.attribute_as_label, t.attribute_as_image, t.labels, t.version,
        array(select attribute from family_attribute where family = t.code order by attribute collate \"C\") as attributes,
        (select coalesce(jsonb_object_agg(r.channel, r.attributes), '{}')
         from (select channel, jsonb_agg(attribute order by attribute collate \"C\") as attributes
               from family_requirement where family = t.code group by channel) r) as attribute_requirements";
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec!["families"]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn search(query: &mut QueryBuilder<Postgres>, condition: &Condition) -> Result<bool> {
        if (condition.property.as_str(), condition.operator.as_str()) != ("has_products", "=") {
            return Ok(false);
        }
        query
            .push(" and exists (select from product where family = t.code) = ")
            .push_bind(condition.boolean()?);
        Ok(true)
    }
}

impl Resource for Family {
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("family variant", "select code from family_variant where family = $1"),
        ("product", "select coalesce(identifier, id::text) from product where family = $1"),
        ("feed", "select code from feed where $1 = any(excluded_families)"),
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
        let identifier: String =
            sqlx::query_scalar("select code from attribute where is_main_identifier")
                .fetch_one(&mut *connection)
                .await?;
        let channels: Vec<String> =
            sqlx::query_scalar("select code from channel").fetch_all(&mut *connection).await?;
        let required: Vec<String> =
            self.attribute_requirements.values().flatten().cloned().collect();
        self.add_identifier(&identifier, &channels);
        let kinds = find_kinds(connection, &self.attributes, &required).await?;
        self.check_attributes(&kinds, report);
        self.check_requirements(&kinds, &required, &channels, report);
        if let Some(before) = before {
            self.check_removed(before, report, connection).await?;
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into family (code, attribute_as_label, attribute_as_image, labels)
             values ($1, $2, $3, $4)
             on conflict (code) do update
             set attribute_as_label = excluded.attribute_as_label,
                 attribute_as_image = excluded.attribute_as_image, labels = excluded.labels,
                 version = family.version + 1, updated_at = now()",
        )
        .bind(&self.code)
        .bind(&self.attribute_as_label)
        .bind(&self.attribute_as_image)
        .bind(Json(&self.labels))
        .execute(&mut *connection)
        .await?;
        self.write_attributes(connection).await?;
        if before.is_some() {
            projection::enqueue_of_family(connection, &self.code).await?;
        }
        Ok(())
    }
}

impl Family {
    fn check_attributes(&self, kinds: &HashMap<String, String>, report: &mut Report) {
        for code in self.attributes.iter().filter(|code| !kinds.contains_key(*code)) {
            report.format(
                "attributes",
                format!("Property \"attributes\" expects a valid attribute code. The attribute does not exist, \"{code}\" given."),
            );
        }
        let kind = |code: &String| {
            kinds.get(code).filter(|_| self.attributes.contains(code)).map(String::as_str)
        };
        match kind(&self.attribute_as_label) {
            Some("pim_catalog_identifier" | "pim_catalog_text") => {}
            Some(_) => report.rule(
                "attribute_as_label",
                format!("Property \"attribute_as_label\" only supports \"pim_catalog_identifier\" and \"pim_catalog_text\" attribute types for the family \"{}\"", self.code),
            ),
            None => report.rule(
                "attribute_as_label",
                "Property \"attribute_as_label\" must belong to the family",
            ),
        }
        let Some(image) = &self.attribute_as_image else { return };
        match kind(image) {
            Some("pim_catalog_image" | "pim_catalog_asset_collection") => {}
            Some(_) => report.rule(
                "attribute_as_image",
                format!("Property \"attribute_as_image\" only supports \"pim_catalog_image\", \"pim_catalog_asset_collection\" attribute types for the family \"{}\"", self.code),
            ),
            None => report.rule(
                "attribute_as_image",
                "Property \"attribute_as_image\" must belong to the family",
            ),
        }
    }

    fn check_requirements(
        &self,
        kinds: &HashMap<String, String>,
        required: &[String],
        channels: &[String],
        report: &mut Report,
    ) {
        for channel in self.attribute_requirements.keys().filter(|code| !channels.contains(code)) {
            report.format(
                "attribute_requirements",
                format!("Property \"attribute_requirements\" expects a valid channel code. The channel does not exist, \"{channel}\" given."),
            );
        }
        for code in required.iter().filter(|code| !kinds.contains_key(*code)) {
            report.format(
                "attribute_requirements",
                format!("Property \"attribute_requirements\" expects a valid attribute code. The attribute does not exist, \"{code}\" given."),
            );
        }
    }

    /// An attribute that a family variant distributes cannot leave the family.
    async fn check_removed(
        &self,
        before: &Self,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let removed: Vec<&String> =
            before.attributes.iter().filter(|code| !self.attributes.contains(code)).collect();
        if removed.is_empty() {
            return Ok(());
        }
        let axes: Vec<(String, String)> = sqlx::query_as(
            "select l.family_variant, a.code
             from family_variant v
             join family_variant_level l on l.family_variant = v.code
             cross join unnest(l.axes) as a (code)
             where v.family = $1 and a.code = any($2)",
        )
        .bind(&self.code)
        .bind(&removed)
        .fetch_all(connection)
        .await?;
        for (variant, code) in axes {
            report.rule(
                "attributes",
                format!("Attribute \"{code}\" is an attribute used as axis of the family variant \"{variant}\" and cannot be removed."),
            );
        }
        Ok(())
    }

    async fn write_attributes(&self, connection: &mut PgConnection) -> Result<()> {
        sqlx::query("delete from family_attribute where family = $1 and attribute <> all($2)")
            .bind(&self.code)
            .bind(&self.attributes)
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "insert into family_attribute (family, attribute) select $1, unnest($2::text[])
             on conflict do nothing",
        )
        .bind(&self.code)
        .bind(&self.attributes)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "update family_variant_level l
             set attributes = array(select a from unnest(l.attributes) a where a = any($2))
             from family_variant v
             where v.code = l.family_variant and v.family = $1 and not l.attributes <@ $2",
        )
        .bind(&self.code)
        .bind(&self.attributes)
        .execute(&mut *connection)
        .await?;
        self.move_unique_down(connection).await?;
        let (channels, attributes): (Vec<&String>, Vec<&String>) = self
            .attribute_requirements
            .iter()
            .flat_map(|(channel, codes)| codes.iter().map(move |code| (channel, code)))
            .unzip();
        // What stays is left alone: scores follow from it.
        sqlx::query(
            "delete from family_requirement where family = $1 and (channel, attribute) not in
                 (select * from unnest($2::text[], $3::text[]))",
        )
        .bind(&self.code)
        .bind(&channels)
        .bind(&attributes)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "insert into family_requirement (family, channel, attribute)
             select $1, * from unnest($2::text[], $3::text[])
             on conflict do nothing",
        )
        .bind(&self.code)
        .bind(&channels)
        .bind(&attributes)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Unique attributes and identifiers vary on the lowest level of each variant, also new ones.
    async fn move_unique_down(&self, connection: &mut PgConnection) -> Result<()> {
        let unique: Vec<String> =
            sqlx::query_scalar("select code from attribute where code = any($1) and is_unique")
                .bind(&self.attributes)
                .fetch_all(&mut *connection)
                .await?;
        sqlx::query(
            "update family_variant_level l
             set attributes = array(
                 select a collate \"C\" from unnest(l.attributes) a where a <> all($2::text[])
                 union
                 select u collate \"C\" from unnest($2::text[]) u where l.level = lowest.level
                 order by 1)
             from (select v.code, max(x.level) as level from family_variant v
                   join family_variant_level x on x.family_variant = v.code
                   where v.family = $1 group by v.code) lowest
             where l.family_variant = lowest.code
               and case when l.level = lowest.level then not l.attributes @> $2
                        else l.attributes && $2 end",
        )
        .bind(&self.code)
        .bind(&unique)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Types of those of the attributes that exist.
async fn find_kinds(
    connection: &mut PgConnection,
    attributes: &[String],
    required: &[String],
) -> Result<HashMap<String, String>> {
    let kinds: Vec<(String, String)> =
        sqlx::query_as("select code, type from attribute where code = any($1) or code = any($2)")
            .bind(attributes)
            .bind(required)
            .fetch_all(connection)
            .await?;
    Ok(kinds.into_iter().collect())
}
