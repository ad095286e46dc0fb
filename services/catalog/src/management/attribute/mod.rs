//! Attributes: properties of products, with type and validation.

pub mod api;
mod kind;
mod rules;
mod store;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

pub use kind::Kind;

use super::fields::{Fields, Labels};

/// A property of products.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Attribute {
    /// Chosen by staff, never changed.
    #[schema(example = "color")]
    pub code: String,
    /// What sort of values it has; never changed.
    #[serde(rename = "type")]
    #[sqlx(rename = "type", try_from = "String")]
    pub kind: Kind,
    /// Its group.
    #[sqlx(rename = "attribute_group")]
    #[schema(example = "marketing")]
    pub group: String,
    /// Names of the group by locale; only read.
    #[sqlx(json)]
    pub group_labels: Labels,
    /// Order within the group.
    pub sort_order: i32,
    /// Whether there is a value per locale; never changed.
    pub localizable: bool,
    /// Whether there is a value per channel; never changed.
    pub scopable: bool,
    /// Whether a value belongs to one product; never changed.
    #[serde(rename = "unique")]
    #[sqlx(rename = "is_unique")]
    pub unique: bool,
    /// Whether it identifies products: the sku.
    pub is_main_identifier: bool,
    /// Measurement family of a metric; never changed.
    pub metric_family: Option<String>,
    /// Locales of a locale-specific attribute; empty: all.
    pub available_locales: Vec<String>,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// The rest.
    #[serde(flatten)]
    #[sqlx(json)]
    pub properties: Properties,
    #[serde(skip)]
    version: i64,
}

/// Validation and display parameters; null where they do not apply to the type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Properties {
    /// Whether editors may filter by it.
    pub useable_as_grid_filter: bool,
    /// Extensions of files, lower case, without dot; empty: the usual ones.
    pub allowed_extensions: Vec<String>,
    /// Unit that editors start with.
    pub default_metric_unit: Option<String>,
    /// Reference entity or asset family of linked records; never changed.
    pub reference_data_name: Option<String>,
    /// Longest text.
    pub max_characters: Option<i32>,
    /// `email`, `url` or `regexp`.
    pub validation_rule: Option<String>,
    /// Regular expression of the rule `regexp`, as `/^[a-z]+$/i`.
    pub validation_regexp: Option<String>,
    /// Whether a text area holds HTML.
    pub wysiwyg_enabled: Option<bool>,
    /// Smallest number.
    #[schema(example = "0.5")]
    pub number_min: Option<String>,
    /// Largest number.
    pub number_max: Option<String>,
    /// Whether numbers may have a fraction.
    pub decimals_allowed: Option<bool>,
    /// Whether numbers may be negative.
    pub negative_allowed: Option<bool>,
    /// First date.
    #[schema(example = "2024-01-31T00:00:00+00:00")]
    pub date_min: Option<String>,
    /// Last date.
    pub date_max: Option<String>,
    /// Largest file, in megabytes.
    pub max_file_size: Option<String>,
    /// Characters before options are suggested.
    pub minimum_input_length: Option<i32>,
    /// Help for editors, by locale.
    pub guidelines: Labels,
    /// Whether options are sorted by code.
    pub auto_option_sorting: Option<bool>,
    /// Value that new products and product models of its families have unless they say another; of booleans.
    pub default_value: Option<bool>,
    /// Whether only imports may write it.
    pub is_read_only: Option<bool>,
    /// Whether products must have a value.
    pub is_mandatory: bool,
    /// `round`, `forbid` or `trim`: what to do with more decimal places than `decimal_places`.
    pub decimal_places_strategy: Option<String>,
    /// Decimal places kept.
    pub decimal_places: Option<i32>,
    /// Always null: there are no tables here.
    pub table_configuration: Option<bool>,
}

