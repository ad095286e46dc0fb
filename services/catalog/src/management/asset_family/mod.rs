//! Asset families: sorts of assets, like pictures of products or manuals.

pub mod api;
pub mod asset_api;
pub mod attribute_api;
pub mod media_api;
pub mod option_api;
mod store;

use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{
    fields::{Fields, Labels},
    record::{NamingConvention, RecordKind},
};

const KIND: RecordKind = RecordKind::AssetFamily;

/// A sort of assets.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct AssetFamily {
    /// Chosen by staff, never changed.
    #[schema(example = "product_photos")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// Attribute whose files stand for the assets: a media file or media link.
    #[schema(example = "media")]
    pub attribute_as_main_media: String,
    /// How a new asset fills attributes from its code or the name of its file; `{}` if it does not.
    #[sqlx(json)]
    pub naming_convention: NamingConvention,
    #[serde(skip)]
    version: i64,
}

impl AssetFamily {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            labels: Labels::new(),
            attribute_as_main_media: "media".to_owned(),
            naming_convention: NamingConvention::default(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.labels("labels", &mut self.labels);
        fields.text("attribute_as_main_media", &mut self.attribute_as_main_media);
        if let Some(given) = fields.object("naming_convention") {
            match NamingConvention::parse(given) {
                Some(convention) => self.naming_convention = convention,
                None => fields.report.format(
                    "naming_convention",
                    "Property \"naming_convention\" expects an array with the keys \"source\", \"pattern\" and \"abort_asset_creation_on_error\".",
                ),
            }
        }
        refuse_any(
            "product_link_rules",
            "Product link rules are not supported: write the assets into the products' values.",
            fields,
        );
        refuse_any(
            "transformations",
            "Transformations are not supported: renditions are made when the share link of a file is read with a width or format.",
            fields,
        );
    }
}

/// Clients send what they read: an empty list.
fn refuse_any(property: &'static str, message: &str, fields: &mut Fields<'_>) {
    match fields.take(property) {
        None => {}
        Some(Value::Array(items)) if items.is_empty() => {}
        Some(Value::Array(_)) => fields.report.rule(property, message),
        Some(other) => fields.expects(property, "an array", other),
    }
}
