//! The mapping file: how the columns of a file become products.

use anyhow::{Context, Result};
use serde::Deserialize;

const SHIPPED: &[(&str, &str)] = &[
    ("icecat", include_str!("../../profiles/icecat.toml")),
    ("magento", include_str!("../../profiles/magento.toml")),
];

/// A whole mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// Language of the file's texts.
    pub(super) locale: String,
    /// Currency of the file's prices.
    pub(super) currency: String,
    /// Separator of CSV files; a comma (a tab in .tsv files) if absent.
    pub(super) delimiter: Option<char>,
    /// What a row is.
    pub(super) product: ProductRule,
    /// Columns that come from another file.
    #[serde(default, rename = "lookup")]
    pub(super) lookups: Vec<LookupRule>,
    /// Columns that hold several `name=value` pairs.
    #[serde(default, rename = "expand")]
    pub(super) expansions: Vec<ExpandRule>,
    /// Where products are classified.
    #[serde(default, rename = "category")]
    pub(super) categories: Vec<CategoryRule>,
    /// How variants are told.
    pub(super) variants: Option<VariantRule>,
    /// Stock of products that have none yet.
    pub(super) initial_stock: Option<StockRule>,
    /// How columns become attributes; the first rule that matches a column holds.
    #[serde(rename = "attribute")]
    pub(super) attributes: Vec<AttributeRule>,
}

/// What a row is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductRule {
    /// Column of the sku.
    pub(super) identifier: String,
    /// Family of the product.
    pub(super) family: FamilyRule,
    /// Column that says whether it is for sale; always if absent.
    pub(super) enabled: Option<String>,
}

/// Family of a product: the code is made from a column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FamilyRule {
    /// The column with the family's name.
    pub(super) column: String,
    /// Put before the code.
    #[serde(default)]
    pub(super) prefix: String,
}

/// A column looked up in a JSON object, `{"<key>": "<value>"}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupRule {
    /// Name of the new column.
    pub(super) column: String,
    /// The JSON file, beside the imported one; gzip too.
    pub(super) file: String,
    /// Column whose value is the key.
    pub(super) key: String,
    /// Value where the key is not found.
    pub(super) default: String,
}

/// A column of `name=value` pairs separated by commas becomes columns `<column>.<name>`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpandRule {
    /// The column.
    pub(super) column: String,
}

/// A column of category names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryRule {
    /// The category under which the file's categories hang.
    pub(super) under: NamedCode,
    /// The column.
    pub(super) column: String,
    /// Separates several categories in one column.
    pub(super) separator: Option<String>,
    /// Separates the levels of one category.
    pub(super) path_separator: Option<String>,
    /// Levels to leave out at the top.
    #[serde(default)]
    pub(super) skip_levels: usize,
}

/// A code with its label.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedCode {
    /// The code.
    pub(super) code: String,
    /// The label.
    pub(super) label: String,
}

/// Rows of one kind are product models and name their variants:
/// `sku=A-S,size=S|sku=A-M,size=M`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VariantRule {
    /// How a model's row is known.
    pub(super) kind: KindRule,
    /// Column of the model that names its variants.
    pub(super) members: String,
    /// Attributes that variants have besides the axes; all others belong to the model.
    pub(super) attributes: Vec<String>,
}

/// A row is a model if this column has this value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindRule {
    /// The column.
    pub(super) column: String,
    /// The value.
    pub(super) model: String,
}

/// Stock of products that have none yet; what was sold since is never undone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StockRule {
    /// Column with the quantity.
    pub(super) column: Option<String>,
    /// Quantity where there is no column or no number in it.
    pub(super) on_hand: u32,
}

/// A column, or with `*` several, and the attribute it becomes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeRule {
    /// Name of the column; may hold one `*`.
    pub(super) column: String,
    /// Leave the column out.
    #[serde(default)]
    pub(super) ignore: bool,
    /// Code of the attribute; `{*}` stands for what `*` matched. The column if absent.
    pub(super) code: Option<String>,
    /// Type of the attribute; an attribute that exists keeps its own.
    #[serde(default, rename = "type")]
    pub(super) kind: AttributeKind,
    /// Label; made from the column if absent.
    pub(super) label: Option<String>,
    /// Whether the text is in the mapping's locale.
    #[serde(default)]
    pub(super) localizable: bool,
    /// Whether it names the product.
    #[serde(default)]
    pub(super) as_label: bool,
    /// Whether prices are in cents.
    #[serde(default)]
    pub(super) minor_units: bool,
    /// Longer texts are cut to this many characters.
    pub(super) cut_at: Option<usize>,
    /// Separates the values of a multi select.
    pub(super) separator: Option<String>,
}

/// Types of attributes, in short words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AttributeKind {
    /// A select where few short values recur, else a text or text area by length.
    #[default]
    Auto,
    /// Up to 255 characters.
    Text,
    /// Up to 65,535 characters.
    Textarea,
    /// A decimal number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of several options.
    Select,
    /// Some of several options.
    Multiselect,
    /// A day.
    Date,
    /// A price.
    Price,
}

impl Profile {
    /// A shipped mapping by its name, or one from a file.
    pub(super) fn load(name: &str) -> Result<Self> {
        if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
            return toml::from_str(text).context("the shipped mapping is damaged");
        }
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let text = std::fs::read_to_string(name).with_context(|| {
            format!("there is no mapping {name}: neither shipped ({}) nor a file", names.join(", "))
        })?;
        toml::from_str(&text).with_context(|| format!("the mapping {name} cannot be used"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_mappings_can_be_used() {
        for (name, _) in SHIPPED {
            Profile::load(name).unwrap();
        }
    }
}
