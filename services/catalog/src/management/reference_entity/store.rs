use serde_json::{Value, json};
use sqlx::{PgConnection, types::Json};

use super::{KIND, ReferenceEntity};
use crate::management::{
    error::Result,
    fields::{Fields, Labels},
    links::Links,
    record::{attribute, media_url},
    report::Report,
    resource::{Kept, Resource},
};

impl Kept for ReferenceEntity {
    const NOUN: &'static str = "Reference entity";
    const TABLE: &'static str = "record_family";
    const COLUMNS: &'static str = "t.code, t.labels, t.image, t.version";
    const OWNER: Option<&'static str> = Some("kind");
    const HAS_UPDATED: bool = true;

    fn code(&self) -> &str {
        &self.code
    }

    fn list_path(_: &str) -> Vec<&str> {
        vec![KIND.path()]
    }

    fn links(&self, links: &Links) -> Option<Value> {
        let url = media_url(links, KIND, self.image.as_deref()?);
        Some(json!({"image_download": {"href": url}}))
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Resource for ReferenceEntity {
    const USERS: &'static [(&'static str, &'static str)] = &[
        ("record", "select code from record where owner = $2 || '/' || $1"),
        (
            "attribute",
            "select code from attribute
             where type in ('akeneo_reference_entity', 'akeneo_reference_entity_collection')
               and properties ->> 'reference_data_name' = $1",
        ),
        (
            "record attribute",
            "select family || '.' || code from record_attribute
             where properties ->> 'reference_entity_code' = $1 and owner <> $2 || '/' || $1",
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
        connection: &mut PgConnection,
    ) -> Result<()> {
        let Some(image) = &self.image else { return Ok(()) };
        let mime_type: Option<String> =
            sqlx::query_scalar("select mime_type from media_file where code = $1")
                .bind(image)
                .fetch_optional(connection)
                .await?;
        match mime_type {
            Some(mime_type) if mime_type.starts_with("image/") => {}
            Some(_) => report.rule("image", "The file is no image."),
            None => report.format(
                "image",
                format!("Property \"image\" expects a valid pathname as data, \"{image}\" given."),
            ),
        }
        Ok(())
    }

    async fn write(&self, before: Option<&Self>, connection: &mut PgConnection) -> Result<()> {
        sqlx::query(
            "insert into record_family (kind, code, labels, image) values ($1, $2, $3, $4)
             on conflict (kind, code) do update
             set labels = excluded.labels, image = excluded.image,
                 version = record_family.version + 1, updated_at = now()",
        )
        .bind(KIND.as_str())
        .bind(&self.code)
        .bind(Json(&self.labels))
        .bind(&self.image)
        .execute(&mut *connection)
        .await?;
        if before.is_none() {
            attribute::create_first(connection, &KIND.owner(&self.code)?).await?;
        }
        Ok(())
    }
}