impl Attribute {
    /// A new one, of text, in no group.
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            kind: Kind::Text,
            group: String::new(),
            group_labels: Labels::new(),
            sort_order: 0,
            localizable: false,
            scopable: false,
            unique: false,
            is_main_identifier: false,
            metric_family: None,
            available_locales: Vec::new(),
            labels: Labels::new(),
            properties: Properties::default(),
            version: 0,
        }
    }

    /// The owner of the records that its values lead to, if they do.
    pub fn record_owner(&self) -> Option<String> {
        let kind = self.kind.records()?;
        kind.owner(self.properties.reference_data_name.as_deref()?).ok()
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.ignore(&["group_labels"]);
        let mut kind = if self.version == 0 { "" } else { self.kind.as_str() }.to_owned();
        fields.text("type", &mut kind);
        match Kind::parse(&kind) {
            Some(kind) => self.kind = kind,
            None if kind.is_empty() => {
                fields.report.rule("type", "This value should not be blank.")
            }
            None => fields.report.format(
                "type",
                format!("Property \"type\" expects a valid attribute type. The attribute type does not exist, \"{kind}\" given."),
            ),
        }
        fields.text("group", &mut self.group);
        fields.integer("sort_order", &mut self.sort_order);
        fields.boolean("localizable", &mut self.localizable);
        fields.boolean("scopable", &mut self.scopable);
        fields.boolean("unique", &mut self.unique);
        fields.boolean("is_main_identifier", &mut self.is_main_identifier);
        fields.optional_text("metric_family", &mut self.metric_family);
        if let Some(mut locales) = fields.texts("available_locales") {
            locales.sort();
            locales.dedup();
            self.available_locales = locales;
        }
        fields.labels("labels", &mut self.labels);
        self.properties.take_over(fields);
        self.complete_by_type();
    }

    /// What follows from the type.
    fn complete_by_type(&mut self) {
        let properties = &mut self.properties;
        match self.kind {
            Kind::Identifier => {
                self.unique = true;
                properties.useable_as_grid_filter = true;
            }
            Kind::Number | Kind::Metric => {
                properties.decimals_allowed.get_or_insert(false);
                properties.negative_allowed.get_or_insert(false);
            }
            Kind::PriceCollection => {
                properties.decimals_allowed.get_or_insert(false);
            }
            Kind::TextArea => {
                properties.wysiwyg_enabled.get_or_insert(false);
            }
            _ => {}
        }
    }
}

impl Properties {
    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.boolean("useable_as_grid_filter", &mut self.useable_as_grid_filter);
        if let Some(extensions) = fields.texts("allowed_extensions") {
            self.allowed_extensions = extensions
                .iter()
                .map(|extension| extension.trim_start_matches('.').to_lowercase())
                .collect();
        }
        fields.optional_text("default_metric_unit", &mut self.default_metric_unit);
        fields.optional_text("reference_data_name", &mut self.reference_data_name);
        fields.optional_integer("max_characters", &mut self.max_characters);
        fields.optional_text("validation_rule", &mut self.validation_rule);
        fields.optional_text("validation_regexp", &mut self.validation_regexp);
        fields.optional_boolean("wysiwyg_enabled", &mut self.wysiwyg_enabled);
        fields.optional_decimal("number_min", &mut self.number_min);
        fields.optional_decimal("number_max", &mut self.number_max);
        fields.optional_boolean("decimals_allowed", &mut self.decimals_allowed);
        fields.optional_boolean("negative_allowed", &mut self.negative_allowed);
        fields.optional_text("date_min", &mut self.date_min);
        fields.optional_text("date_max", &mut self.date_max);
        fields.optional_decimal("max_file_size", &mut self.max_file_size);
        fields.optional_integer("minimum_input_length", &mut self.minimum_input_length);
        fields.labels("guidelines", &mut self.guidelines);
        fields.optional_boolean("auto_option_sorting", &mut self.auto_option_sorting);
        fields.optional_boolean("default_value", &mut self.default_value);
        fields.optional_boolean("is_read_only", &mut self.is_read_only);
        fields.boolean("is_mandatory", &mut self.is_mandatory);
        fields.optional_text("decimal_places_strategy", &mut self.decimal_places_strategy);
        fields.optional_integer("decimal_places", &mut self.decimal_places);
        let mut table = None;
        fields.optional_boolean("table_configuration", &mut table);
    }
}
