use serde_json::{Map, Value, json};
use sqlx::{PgConnection, types::Json};

use super::{AssetFamily, KIND};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    record::{RecordAttribute, attribute},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for AssetFamily {
    const NOUN: &'static str = "Asset family";
    const TABLE: &'static str = "record_family";
    const COLUMNS: &'static str =
        "t.code, t.labels, t.attribute_as_main_media, t.naming_convention, t.version";
    const OWNER: Option<&'static str> = Some("kind");
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec![KIND.path()]
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    /// With the lists that are always empty here, as clients expect them.
    fn represent(&self) -> Map<String, Value> {
        let mut body = match serde_json::to_value(self) {
            Ok(Value::Object(body)) => body,
            _ => Map::new(),
        };
        for name in ["product_link_rules", "transformations"] {
            body.insert(name.to_owned(), json!([]));
        }
        body
    }
}

impl Resource for AssetFamily {
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("asset", "select code from record where owner = $2 || '/' || $1"),
        (
            "attribute",
            "select code from attribute
             where type = 'pim_catalog_asset_collection'
               and properties ->> 'reference_data_name' = $1",
        ),
        (
            "record attribute",
            "select family || '.' || code from record_attribute
             where properties ->> 'asset_family_identifier' = $1",
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
        before: Option<&Self>,
        report: &mut Report,
        connection: &mut PgConnection,
    ) -> Result<()> {
        let attributes = match before {
            Some(_) => attribute::find_all(connection, &KIND.owner(&self.code)?).await?,
            None => RecordAttribute::first(KIND.as_str()).into(),
        };
        let find = |code: &str| attributes.iter().find(|attribute| attribute.code == code);
        let main = &self.attribute_as_main_media;
        if !find(main).is_some_and(|attribute| attribute.kind.is_medium()) {
            report.rule(
                "attribute_as_main_media",
                format!("The attribute \"{main}\" is no media file or media link of the family."),
            );
        }
        self.naming_convention.check(&attributes, report);
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into record_family (kind, code, labels, attribute_as_main_media, naming_convention)
             values ($1, $2, $3, $4, $5)
             on conflict (kind, code) do update
             set labels = excluded.labels,
                 attribute_as_main_media = excluded.attribute_as_main_media,
                 naming_convention = excluded.naming_convention,
                 version = record_family.version + 1, updated_at = now()",
        )
        .bind(KIND.as_str())
        .bind(&self.code)
        .bind(Json(&self.labels))
        .bind(&self.attribute_as_main_media)
        .bind(Json(&self.naming_convention))
        .execute(&mut *connection)
        .await?;
        if before.is_none() {
            attribute::create_first(connection, &KIND.owner(&self.code)?).await?;
        }
        Ok(())
    }
}
