//! How much of everything lies where.

use fastrand::Rng;
use serde::Serialize;

use crate::demo::model::Model;
use crate::demo::sets::Bundle;
use crate::demo::shop::fingerprint;

/// What lies of a sku at a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockLevel {
    /// A sku of the catalog.
    pub sku: String,
    /// `main` or `store`.
    pub location: &'static str,
    /// Units, zero included.
    pub on_hand: u32,
}

pub(super) fn draw_stock(seed: u64, models: &[Model], bundles: &[Bundle]) -> Vec<StockLevel> {
    let variants = models
        .iter()
        .flat_map(|model| model.variants.iter().map(|variant| (&*variant.sku, variant.price)));
    let sets = bundles.iter().map(|bundle| (bundle.sku, bundle.price));
    variants.chain(sets).flat_map(|(sku, price)| levels(seed, sku, price.eur)).collect()
}

/// Cheap things lie in heaps; one in twenty is sold out, one in ten runs low.
fn levels(seed: u64, sku: &str, cents: u32) -> [StockLevel; 2] {
    let mut rng = Rng::with_seed(seed ^ fingerprint(sku) ^ fingerprint("stock"));
    let plenty = match cents {
        ..2500 => 240,
        2500..10_000 => 90,
        10_000..50_000 => 30,
        _ => 12,
    };
    let (main, store) = match rng.u8(0..100) {
        0..5 => (0, 0),
        5..8 => (0, rng.u32(1..=3)),
        8..18 => (rng.u32(1..=4), 0),
        _ => (rng.u32(plenty / 3..=plenty), rng.u32(0..=plenty / 6)),
    };
    let level = |location, on_hand| StockLevel { sku: sku.to_owned(), location, on_hand };
    [level("main", main), level("store", store)]
}
