//! What goes with what: companions, alternatives and the next better model.

use fastrand::Rng;
use serde_json::{Value, json};

use super::model::{Known, Model};
use super::shop::fingerprint;
use super::words::affinities::companions_of;

/// For each model, the indexes of the models that go with it, the likeliest first.
pub(crate) fn companions(models: &[Model]) -> Vec<Vec<usize>> {
    models.iter().map(|model| companions_of_model(model, models)).collect()
}

fn companions_of_model(model: &Model, models: &[Model]) -> Vec<usize> {
    let mut rng = Rng::with_seed(model.look ^ fingerprint("companions"));
    companions_of(model.kind.code)
        .iter()
        .filter_map(|kind| {
            let fitting: Vec<usize> = (0..models.len())
                .filter(|&index| models[index].kind.code == *kind && fits(model, &models[index]))
                .collect();
            let same_series =
                fitting.iter().copied().find(|&index| models[index].series == model.series);
            same_series.or_else(|| rng.choice(fitting))
        })
        .collect()
}

/// A bulb fits a lamp with its socket; everything else goes together freely.
fn fits(one: &Model, other: &Model) -> bool {
    match (one.fact("socket"), other.fact("socket")) {
        (Some(Known::Pick(one)), Some(Known::Pick(other))) => one == other,
        _ => true,
    }
}

/// Patches of product models and of simple products that link them; sent after all of them exist.
pub(crate) fn association_patches(
    models: &[Model],
    companions: &[Vec<usize>],
) -> (Vec<Value>, Vec<Value>) {
    let mut of_models = Vec::new();
    let mut of_products = Vec::new();
    for (model, companions) in models.iter().zip(companions) {
        let associations = json!({
            "X_SELL": targets(companions.iter().map(|&index| &models[index])),
            "UPSELL": targets(next_better(model, models).into_iter()),
            "SUBSTITUTION": targets(alternatives(model, models).into_iter()),
        });
        if model.is_simple() {
            of_products
                .push(json!({ "identifier": model.variants[0].sku, "associations": associations }));
        } else {
            of_models.push(json!({ "code": model.code, "associations": associations }));
        }
    }
    (of_models, of_products)
}

fn targets<'a>(models: impl Iterator<Item = &'a Model>) -> Value {
    let (simple, with_variants): (Vec<&Model>, Vec<&Model>) =
        models.partition(|model| model.is_simple());
    json!({
        "products": simple.iter().map(|model| &model.variants[0].sku).collect::<Vec<_>>(),
        "product_models": with_variants.iter().map(|model| &model.code).collect::<Vec<_>>(),
        "groups": [],
    })
}

/// The cheapest model of the kind that costs more.
fn next_better<'a>(model: &Model, models: &'a [Model]) -> Option<&'a Model> {
    siblings(model, models)
        .filter(|other| other.price().eur > model.price().eur)
        .min_by_key(|other| other.price().eur)
}

/// The two models of the kind nearest in price.
fn alternatives<'a>(model: &Model, models: &'a [Model]) -> Vec<&'a Model> {
    let mut others: Vec<&Model> = siblings(model, models).collect();
    others.sort_by_key(|other| other.price().eur.abs_diff(model.price().eur));
    others.truncate(2);
    others
}

fn siblings<'a>(model: &Model, models: &'a [Model]) -> impl Iterator<Item = &'a Model> {
    models
        .iter()
        .filter(move |other| other.kind.code == model.kind.code && other.code != model.code)
}
