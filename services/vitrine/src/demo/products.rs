//! Bodies of product models and products.

use serde_json::{Value, json};

use super::families::variant_code;
use super::model::{Model, Variant};
use super::values::values_at;

/// Root models first, then the sub models that hang under them.
pub(crate) fn product_models(models: &[Model]) -> Vec<Value> {
    let with_variants = || models.iter().filter(|model| !model.is_simple());
    with_variants().map(root_body).chain(with_variants().flat_map(sub_bodies)).collect()
}

fn root_body(model: &Model) -> Value {
    json!({
        "code": model.code,
        "family": model.kind.family,
        "family_variant": variant_code(model.kind.family, model.kind.axes),
        "parent": null,
        "categories": categories_of(model),
        "values": values_at(0, model, first(model)),
    })
}

/// One body per colour or material of a model with two levels.
fn sub_bodies(model: &Model) -> Vec<Value> {
    if model.kind.axes.levels().len() < 2 {
        return Vec::new();
    }
    branches(model)
        .into_iter()
        .map(|variant| {
            json!({
                "code": model.parent_of(variant),
                "family": model.kind.family,
                "family_variant": variant_code(model.kind.family, model.kind.axes),
                "parent": model.code,
                "values": values_at(1, model, variant),
            })
        })
        .collect()
}

/// The first variant of every look.
pub(crate) fn branches(model: &Model) -> Vec<&Variant> {
    let mut branches: Vec<&Variant> = Vec::new();
    for variant in &model.variants {
        if branches.iter().all(|known| known.look_code() != variant.look_code()) {
            branches.push(variant);
        }
    }
    branches
}

pub(crate) fn products(models: &[Model]) -> Vec<Value> {
    models
        .iter()
        .flat_map(|model| model.variants.iter().map(move |variant| product_body(model, variant)))
        .collect()
}

fn product_body(model: &Model, variant: &Variant) -> Value {
    let level = model.kind.axes.levels().len();
    let mut body = json!({
        "identifier": variant.sku,
        "enabled": true,
        "family": model.kind.family,
        "parent": null,
        "values": values_at(level, model, variant),
    });
    if model.is_simple() {
        body["categories"] = json!(categories_of(model));
    } else {
        body["parent"] = json!(model.parent_of(variant));
    }
    body
}

/// The shelf of its kind, and the gift table where the price fits.
fn categories_of(model: &Model) -> Vec<&'static str> {
    let mut categories = vec![model.kind.category];
    let giftable = matches!(
        model.kind.family,
        "tableware"
            | "kitchen_tools"
            | "coffee_equipment"
            | "coffee"
            | "textiles"
            | "decor"
            | "garden"
            | "camping"
    );
    match model.price().eur {
        1000..2500 if giftable => categories.push("gifts_under_25"),
        2500..5000 if giftable => categories.push("gifts_under_50"),
        _ => {}
    }
    categories.sort_unstable();
    categories
}

fn first(model: &Model) -> &Variant {
    model.variants.first().expect("a model has variants")
}
