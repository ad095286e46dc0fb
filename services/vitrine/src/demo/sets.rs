//! Products that are sets of other products.

use serde_json::{Value, json};

use super::model::{Model, Variant};
use super::numbers::{Price, ean, price_near};
use super::picture::{Picture, PictureOwner, PictureSpec, Shape};
use super::structure::CHANNELS;
use super::values::{plain_value, price_data};
use super::words::brands::brand_by_code;
use super::words::colors::color_by_code;
use super::words::sets::{SETS, Set};

/// A set with the variants it contains.
#[derive(Debug, Clone)]
pub(crate) struct Bundle {
    pub(crate) sku: &'static str,
    pub(crate) price: Price,
    contents: Vec<(String, u32)>,
    body: Value,
    color: [u8; 3],
}

const MAKER: &str = "studio_ennis";
/// What a set costs of the sum of its parts.
const SET_SHARE: f64 = 0.88;
/// Article numbers of sets lie apart from those of products.
const EANS_FROM: u32 = 900_000;

/// The sets, filled from the shop.
pub(crate) fn bundles(models: &[Model]) -> Vec<Bundle> {
    (1..).zip(SETS).map(|(number, set)| bundle(number, set, models)).collect()
}

fn bundle(number: u32, set: &Set, models: &[Model]) -> Bundle {
    let parts: Vec<(&Variant, u32)> = set
        .contents
        .iter()
        .map(|(kind, quantity)| (part(kind, number, models), *quantity))
        .collect();
    let sum: f64 = parts
        .iter()
        .map(|(variant, quantity)| f64::from(variant.price.eur * quantity) / 100.0)
        .sum();
    let price = price_near(sum * SET_SHARE);
    let pieces: u32 = parts.iter().map(|(_, quantity)| quantity).sum();
    Bundle {
        sku: set.code,
        price,
        contents: parts
            .iter()
            .map(|(variant, quantity)| (variant.sku.clone(), *quantity))
            .collect(),
        body: body(set, price, pieces, &ean(EANS_FROM + number)),
        color: color_by_code(set.color).paint,
    }
}

/// A variant of this kind; sets choose different models.
fn part<'a>(kind: &str, number: u32, models: &'a [Model]) -> &'a Variant {
    let of_kind: Vec<&Model> = models.iter().filter(|model| model.kind.code == kind).collect();
    &of_kind[number as usize % of_kind.len()].variants[0]
}

fn body(set: &Set, price: Price, pieces: u32, ean: &str) -> Value {
    let brand = brand_by_code(MAKER);
    let name = set.name.text();
    json!({
        "identifier": set.code,
        "enabled": true,
        "family": "sets",
        "parent": null,
        "categories": ["gift_sets"],
        "values": {
            "name": name.values(None),
            "description": set.description.text().tidy().values(None),
            "teaser": CHANNELS.iter().flat_map(|channel| name.values(Some(channel))).collect::<Vec<_>>(),
            "brand": [plain_value(json!(brand.code))],
            "country_of_origin": [plain_value(json!(brand.country))],
            "sustainability": [plain_value(json!(["plastic_free"]))],
            "release_date": [plain_value(json!("2025-03-01T00:00:00+00:00"))],
            "tax_class": [plain_value(json!("standard"))],
            "warranty_years": [plain_value(json!(2))],
            "pieces": [plain_value(json!(pieces))],
            "ean": [plain_value(json!(ean))],
            "price": [plain_value(price_data(price))],
        },
    })
}

impl Bundle {
    pub(crate) fn body(&self) -> Value {
        self.body.clone()
    }

    /// The patch that lists the contents, sent after the products exist.
    pub(crate) fn contents_patch(&self) -> Value {
        let products: Vec<Value> = self
            .contents
            .iter()
            .map(|(sku, quantity)| json!({ "identifier": sku, "quantity": quantity }))
            .collect();
        json!({
            "identifier": self.sku,
            "quantified_associations": { "PRODUCT_SET": { "products": products, "product_models": [] } },
        })
    }

    pub(crate) fn picture(&self) -> Picture {
        Picture {
            owner: PictureOwner::Product(self.sku.to_owned()),
            filename: format!("{}.png", self.sku.to_lowercase()),
            spec: PictureSpec::new(
                Shape::GiftBox,
                self.color,
                [0xf3, 0xe9, 0xd8],
                u64::from(self.price.eur),
            ),
        }
    }
}
