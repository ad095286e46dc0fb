use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type as SchemaType},
};

use crate::management::{attribute::Kind, record::RecordKind};

/// What sort of values an attribute of records has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text, of one line or long.
    Text,
    /// A number.
    Number,
    /// One option.
    SingleOption,
    /// Several options.
    MultipleOptions,
    /// A record of a reference entity.
    SingleLink,
    /// Several records of a reference entity.
    MultipleLinks,
    /// A picture; of reference entities.
    Image,
    /// Assets; of reference entities.
    AssetCollection,
    /// A file; of asset families.
    MediaFile,
    /// The address of a file that is kept elsewhere; of asset families.
    MediaLink,
}

impl Type {
    /// All types.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Number,
        Self::SingleOption,
        Self::MultipleOptions,
        Self::SingleLink,
        Self::MultipleLinks,
        Self::Image,
        Self::AssetCollection,
        Self::MediaFile,
        Self::MediaLink,
    ];

    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::SingleOption => "single_option",
            Self::MultipleOptions => "multiple_options",
            Self::SingleLink => "reference_entity_single_link",
            Self::MultipleLinks => "reference_entity_multiple_links",
            Self::Image => "image",
            Self::AssetCollection => "asset_collection",
            Self::MediaFile => "media_file",
            Self::MediaLink => "media_link",
        }
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether records of this kind have attributes of the type.
    pub fn is_of(self, kind: RecordKind) -> bool {
        match self {
            Self::Image | Self::AssetCollection => kind == RecordKind::ReferenceEntity,
            Self::MediaFile | Self::MediaLink => kind == RecordKind::AssetFamily,
            _ => true,
        }
    }

    /// Whether its values are options.
    pub fn has_options(self) -> bool {
        matches!(self, Self::SingleOption | Self::MultipleOptions)
    }

    /// Whether its values can be the main medium of an asset.
    pub fn is_medium(self) -> bool {
        matches!(self, Self::MediaFile | Self::MediaLink)
    }

    /// The properties that only some types have.
    pub fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Text => &[
                "max_characters",
                "is_textarea",
                "is_rich_text_editor",
                "validation_rule",
                "validation_regexp",
            ],
            Self::Number => &["decimals_allowed", "min_value", "max_value"],
            Self::SingleOption | Self::MultipleOptions => &[],
            Self::SingleLink | Self::MultipleLinks => &["reference_entity_code"],
            Self::AssetCollection => &["asset_family_identifier"],
            Self::Image => &["allowed_extensions", "max_file_size"],
            Self::MediaFile => &["media_type", "allowed_extensions", "max_file_size"],
            Self::MediaLink => &["media_type", "prefix", "suffix"],
        }
    }

    /// The type of product attributes whose values look the same.
    pub(super) fn as_product_kind(self, is_textarea: bool) -> Kind {
        match self {
            Self::Text if is_textarea => Kind::TextArea,
            Self::Text | Self::MediaLink => Kind::Text,
            Self::Number => Kind::Number,
            Self::SingleOption => Kind::SimpleSelect,
            Self::MultipleOptions => Kind::MultiSelect,
            Self::SingleLink => Kind::ReferenceEntity,
            Self::MultipleLinks => Kind::ReferenceEntityCollection,
            Self::Image => Kind::Image,
            Self::AssetCollection => Kind::AssetCollection,
            Self::MediaFile => Kind::File,
        }
    }
}

impl TryFrom<String> for Type {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name).ok_or_else(|| format!("there is no type {name} of record attributes"))
    }
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for Type {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::String)
            .enum_values(Some(Self::ALL.map(Self::as_str)))
            .into()
    }
}

impl ToSchema for Type {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RecordAttributeType")
    }
}
