//! Reference entities: sorts of records, like brands or designers.

pub mod api;
pub mod attribute_api;
pub mod media_api;
pub mod option_api;
pub mod record_api;
mod store;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, Labels},
    record::RecordKind,
};

const KIND: RecordKind = RecordKind::ReferenceEntity;

/// A sort of records.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct ReferenceEntity {
    /// Chosen by staff, never changed.
    #[schema(example = "brand")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// Code of a picture.
    pub image: Option<String>,
    #[serde(skip)]
    version: i64,
}

impl ReferenceEntity {
    fn new(code: &str) -> Self {
        Self { code: code.to_owned(), labels: Labels::new(), image: None, version: 0 }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.labels("labels", &mut self.labels);
        fields.optional_text("image", &mut self.image);
    }
}
