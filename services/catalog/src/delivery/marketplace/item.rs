use std::{borrow::Cow, fmt};

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::finding::Finding;

/// One thing that can be bought, in the fields of Google's product data specification.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FeedItem)]
pub(crate) struct Item {
    /// The sku.
    #[schema(example = "MUG-BLUE-S", max_length = 50)]
    pub id: String,
    /// Name with the variant's options, in one line.
    #[schema(example = "Mug, Blue, Small", max_length = 150)]
    pub title: String,
    /// Plain text in one line.
    #[schema(max_length = 5000)]
    pub description: String,
    /// Its page in the shop.
    #[schema(example = "https://shop.example/en_US/p/mug?sku=MUG-BLUE-S")]
    pub link: String,
    /// Its picture.
    #[schema(example = "https://shop.example/media/1/d/7/f/1d7f_mug.jpg")]
    pub image_link: String,
    /// More pictures of the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub additional_image_link: Vec<String>,
    /// `in_stock`, `out_of_stock`, `preorder` or `backorder`, as the catalog has it.
    #[schema(example = "in_stock")]
    pub availability: &'static str,
    /// What it costs; beside a `sale_price`, what it cost before.
    #[schema(value_type = String, example = "19.99 EUR")]
    pub price: Price,
    /// What it costs, where a list price stands beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "14.99 EUR")]
    pub sale_price: Option<Price>,
    /// Brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 70)]
    pub brand: Option<String>,
    /// Global trade item number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "4006381333931")]
    pub gtin: Option<String>,
    /// Manufacturer's part number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 70)]
    pub mpn: Option<String>,
    /// `yes`, or `no` where there is neither a GTIN nor a part number with a brand.
    #[schema(example = "yes")]
    pub identifier_exists: &'static str,
    /// `new`, `refurbished` or `used`.
    #[schema(example = "new")]
    pub condition: &'static str,
    /// Number or path in Google's taxonomy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2169")]
    pub google_product_category: Option<String>,
    /// Category in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Kitchen > Mugs")]
    pub product_type: Option<String>,
    /// Colours, with `/` between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Blue/White")]
    pub color: Option<String>,
    /// Size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Materials, with `/` between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// `male`, `female` or `unisex`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<&'static str>,
    /// `newborn`, `infant`, `toddler`, `kids` or `adult`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_group: Option<&'static str>,
    /// Id of the product model, the same for all its variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_group_id: Option<Uuid>,
    /// Weight with a unit: `kg`, `g`, `lb` or `oz`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "0.35 kg")]
    pub shipping_weight: Option<Weight>,
}

/// An amount and a currency: `19.99 EUR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Price {
    pub amount: Decimal,
    pub currency: String,
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An amount and a unit that Google knows: `1.5 kg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weight {
    pub amount: Decimal,
    pub unit: &'static str,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the feed has of a product page.
#[derive(Debug)]
pub(super) struct Listing {
    pub page_id: Uuid,
    /// Present where the page is a product model.
    pub group: Option<Group>,
    /// What can be bought, without what is left out.
    pub items: Vec<Item>,
    /// How many were left out.
    pub left_out: usize,
    pub findings: Vec<Finding>,
}

/// What the variants of a product model have in common.
#[derive(Debug)]
pub(super) struct Group {
    pub name: String,
    pub description: String,
    /// In what they differ: properties of schema.org, or names of attributes.
    pub varies_by: Vec<String>,
}

type Text<'a> = Option<Cow<'a, str>>;
/// How a field is read.
pub(super) type Read = for<'a> fn(&'a Item) -> Text<'a>;

/// Names of the fields and how each is read as one text; lists have commas.
pub(super) const COLUMNS: [(&str, Read); 24] = [
    ("id", |item| plain(&item.id)),
    ("title", |item| plain(&item.title)),
    ("description", |item| plain(&item.description)),
    ("link", |item| plain(&item.link)),
    ("image_link", |item| plain(&item.image_link)),
    ("additional_image_link", |item| Some(item.additional_image_link.join(",").into())),
    ("availability", |item| plain(item.availability)),
    ("price", |item| shown(Some(&item.price))),
    ("sale_price", |item| shown(item.sale_price.as_ref())),
    ("brand", |item| optional(&item.brand)),
    ("gtin", |item| optional(&item.gtin)),
    ("mpn", |item| optional(&item.mpn)),
    ("identifier_exists", |item| plain(item.identifier_exists)),
    ("condition", |item| plain(item.condition)),
    ("google_product_category", |item| optional(&item.google_product_category)),
    ("product_type", |item| optional(&item.product_type)),
    ("color", |item| optional(&item.color)),
    ("size", |item| optional(&item.size)),
    ("material", |item| optional(&item.material)),
    ("pattern", |item| optional(&item.pattern)),
    ("gender", |item| item.gender.map(Cow::from)),
    ("age_group", |item| item.age_group.map(Cow::from)),
    ("item_group_id", |item| shown(item.item_group_id.as_ref())),
    ("shipping_weight", |item| shown(item.shipping_weight.as_ref())),
];

fn plain(text: &str) -> Text<'_> {
    Some(text.into())
}

fn optional(text: &Option<String>) -> Text<'_> {
    text.as_deref().map(Cow::from)
}

fn shown<'a>(value: Option<&'a impl fmt::Display>) -> Text<'a> {
    value.map(|value| value.to_string().into())
}
