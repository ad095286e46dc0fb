use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::management::record::RecordKind;

/// What sort of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text that names one product.
    Identifier,
    /// One line of text.
    Text,
    /// Long text.
    TextArea,
    /// One option.
    SimpleSelect,
    /// Several options.
    MultiSelect,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A number.
    Number,
    /// An amount in a unit.
    Metric,
    /// An amount per currency.
    PriceCollection,
    /// A file.
    File,
    /// A picture.
    Image,
    /// A record of a reference entity.
    ReferenceEntity,
    /// Several records of a reference entity.
    ReferenceEntityCollection,
    /// Assets of an asset family.
    AssetCollection,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Identifier,
        Self::Text,
        Self::TextArea,
        Self::SimpleSelect,
        Self::MultiSelect,
        Self::Boolean,
        Self::Date,
        Self::Number,
        Self::Metric,
        Self::PriceCollection,
        Self::File,
        Self::Image,
        Self::ReferenceEntity,
        Self::ReferenceEntityCollection,
        Self::AssetCollection,
    ];

    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identifier => "pim_catalog_identifier",
            Self::Text => "pim_catalog_text",
            Self::TextArea => "pim_catalog_textarea",
            Self::SimpleSelect => "pim_catalog_simpleselect",
            Self::MultiSelect => "pim_catalog_multiselect",
            Self::Boolean => "pim_catalog_boolean",
            Self::Date => "pim_catalog_date",
            Self::Number => "pim_catalog_number",
            Self::Metric => "pim_catalog_metric",
            Self::PriceCollection => "pim_catalog_price_collection",
            Self::File => "pim_catalog_file",
            Self::Image => "pim_catalog_image",
            Self::ReferenceEntity => "akeneo_reference_entity",
            Self::ReferenceEntityCollection => "akeneo_reference_entity_collection",
            Self::AssetCollection => "pim_catalog_asset_collection",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it can tell variants apart.
    pub fn can_be_axis(self) -> bool {
        matches!(
            self,
            Self::SimpleSelect
                | Self::MultiSelect
                | Self::Metric
                | Self::Boolean
                | Self::ReferenceEntity
        )
    }

    /// Whether its values can be unique.
    pub fn can_be_unique(self) -> bool {
        matches!(self, Self::Identifier | Self::Text | Self::Number | Self::Date)
    }

    /// What its values lead to, if they are records.
    pub fn records(self) -> Option<RecordKind> {
        match self {
            Self::ReferenceEntity | Self::ReferenceEntityCollection => {
                Some(RecordKind::ReferenceEntity)
            }
            Self::AssetCollection => Some(RecordKind::AssetFamily),
            _ => None,
        }
    }

    /// Whether its values are media files.
    pub fn is_media(self) -> bool {
        matches!(self, Self::File | Self::Image)
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name).ok_or_else(|| format!("there is no attribute type {name}"))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.map(Self::as_str)))
            .into()
    }
}

impl ToSchema for Kind {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AttributeType")
    }
}
