//! The demo shop: a furniture, kitchen, coffee, textile and outdoor catalog that reads like a real
//! one, in three languages, with drawn pictures and a year of trade.
//!
//! Everything follows from one seed: words and rules stand in [`words`], a [`model::Model`] is drawn
//! per kind and series, and the rest of this module writes it down as bodies of the management API.
//! Nothing here does any I/O; the loader sends what [`generate`] returns, in the order of the fields.

mod associations;
mod attributes;
pub mod commerce;
mod describe;
mod families;
mod grammar;
mod kind;
mod measurements;
mod model;
mod numbers;
pub mod picture;
mod pictures;
mod products;
mod sets;
mod shop;
mod structure;
mod text;
mod values;
mod words;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use self::numbers::Price;
pub use self::picture::{Picture, PictureOwner, PictureSpec, draw};
pub use self::text::Text;

/// The seed of the shop everyone sees.
pub const DEMO_SEED: u64 = 20_260_101;

/// The catalog as bodies of the management API, field by field in the order in which they must be
/// sent; bodies of one field may be sent in bulk, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCatalog {
    /// `{code, enabled}`; read-only where the API is Akeneo's.
    pub locales: Vec<Value>,
    /// `{code, enabled}`; likewise.
    pub currencies: Vec<Value>,
    /// One JSON array for `PATCH /api/rest/v1/measurement-families` (not line by line).
    pub measurement_families: Vec<Value>,
    /// The tree of `master`, parents first.
    pub categories: Vec<Value>,
    /// `ecommerce` and `mobile`; they need the tree, the locales and the currencies.
    pub channels: Vec<Value>,
    /// Groups, without their attributes, which name the group themselves.
    pub attribute_groups: Vec<Value>,
    /// All attributes, `sku` first.
    pub attributes: Vec<Value>,
    /// Attribute code and its options.
    pub attribute_options: Vec<(String, Vec<Value>)>,
    /// Families with requirements for both channels.
    pub families: Vec<Value>,
    /// Family code and its variants.
    pub family_variants: Vec<(String, Vec<Value>)>,
    /// The four usual types and the quantified `PRODUCT_SET`.
    pub association_types: Vec<Value>,
    /// Root models, then sub models.
    pub product_models: Vec<Value>,
    /// Variants, simple products and sets, without pictures and associations.
    pub products: Vec<Value>,
    /// Patches `{code, associations}` of root models, for when all models and products exist.
    pub model_associations: Vec<Value>,
    /// Patches `{identifier, associations | quantified_associations}` of simple products and sets.
    pub product_associations: Vec<Value>,
    /// Pictures to draw and upload to attribute `image`.
    pub pictures: Vec<Picture>,
}

/// Draws the whole catalog. The same seed gives the same bytes.
#[must_use]
pub fn generate(seed: u64) -> DemoCatalog {
    let models = shop::draw_models(seed);
    let bundles = sets::bundles(&models);
    let companions = associations::companions(&models);
    let (model_associations, mut product_associations) =
        associations::association_patches(&models, &companions);
    product_associations.extend(bundles.iter().map(sets::Bundle::contents_patch));
    let mut products = products::products(&models);
    products.extend(bundles.iter().map(sets::Bundle::body));
    let mut pictures = pictures::pictures(&models);
    pictures.extend(bundles.iter().map(sets::Bundle::picture));
    DemoCatalog {
        locales: structure::locales(),
        currencies: structure::currencies(),
        measurement_families: measurements::measurement_families(),
        categories: structure::categories(),
        channels: structure::channels(),
        attribute_groups: structure::attribute_groups(),
        attributes: attributes::attributes(),
        attribute_options: attributes::attribute_options(),
        families: families::families(),
        family_variants: families::family_variants(),
        association_types: structure::association_types(),
        product_models: products::product_models(&models),
        products,
        model_associations,
        product_associations,
        pictures,
    }
}
