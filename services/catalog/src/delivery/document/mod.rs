//! The flat document of a product page: what lists show of it (the card) and what the page shows
//! beside that (the detail).
//!
//! Documents are stored with prices in every currency of their channel; [`Card::shown_in`] and
//! [`Detail::shown_in`] make of them what a shopper gets.

pub(super) mod pages;
pub(super) mod retention;
pub(super) mod store;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{CurrencyCode, Money, Sku};
use utoipa::ToSchema;
use uuid::Uuid;

use super::media::srcset;

/// Lowest and highest price in minor units, by currency.
pub(super) type Prices = BTreeMap<CurrencyCode, PriceRange>;

/// Lowest and highest price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PriceRange {
    /// Minor units of the card's currency.
    #[schema(example = 1999)]
    pub min: i64,
    /// Minor units of the card's currency.
    #[schema(example = 2499)]
    pub max: i64,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Image {
    /// Address relative to the public address; takes `?w=` and `&format=`.
    #[schema(example = "/media/1/d/7/f/1d7f_mug.jpg")]
    pub url: String,
    /// What it shows.
    pub alt: String,
    /// Pixels, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1000)]
    pub width: Option<u32>,
    /// Pixels, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 500)]
    pub height: Option<u32>,
    /// For the attribute `srcset` of HTML: the picture in every width that is made of it, in the best
    /// format that the browser accepts. Present where its width is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "/media/1/d/7/f/1d7f_mug.jpg?w=80 80w, /media/1/d/7/f/1d7f_mug.jpg?w=160 160w"
    )]
    pub srcset: Option<String>,
}

impl Image {
    /// Not stored, since it follows from the rest.
    fn offer_widths(&mut self) {
        self.srcset = self.width.map(|width| srcset(&self.url, width));
    }
}

/// A category, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CategoryRef {
    /// Its code.
    #[schema(example = "mugs")]
    pub code: String,
    /// Its label in the locale.
    #[schema(example = "Mugs")]
    pub label: String,
}

/// What lists show of a product page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Card {
    /// The simple product or the root product model.
    pub id: Uuid,
    /// Its sku; that of the first variant where there are several.
    pub sku: Sku,
    /// Last part of its address, unique in channel and locale.
    #[schema(example = "blue-mug")]
    pub slug: String,
    /// Its name.
    #[schema(example = "Blue mug")]
    pub name: String,
    /// Lowest price in the currency asked for; null if it is not sold in it.
    #[schema(required)]
    pub price: Option<Money>,
    /// Present where variants differ in price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_range: Option<PriceRange>,
    /// Main picture.
    #[schema(required)]
    pub image: Option<Image>,
    /// Brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// From below the root of the channel's tree to its first category.
    pub category_path: Vec<CategoryRef>,
    /// How many things can be bought here; 1 for a simple product.
    #[schema(example = 1)]
    pub variant_count: usize,
    /// When the product was last changed in a way that shows here.
    pub updated: DateTime<Utc>,
    /// Prices in every currency, only while stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub prices: Option<Prices>,
}

/// What the product page shows beside the card.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Detail {
    /// Long text; may hold HTML if the catalog does.
    #[schema(required)]
    pub description: Option<String>,
    /// Every picture, the main one first.
    pub images: Vec<Image>,
    /// Everything else that is known about the product, in display order.
    pub attributes: Vec<AttributeValue>,
    /// In what the variants differ, in the family's order; empty for a simple product.
    pub options: Vec<Choice>,
    /// Everything that can be bought here; a simple product is its own only variant.
    pub variants: Vec<Variant>,
    /// Every category in the channel's tree.
    pub categories: Vec<CategoryPath>,
    /// What goes with it, by type of association.
    pub associations: Vec<Association>,
    /// For search engines.
    pub seo: Seo,
    /// Percentage of the attributes that the family requires in the channel which are filled in this
    /// very locale: less than 100 where values of a fallback locale stand in.
    #[schema(example = 100)]
    pub completeness: u8,
    /// Tax class; the standard one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// When the product was created.
    pub created: DateTime<Utc>,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AttributeValue {
    /// The attribute's code.
    #[schema(example = "weight")]
    pub code: String,
    /// Its label.
    #[schema(example = "Weight")]
    pub label: String,
    /// Label of its group.
    #[schema(example = "Technical")]
    pub group: String,
    /// `text`, `identifier`, `select`, `multi_select`, `boolean`, `number`, `metric`, `price`, `date`,
    /// `image` or `other`.
    #[serde(rename = "type")]
    #[schema(example = "metric")]
    pub kind: String,
    /// For programs: text, number, boolean, option code or codes; metric amounts are in `unit`.
    #[schema(value_type = Value, example = 1.5)]
    pub value: Value,
    /// Code of the unit of a metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "KILOGRAM")]
    pub unit: Option<String>,
    /// For people, in the locale.
    #[schema(example = "1.5 kg")]
    pub formatted: String,
}

