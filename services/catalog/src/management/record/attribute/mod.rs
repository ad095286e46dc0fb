//! Attributes of records. Values are checked as those of product attributes of the same sort.

mod kind;
mod rules;
mod store;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

pub use kind::Type;
pub use store::{create_first, find_all};

use super::{Owner, RecordKind};
use crate::management::{
    attribute::{Attribute, Kind},
    fields::{Fields, Labels},
};

/// Attributes of one family.
const MAX_ATTRIBUTES: i64 = 100;

/// A property of the records of a family.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct RecordAttribute {
    /// Chosen by staff, never changed.
    #[schema(example = "country")]
    pub code: String,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// What sort of values it has; never changed.
    #[serde(rename = "type")]
    #[sqlx(rename = "type", try_from = "String")]
    pub kind: Type,
    /// Whether there is a value per locale; never changed.
    pub value_per_locale: bool,
    /// Whether there is a value per channel; never changed.
    pub value_per_channel: bool,
    /// Whether a record without value is incomplete.
    pub is_required_for_completeness: bool,
    /// The rest.
    #[serde(flatten)]
    #[sqlx(json)]
    pub properties: Properties,
    #[serde(skip)]
    owner: String,
    #[serde(skip)]
    version: i64,
}

/// Validation parameters; each belongs to some types and is absent for others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Properties {
    /// Longest text.
    pub max_characters: Option<i32>,
    /// Whether a text is long.
    pub is_textarea: Option<bool>,
    /// Whether a long text holds HTML.
    pub is_rich_text_editor: Option<bool>,
    /// `none`, `email`, `url` or `regular_expression`.
    pub validation_rule: Option<String>,
    /// Regular expression of the rule `regular_expression`, as `/^[a-z]+$/i`.
    pub validation_regexp: Option<String>,
    /// Whether numbers may have a fraction.
    pub decimals_allowed: Option<bool>,
    /// Smallest number.
    pub min_value: Option<String>,
    /// Largest number.
    pub max_value: Option<String>,
    /// Extensions of files, lower case, without dot; empty: all of the type.
    pub allowed_extensions: Vec<String>,
    /// Largest file, in megabytes.
    pub max_file_size: Option<String>,
    /// Reference entity of linked records; never changed.
    pub reference_entity_code: Option<String>,
    /// Asset family of assets; never changed.
    pub asset_family_identifier: Option<String>,
    /// What a file is: `image`, `pdf`, `youtube`, `vimeo` or `other`; never changed.
    pub media_type: Option<String>,
    /// What comes before the value in an address.
    pub prefix: Option<String>,
    /// What comes after the value in an address.
    pub suffix: Option<String>,
}

