//! Exports and imports: a file that is imported again changes nothing.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    start,
    world::{Target, World},
};
use crate::{
    exchange::{CSV, XLSX},
    pim::{COLLECTION, Pim, value},
};

/// What files and spreadsheets could take for their own.
const TEXTS: [&str; 16] = [
    "=1+1",
    "'=x",
    "''-y",
    "-5",
    "+49 30",
    "@home",
    "'plain",
    "\ttab",
    "  spaces  ",
    "a;b,c\"d\"",
    "line\nbreak\r\nend\r",
    "_x0041_ _x000D_",
    "\u{1}\u{1f}",
    "007",
    "1e5",
    "😀 ü <b>&amp;</b>",
];
const RESOURCES: [&str; 11] = [
    "products",
    "product-models",
    "families",
    "family-variants",
    "attributes",
    "attribute-options",
    "attribute-groups",
    "association-types",
    "categories",
    "channels",
    "groups",
];

#[tokio::test]
async fn a_file_that_is_imported_again_changes_nothing() {
    let mut random = start();
    let pim = Pim::open().await;
    let world = World::build(&pim, &mut random).await;
    write_notes(&pim, &world, &mut random).await;
    write_links(&pim, &world, &mut random).await;
    label(&pim, &mut random).await;
    for (format, kind) in [("csv", CSV), ("xlsx", XLSX), ("ndjson", COLLECTION)] {
        for resource in RESOURCES {
            let (file, export) = pim.export(json!({"resource": resource, "format": format})).await;
            let job = pim.import_file(&format!("resource={resource}"), kind, file).await;
            let id = job["id"].as_str().unwrap();
            let errors = pim.get(&format!("jobs/{id}/errors")).await.json();
            assert_eq!(
                job["unchanged_count"], export["total"],
                "{format} {resource}: {job} {errors}"
            );
            assert_eq!(job["total"], export["total"], "{format} {resource}");
        }
    }
}

async fn write_notes(pim: &Pim, world: &World, random: &mut Rng) {
    let note = json!({"code": "note", "type": "pim_catalog_textarea", "group": "other"});
    pim.patch_all("attributes", &[note]).await;
    let simple = world.things.iter().filter(|one| one.is(Target::Product) && one.parent.is_none());
    let bodies: Vec<Value> = simple
        .map(|product| {
            let count = random.usize(1..4);
            let text: String =
                random.choose_multiple(TEXTS.iter(), count).into_iter().copied().collect();
            json!({"uuid": product.key, "values": {"note": value(text)}})
        })
        .collect();
    pim.patch_all("products-uuid", &bodies).await;
}

async fn write_links(pim: &Pim, world: &World, random: &mut Rng) {
    pim.patch_all("association-types", &[json!({"code": "SET", "is_quantified": true})]).await;
    let keys = |target| -> Vec<&str> {
        let things = world.things.iter().filter(move |one| one.is(target));
        things.map(|one| one.key.as_str()).collect()
    };
    let (products, models) = (keys(Target::Product), keys(Target::Model));
    for (path, key, things) in
        [("products-uuid", "uuid", &products), ("product-models", "code", &models)]
    {
        // Models name products by their identifiers, which not all have.
        let named: Vec<&str> = if key == "uuid" { products.clone() } else { Vec::new() };
        let mut bodies = Vec::new();
        for thing in things {
            let mut some = |keys: &[&str]| -> Vec<String> {
                let count = random.usize(..=keys.len().min(2));
                let chosen = random.choose_multiple(keys.iter(), count);
                chosen.into_iter().map(|key| (*key).to_owned()).collect()
            };
            let plain = json!({"products": some(&named), "product_models": some(&models), "groups": some(&["party"])});
            let quantified = |keys: Vec<String>, name: &str| -> Vec<Value> {
                let one = |(key, quantity)| json!({name: key, "quantity": quantity});
                keys.into_iter().zip(1..).map(one).collect()
            };
            let set = json!({"products": quantified(some(&named), "uuid"),
                             "product_models": quantified(some(&models), "identifier")});
            bodies.push(json!({key: thing, "associations": {"PACK": plain}, "quantified_associations": {"SET": set}}));
        }
        for bodies in bodies.chunks(100) {
            pim.patch_all(path, bodies).await;
        }
    }
}

async fn label(pim: &Pim, random: &mut Rng) {
    let mut text = || random.choice(TEXTS).unwrap().trim().to_owned();
    let labels = json!({"en_US": text(), "de_DE": text()});
    for (path, body) in [
        ("families", json!({"code": "plain", "labels": labels})),
        ("categories", json!({"code": "mugs", "labels": labels})),
        ("groups", json!({"code": "party", "labels": labels})),
        (
            "attributes",
            json!({"code": "text_0", "labels": labels, "guidelines": labels, "max_characters": 200}),
        ),
        ("attributes/shade/options", json!({"code": "red", "labels": labels})),
        (
            "channels",
            json!({"code": "web", "labels": labels, "conversion_units": {"volume_0": "LITER"}}),
        ),
    ] {
        pim.patch_all(path, &[body]).await;
    }
}