/// An attribute in which variants differ.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Choice {
    /// The attribute's code.
    #[schema(example = "color")]
    pub code: String,
    /// Its label.
    #[schema(example = "Colour")]
    pub label: String,
    /// What can be chosen.
    pub values: Vec<ChoiceValue>,
}

/// One value of a [`Choice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ChoiceValue {
    /// As it stands in the variants' `options`.
    #[schema(example = "red")]
    pub code: String,
    /// For people.
    #[schema(example = "Red")]
    pub label: String,
}

/// One thing that can be bought.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Variant {
    /// The product.
    pub id: Uuid,
    /// Its sku.
    pub sku: Sku,
    /// The page's name with the variant's options.
    pub name: String,
    /// What is chosen with it: attribute to value.
    pub options: BTreeMap<String, String>,
    /// Price in the currency asked for; null if it is not sold in it.
    #[schema(required)]
    pub price: Option<Money>,
    /// Its own picture, else the page's.
    #[schema(required)]
    pub image: Option<Image>,
    /// Values that only this variant has, beside its options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeValue>,
    /// Tax class, where it differs from the page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// Prices in every currency, only while stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub prices: Option<Prices>,
}

/// A category with the way to it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct CategoryPath {
    /// Its code.
    pub code: String,
    /// Its label.
    pub label: String,
    /// From below the root of the tree to the category itself: breadcrumbs.
    pub path: Vec<CategoryRef>,
}

/// Products that go with the product in one way.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Association {
    /// Code of the association type.
    #[schema(example = "X_SELL")]
    pub code: String,
    /// Its label.
    pub label: String,
    /// The products that are published.
    pub products: Vec<AssociatedProduct>,
}

/// A product that goes with another one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct AssociatedProduct {
    /// Its page.
    pub id: Uuid,
    /// Its sku.
    pub sku: Sku,
    /// Last part of its address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Lowest price in the currency asked for.
    #[schema(required)]
    pub price: Option<Money>,
    /// Main picture.
    #[schema(required)]
    pub image: Option<Image>,
    /// How many, for quantified associations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// Prices in every currency, only while stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub prices: Option<Prices>,
}

/// For search engines.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Seo {
    /// Page title.
    pub title: String,
    /// Page description.
    pub description: Option<String>,
    /// Last part of the address.
    pub slug: String,
    /// The one address of the page.
    pub canonical: String,
}

impl Card {
    /// The card that a shopper gets who pays in this currency.
    pub(super) fn shown_in(mut self, currency: &CurrencyCode) -> Self {
        let range = self.prices.take().and_then(|prices| prices.get(currency).copied());
        self.price = range.map(|range| Money::new(range.min, currency.clone()));
        self.price_range = range.filter(|range| range.min != range.max);
        self.image.iter_mut().for_each(Image::offer_widths);
        self
    }
}

impl Detail {
    /// The detail that a shopper gets who pays in this currency.
    pub(super) fn shown_in(mut self, currency: &CurrencyCode) -> Self {
        self.images.iter_mut().for_each(Image::offer_widths);
        for variant in &mut self.variants {
            variant.price = lowest(variant.prices.take(), currency);
            variant.image.iter_mut().for_each(Image::offer_widths);
        }
        for product in self.associations.iter_mut().flat_map(|found| &mut found.products) {
            product.price = lowest(product.prices.take(), currency);
            product.image.iter_mut().for_each(Image::offer_widths);
        }
        self
    }

    /// Codes of all categories, ancestors included, without the root of the tree.
    pub(super) fn category_codes(&self) -> Vec<String> {
        let steps = self.categories.iter().flat_map(|category| &category.path);
        let mut codes: Vec<String> = steps.map(|step| step.code.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    }
}

fn lowest(prices: Option<Prices>, currency: &CurrencyCode) -> Option<Money> {
    let range = prices?.get(currency).copied()?;
    Some(Money::new(range.min, currency.clone()))
}
