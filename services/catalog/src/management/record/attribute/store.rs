use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use super::{MAX_ATTRIBUTES, RecordAttribute, Type};
use crate::management::{
    error::{Refusal, Result},
    fields::{Fields, Labels},
    record::{Owner, RecordKind, check_family, family_exists},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for RecordAttribute {
    const NOUN: &'static str = "Attribute";
    const TABLE: &'static str = "record_attribute";
    const COLUMNS: &'static str =
        "t.code, t.labels, t.type, t.value_per_locale, t.value_per_channel,
        t.is_required_for_completeness, t.properties, t.owner, t.version";
    const OWNER: Option<&'static str> = Some("owner");

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(owner: &str) -> Vec<&str> {
        Owner::parse(owner).path().into_iter().chain(["attributes"]).collect()
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    async fn check_owner(owner: &str, connection: &mut PgConnection) -> Result<()> {
        check_family(owner, connection).await
    }

    /// Properties of other types are absent.
    fn represent(&self) -> Map<String, Value> {
        let mut body = match serde_json::to_value(self) {
            Ok(Value::Object(body)) => body,
            _ => Map::new(),
        };
        let foreign = Type::ALL.iter().flat_map(|kind| kind.properties());
        for name in foreign.filter(|name| !self.kind.properties().contains(name)) {
            body.remove(*name);
        }
        body
    }

    fn missing(owner: &str, code: &str) -> Refusal {
        Owner::parse(owner).missing_attribute(code)
    }
}

impl Resource for RecordAttribute {
    const USERS: &'static [(&'static str, &'static str)] = &[
        (
            "family",
            "select family from record_attribute where owner = $2 and code = $1
             and (code = 'label' or (kind = 'reference_entity' and code = 'image'))
             union
             select code from record_family
             where kind || '/' || code = $2 and attribute_as_main_media = $1",
        ),
        ("record", "select code from record where owner = $2 and values ? $1"),
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
        self.check_itself(before, report);
        if before.is_some() {
            return Ok(());
        }
        let count: i64 =
            sqlx::query_scalar("select count(*) from record_attribute where owner = $1")
                .bind(&self.owner)
                .fetch_one(&mut *connection)
                .await?;
        if count >= MAX_ATTRIBUTES {
            report
                .rule("code", format!("You've reached the limit of {MAX_ATTRIBUTES} attributes."));
        }
        self.check_target(report, connection).await
    }

    async fn write(&self, _: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        let owner = Owner::parse(&self.owner);
        sqlx::query(
            "insert into record_attribute
                 (kind, family, code, type, value_per_locale, value_per_channel,
                  is_required_for_completeness, properties, labels)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (owner, code) do update
             set is_required_for_completeness = excluded.is_required_for_completeness,
                 properties = excluded.properties, labels = excluded.labels,
                 version = record_attribute.version + 1",
        )
        .bind(owner.kind.as_str())
        .bind(owner.family)
        .bind(&self.code)
        .bind(self.kind.as_str())
        .bind(self.value_per_locale)
        .bind(self.value_per_channel)
        .bind(self.is_required_for_completeness)
        .bind(Json(&self.properties))
        .bind(Json(&self.labels))
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl RecordAttribute {
    /// A new link needs something to lead to.
    async fn check_target(&self, report: &mut Report, connection: &mut PgConnection) -> Result<()> {
        let properties = &self.properties;
        let (property, kind, target) = match self.kind {
            Type::SingleLink | Type::MultipleLinks => (
                "reference_entity_code",
                RecordKind::ReferenceEntity,
                &properties.reference_entity_code,
            ),
            Type::AssetCollection => (
                "asset_family_identifier",
                RecordKind::AssetFamily,
                &properties.asset_family_identifier,
            ),
            _ => return Ok(()),
        };
        let Some(target) = target else {
            report.rule(property, "This value should not be blank.");
            return Ok(());
        };
        if !family_exists(connection, kind, target).await? {
            let noun = kind.family_noun().to_lowercase();
            report.rule(property, format!("The {noun} \"{target}\" does not exist."));
        }
        Ok(())
    }
}

/// All attributes of a family, in order of their codes.
pub async fn find_all(connection: &mut PgConnection, owner: &str) -> Result<Vec<RecordAttribute>> {
    let attributes = sqlx::query_as(
        "select code, labels, type, value_per_locale, value_per_channel,
                is_required_for_completeness, properties, owner, version
         from record_attribute where owner = $1 order by code",
    )
    .bind(owner)
    .fetch_all(connection)
    .await?;
    Ok(attributes)
}

/// Gives a new family the attributes that each has.
pub async fn create_first(connection: &mut PgConnection, owner: &str) -> Result<()> {
    for attribute in RecordAttribute::first(owner) {
        attribute.write(None, connection).await?;
    }
    Ok(())
}