impl RecordAttribute {
    fn new(owner: &str, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            labels: Labels::new(),
            kind: Type::Text,
            value_per_locale: false,
            value_per_channel: false,
            is_required_for_completeness: false,
            properties: Properties::default(),
            owner: owner.to_owned(),
            version: 0,
        }
    }

    /// What each new family has: a label per locale, and a picture or file.
    pub fn first(owner: &str) -> [Self; 2] {
        let (code, kind) = match Owner::parse(owner).kind {
            RecordKind::ReferenceEntity => ("image", Type::Image),
            RecordKind::AssetFamily => ("media", Type::MediaFile),
        };
        let mut first = [Self::new(owner, "label"), Self::new(owner, code)];
        first[0].value_per_locale = true;
        first[1].kind = kind;
        first.iter_mut().for_each(|attribute| attribute.properties.complete(attribute.kind));
        first
    }

    fn record_kind(&self) -> RecordKind {
        Owner::parse(&self.owner).kind
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        let mut kind = if self.version == 0 { "" } else { self.kind.as_str() }.to_owned();
        fields.text("type", &mut kind);
        match Type::parse(&kind).filter(|kind| kind.is_of(self.record_kind())) {
            Some(kind) => self.kind = kind,
            None if kind.is_empty() => {
                fields.report.rule("type", "This value should not be blank.")
            }
            None => fields.report.format(
                "type",
                format!("Property \"type\" expects a valid attribute type. The attribute type does not exist, \"{kind}\" given."),
            ),
        }
        fields.labels("labels", &mut self.labels);
        fields.boolean("value_per_locale", &mut self.value_per_locale);
        fields.boolean("value_per_channel", &mut self.value_per_channel);
        fields.boolean("is_required_for_completeness", &mut self.is_required_for_completeness);
        self.properties.take_over(self.kind, fields);
        self.properties.complete(self.kind);
    }

    /// The attribute of products whose values are checked and filtered as those of this one.
    pub fn as_product_attribute(&self) -> Attribute {
        let given = &self.properties;
        let mut attribute = Attribute::new(&self.code);
        attribute.kind = self.kind.as_product_kind(given.is_textarea == Some(true));
        if self.kind == Type::MediaFile && given.media_type.as_deref() == Some("image") {
            attribute.kind = Kind::Image;
        }
        attribute.localizable = self.value_per_locale;
        attribute.scopable = self.value_per_channel;
        let properties = &mut attribute.properties;
        properties.max_characters = given.max_characters;
        properties.validation_rule = match given.validation_rule.as_deref() {
            Some("regular_expression") => Some("regexp".to_owned()),
            Some(rule @ ("email" | "url")) => Some(rule.to_owned()),
            _ => None,
        };
        properties.validation_regexp.clone_from(&given.validation_regexp);
        properties.decimals_allowed = given.decimals_allowed;
        properties.number_min.clone_from(&given.min_value);
        properties.number_max.clone_from(&given.max_value);
        properties.allowed_extensions.clone_from(&given.allowed_extensions);
        if given.media_type.as_deref() == Some("pdf") && given.allowed_extensions.is_empty() {
            properties.allowed_extensions = vec!["pdf".to_owned()];
        }
        properties.max_file_size.clone_from(&given.max_file_size);
        properties.reference_data_name =
            given.reference_entity_code.clone().or_else(|| given.asset_family_identifier.clone());
        attribute
    }
}

impl Properties {
    /// Takes over what attributes of this type have; anything else is refused as unknown.
    fn take_over(&mut self, kind: Type, fields: &mut Fields<'_>) {
        match kind {
            Type::Text => {
                fields.optional_integer("max_characters", &mut self.max_characters);
                fields.optional_boolean("is_textarea", &mut self.is_textarea);
                fields.optional_boolean("is_rich_text_editor", &mut self.is_rich_text_editor);
                fields.optional_text("validation_rule", &mut self.validation_rule);
                fields.optional_text("validation_regexp", &mut self.validation_regexp);
            }
            Type::Number => {
                fields.optional_boolean("decimals_allowed", &mut self.decimals_allowed);
                fields.optional_decimal("min_value", &mut self.min_value);
                fields.optional_decimal("max_value", &mut self.max_value);
            }
            Type::SingleOption | Type::MultipleOptions => {}
            Type::SingleLink | Type::MultipleLinks => {
                fields.optional_text("reference_entity_code", &mut self.reference_entity_code);
            }
            Type::AssetCollection => {
                fields.optional_text("asset_family_identifier", &mut self.asset_family_identifier);
            }
            Type::Image => self.take_over_file(fields),
            Type::MediaFile => {
                fields.optional_text("media_type", &mut self.media_type);
                self.take_over_file(fields);
            }
            Type::MediaLink => {
                fields.optional_text("media_type", &mut self.media_type);
                fields.optional_text("prefix", &mut self.prefix);
                fields.optional_text("suffix", &mut self.suffix);
            }
        }
    }

    fn take_over_file(&mut self, fields: &mut Fields<'_>) {
        if let Some(extensions) = fields.texts("allowed_extensions") {
            self.allowed_extensions = extensions
                .iter()
                .map(|extension| extension.trim_start_matches('.').to_lowercase())
                .collect();
        }
        fields.optional_decimal("max_file_size", &mut self.max_file_size);
    }

    /// What follows from the type.
    fn complete(&mut self, kind: Type) {
        match kind {
            Type::Text => {
                self.is_textarea.get_or_insert(false);
                self.is_rich_text_editor.get_or_insert(false);
                self.validation_rule.get_or_insert_with(|| "none".to_owned());
            }
            Type::Number => {
                self.decimals_allowed.get_or_insert(false);
            }
            Type::MediaFile | Type::MediaLink => {
                self.media_type.get_or_insert_with(|| "image".to_owned());
            }
            _ => {}
        }
    }
}
