//! Feeds: how what marketplaces get of a channel is made. [`crate::delivery`] makes it.

pub mod api;
mod store;

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{fields::Fields, report::Report};
use crate::delivery::marketplace::{CONDITIONS, Field, LinkTemplate};

/// Most categories that are given a category of Google's.
const MAX_CATEGORIES: usize = 10_000;
/// Characters of a path in Google's taxonomy.
const MAX_GOOGLE_CATEGORY: usize = 750;

/// How the feeds of a channel are made. A channel for which nothing is said has feeds all the same.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Feed {
    /// Code of the channel.
    #[schema(example = "ecommerce")]
    pub code: String,
    /// Address of a product page in the shop, https or http. Placeholders: `{slug}`, `{sku}`, `{id}` (of
    /// which it has one at least), `{channel}`, `{locale}`, `{language}`, `{currency}`. If null, it is
    /// `/products/{slug}` below the public address.
    #[schema(example = "https://shop.example/{locale}/p/{slug}?sku={sku}")]
    pub link: Option<String>,
    /// Condition of products that have no value for it: `new`, `refurbished` or `used`.
    #[schema(example = "new")]
    pub condition: String,
    /// Field to the attribute that fills it. Fields: `title`, `description`, `brand`, `gtin`, `mpn`,
    /// `color`, `size`, `material`, `pattern`, `gender`, `age_group`, `condition`, `availability`,
    /// `list_price`, `shipping_weight`. Those that are not named are filled by the attributes that are
    /// usual for them: `gtin` by `gtin`, `ean`, `upc` or `isbn`, `color` by `color`.
    #[sqlx(json)]
    #[schema(example = json!({"gtin": "barcode", "material": "fabric"}))]
    pub attributes: BTreeMap<String, String>,
    /// Category to its number or path in Google's taxonomy. It holds for everything below the category,
    /// where nothing nearer is said.
    #[sqlx(json)]
    #[schema(example = json!({"chairs": "443", "office_chairs": "Furniture > Office Furniture > Office Chairs"}))]
    pub google_product_categories: BTreeMap<String, String>,
    /// What is in one of these categories, or below, is left out.
    #[schema(example = json!(["spare_parts"]))]
    pub excluded_categories: Vec<String>,
    /// Products of these families are left out.
    #[schema(example = json!(["gift_cards"]))]
    pub excluded_families: Vec<String>,
    #[serde(skip)]
    version: i64,
}

impl Feed {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            link: None,
            condition: CONDITIONS[0].to_owned(),
            attributes: BTreeMap::new(),
            google_product_categories: BTreeMap::new(),
            excluded_categories: Vec::new(),
            excluded_families: Vec::new(),
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        fields.optional_text("link", &mut self.link);
        fields.text("condition", &mut self.condition);
        fields.entries("attributes", &mut self.attributes);
        fields.entries("google_product_categories", &mut self.google_product_categories);
        fields.codes("excluded_categories", &mut self.excluded_categories);
        fields.codes("excluded_families", &mut self.excluded_families);
    }

    fn check_itself(&self, report: &mut Report) {
        if let Some(Err(message)) = self.link.as_deref().map(LinkTemplate::parse) {
            report.rule("link", message);
        }
        if !CONDITIONS.contains(&self.condition.as_str()) {
            let rule = format!("This value should be one of {}.", CONDITIONS.join(", "));
            report.rule("condition", rule);
        }
        for field in self.attributes.keys().filter(|field| Field::parse(field).is_none()) {
            let rule = format!("\"{field}\" is not a field that an attribute fills.");
            report.rule("attributes", rule);
        }
        if self.google_product_categories.len() > MAX_CATEGORIES {
            let rule = format!("This collection should contain {MAX_CATEGORIES} elements or less.");
            report.rule("google_product_categories", rule);
        }
        let texts = self.google_product_categories.values();
        for text in texts.filter(|text| !is_google_category(text)) {
            let rule = format!("\"{text}\" is neither a number nor a path of Google's taxonomy.");
            report.rule("google_product_categories", rule);
        }
    }
}

/// A number, or names with `>` between them.
fn is_google_category(text: &str) -> bool {
    let is_name = |name: &str| name.chars().any(char::is_alphabetic);
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.chars().count() <= MAX_GOOGLE_CATEGORY
        && !text.chars().any(char::is_control)
        && (is_number || text.split('>').all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_google_category_is_a_number_or_a_path() {
        for text in ["436", "Furniture", "Furniture > Chairs", "Apparel & Accessories > Clothing"] {
            assert!(is_google_category(text), "{text}");
        }
        for text in ["", "4x>", "> Chairs", "Furniture >> Chairs", "a\nb", "4.5"] {
            assert!(!is_google_category(text), "{text}");
        }
    }
}
