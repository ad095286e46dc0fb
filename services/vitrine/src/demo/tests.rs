//! What the demo shop promises: enough of everything, in three languages, without a loose end.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::numbers::check_digit;
use super::picture::Shape;
use super::*;

static CATALOG: LazyLock<DemoCatalog> = LazyLock::new(|| generate(DEMO_SEED));

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body[key].as_str().unwrap_or_else(|| panic!("{key} of {body}"))
}

fn codes(bodies: &[Value]) -> HashSet<&str> {
    bodies.iter().map(|body| text(body, "code")).collect()
}

fn skus() -> HashSet<&'static str> {
    CATALOG.products.iter().map(|product| text(product, "identifier")).collect()
}

fn roots() -> impl Iterator<Item = &'static Value> {
    CATALOG.product_models.iter().filter(|model| model["parent"].is_null())
}

/// Products and product models.
fn entities() -> impl Iterator<Item = &'static Value> {
    CATALOG.products.iter().chain(&CATALOG.product_models)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = (generate(7), generate(7));
    assert_eq!(
        serde_json::to_string(&one.products).unwrap(),
        serde_json::to_string(&other.products).unwrap()
    );
    assert_eq!(one, other);
    assert_ne!(one.products, generate(8).products);
}

#[test]
fn the_shop_is_as_large_as_promised() {
    assert!(CATALOG.products.len() >= 1000, "{} products", CATALOG.products.len());
    assert!(roots().count() >= 250, "{} variant families", roots().count());
    assert!(CATALOG.families.len() >= 8);
    assert_eq!(CATALOG.locales.len(), 3);
    assert_eq!(CATALOG.currencies.len(), 2);
    assert_eq!(CATALOG.channels.len(), 2);
    let types: HashSet<&str> =
        CATALOG.attributes.iter().map(|attribute| text(attribute, "type")).collect();
    assert_eq!(types.len(), 11, "{types:?}");
}

#[test]
fn the_category_tree_has_three_levels_below_its_root() {
    let parents: HashMap<&str, Option<&str>> = CATALOG
        .categories
        .iter()
        .map(|category| (text(category, "code"), category["parent"].as_str()))
        .collect();
    let depth = |code: &str| std::iter::successors(Some(code), |code| parents[code]).count();
    assert_eq!(
        CATALOG.categories.iter().map(|category| depth(text(category, "code"))).max(),
        Some(4)
    );
    assert_eq!(parents["master"], None);
    let mut seen = HashSet::new();
    for category in &CATALOG.categories {
        assert!(
            category["parent"].as_str().is_none_or(|parent| seen.contains(parent)),
            "{category}"
        );
        seen.insert(text(category, "code"));
    }
}

#[test]
fn identifiers_codes_names_and_file_names_are_unique() {
    assert_eq!(skus().len(), CATALOG.products.len());
    assert_eq!(codes(&CATALOG.product_models).len(), CATALOG.product_models.len());
    let files: HashSet<&str> =
        CATALOG.pictures.iter().map(|picture| picture.filename.as_str()).collect();
    assert_eq!(files.len(), CATALOG.pictures.len());
    let mut names = HashSet::new();
    for entity in entities() {
        for name in entity["values"]["name"].as_array().into_iter().flatten() {
            assert!(names.insert((text(name, "locale"), text(name, "data"))), "{name}");
        }
    }
}

#[test]
fn every_attribute_of_a_product_belongs_to_its_family() {
    let families: HashMap<&str, BTreeSet<&str>> = CATALOG
        .families
        .iter()
        .map(|family| {
            let attributes =
                family["attributes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap());
            (text(family, "code"), attributes.collect())
        })
        .collect();
    let attributes = codes(&CATALOG.attributes);
    assert!(families.values().flatten().all(|attribute| attributes.contains(attribute)));
    for entity in entities() {
        let family = &families[text(entity, "family")];
        for attribute in entity["values"].as_object().unwrap().keys() {
            assert!(family.contains(attribute.as_str()), "{attribute} of {entity}");
        }
    }
}

#[test]
fn values_stand_on_the_level_their_family_variant_names() {
    let levels: HashMap<&str, &Value> = CATALOG
        .family_variants
        .iter()
        .flat_map(|(_, variants)| variants)
        .map(|variant| (text(variant, "code"), &variant["variant_attribute_sets"]))
        .collect();
    let models: HashMap<&str, &Value> =
        CATALOG.product_models.iter().map(|model| (text(model, "code"), model)).collect();
    let level_of = |variant: &str, attribute: &str| {
        let sets = levels[variant].as_array().unwrap();
        let position = sets
            .iter()
            .position(|set| set["attributes"].as_array().unwrap().contains(&attribute.into()));
        position.map_or(0, |index| index + 1)
    };
    let depth = |mut parent: Option<&'static str>| {
        let mut depth = 0;
        while let Some(code) = parent {
            depth += 1;
            parent = models[code]["parent"].as_str();
        }
        depth
    };
    for entity in entities() {
        let parent = entity["parent"].as_str();
        let Some(variant) = entity["family_variant"]
            .as_str()
            .or_else(|| models.get(parent?)?["family_variant"].as_str())
        else {
            continue;
        };
        for attribute in entity["values"].as_object().unwrap().keys() {
            assert_eq!(level_of(variant, attribute), depth(parent), "{attribute} of {entity}");
        }
    }
}

#[test]
fn axes_tell_siblings_apart() {
    let axes: HashMap<&str, Vec<Vec<&str>>> = CATALOG
        .family_variants
        .iter()
        .flat_map(|(_, variants)| variants)
        .map(|variant| {
            let sets = variant["variant_attribute_sets"].as_array().unwrap();
            let axes = |set: &'static Value| {
                set["axes"].as_array().unwrap().iter().map(|axis| axis.as_str().unwrap())
            };
            (text(variant, "code"), sets.iter().map(|set| axes(set).collect()).collect())
        })
        .collect();
    let models: HashMap<&str, &Value> =
        CATALOG.product_models.iter().map(|model| (text(model, "code"), model)).collect();
    let mut taken = HashSet::new();
    for entity in entities().filter(|entity| !entity["parent"].is_null()) {
        let parent = models[text(entity, "parent")];
        let level = usize::from(!parent["parent"].is_null());
        let options: Vec<&str> = axes[text(parent, "family_variant")][level]
            .iter()
            .map(|axis| entity["values"][axis][0]["data"].as_str().expect("every axis has a value"))
            .collect();
        assert!(taken.insert((text(entity, "parent"), options)), "{entity}");
    }
}

#[test]
fn every_option_exists() {
    let options: BTreeMap<&str, HashSet<&str>> = CATALOG
        .attribute_options
        .iter()
        .map(|(attribute, options)| (attribute.as_str(), codes(options)))
        .collect();
    for entity in entities() {
        for (attribute, values) in entity["values"].as_object().unwrap() {
            let Some(known) = options.get(attribute.as_str()) else { continue };
            let data = &values[0]["data"];
            let chosen =
                data.as_array().map_or_else(|| vec![data], |several| several.iter().collect());
            for option in chosen {
                assert!(known.contains(option.as_str().unwrap()), "{option} of {attribute}");
            }
        }
    }
}

#[test]
fn every_category_exists() {
    let categories = codes(&CATALOG.categories);
    for entity in entities() {
        for category in entity["categories"].as_array().into_iter().flatten() {
            assert!(categories.contains(category.as_str().unwrap()), "{category}");
        }
    }
}

#[test]
fn every_group_and_requirement_exists() {
    let (groups, attributes) = (codes(&CATALOG.attribute_groups), codes(&CATALOG.attributes));
    assert!(CATALOG.attributes.iter().all(|attribute| groups.contains(text(attribute, "group"))));
    for family in &CATALOG.families {
        for required in family["attribute_requirements"].as_object().unwrap().values() {
            assert!(
                required
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|code| attributes.contains(code.as_str().unwrap()))
            );
        }
    }
}

#[test]
fn every_metric_attribute_has_its_unit() {
    for attribute in
        CATALOG.attributes.iter().filter(|attribute| !attribute["metric_family"].is_null())
    {
        let family = CATALOG
            .measurement_families
            .iter()
            .find(|family| family["code"] == attribute["metric_family"])
            .expect("the family exists");
        assert!(
            family["units"].get(text(attribute, "default_metric_unit")).is_some(),
            "{attribute}"
        );
    }
}

#[test]
fn article_numbers_are_valid_and_unique() {
    let mut seen = HashSet::new();
    for product in &CATALOG.products {
        let ean = text(&product["values"]["ean"][0], "data");
        let (digits, check) = ean.split_at(12);
        assert_eq!(check_digit(digits).to_string(), check, "{ean}");
        assert!(ean.starts_with('2') && seen.insert(ean), "{ean}");
    }
}

#[test]
fn every_product_has_a_price_in_both_currencies() {
    for product in &CATALOG.products {
        let prices = product["values"]["price"][0]["data"].as_array().unwrap();
        let currencies: Vec<&str> = prices.iter().map(|price| text(price, "currency")).collect();
        assert_eq!(currencies, ["EUR", "USD"], "{product}");
        assert!(
            prices.iter().all(|price| text(price, "amount").parse::<f64>().unwrap() > 1.0),
            "{product}"
        );
    }
}

#[test]
fn every_text_is_there_in_three_languages() {
    let labelled = [
        &CATALOG.categories,
        &CATALOG.attribute_groups,
        &CATALOG.attributes,
        &CATALOG.families,
        &CATALOG.association_types,
        &CATALOG.channels,
    ];
    let options = CATALOG
        .attribute_options
        .iter()
        .chain(&CATALOG.family_variants)
        .flat_map(|(_, bodies)| bodies);
    for body in labelled.into_iter().flatten().chain(options) {
        for locale in text::LOCALES {
            assert!(!text(&body["labels"], locale).is_empty(), "{body}");
        }
    }
    for entity in entities() {
        for attribute in ["name", "description"] {
            let Some(values) = entity["values"][attribute].as_array() else { continue };
            let locales: Vec<&str> = values.iter().map(|value| text(value, "locale")).collect();
            assert_eq!(locales, text::LOCALES, "{entity}");
        }
    }
}

#[test]
fn texts_have_no_open_slots_gaps_or_stray_marks() {
    for entity in entities() {
        for attribute in ["name", "description", "teaser"] {
            for value in entity["values"][attribute].as_array().into_iter().flatten() {
                let data = text(value, "data");
                for mistake in ["{", "}", "  ", " .", " ,", "..", " de A", " de E"] {
                    assert!(!data.contains(mistake), "{mistake:?} in {data}");
                }
            }
        }
    }
}

#[test]
fn descriptions_differ() {
    let descriptions: Vec<&str> =
        roots().map(|model| text(&model["values"]["description"][0], "data")).collect();
    let distinct: HashSet<&&str> = descriptions.iter().collect();
    assert_eq!(distinct.len(), descriptions.len());
}

#[test]
fn every_association_leads_to_something_that_exists() {
    let (skus, models) = (skus(), codes(&CATALOG.product_models));
    let types = codes(&CATALOG.association_types);
    let check = |associations: &Value| {
        for (code, targets) in associations.as_object().into_iter().flatten() {
            assert!(types.contains(code.as_str()));
            for target in targets["products"].as_array().into_iter().flatten() {
                let sku = target.as_str().or_else(|| target["identifier"].as_str()).unwrap();
                assert!(skus.contains(sku), "{sku}");
            }
            for target in targets["product_models"].as_array().into_iter().flatten() {
                assert!(models.contains(target.as_str().unwrap()), "{target}");
            }
        }
    };
    for patch in CATALOG.model_associations.iter().chain(&CATALOG.product_associations) {
        check(&patch["associations"]);
        check(&patch["quantified_associations"]);
    }
    assert!(CATALOG.model_associations.iter().all(|patch| models.contains(text(patch, "code"))));
    assert!(
        CATALOG.product_associations.iter().all(|patch| skus.contains(text(patch, "identifier")))
    );
}

#[test]
fn every_product_finds_a_picture_on_itself_or_above() {
    let owners: HashSet<&str> = CATALOG
        .pictures
        .iter()
        .map(|picture| match &picture.owner {
            PictureOwner::Product(sku) => sku.as_str(),
            PictureOwner::ProductModel(code) => code.as_str(),
        })
        .collect();
    assert_eq!(owners.len(), CATALOG.pictures.len());
    let parents: HashMap<&str, Option<&str>> = CATALOG
        .product_models
        .iter()
        .map(|model| (text(model, "code"), model["parent"].as_str()))
        .collect();
    for product in &CATALOG.products {
        let mut place = Some(text(product, "identifier"));
        let mut parent = product["parent"].as_str();
        while place.is_some_and(|code| !owners.contains(code)) {
            place = parent;
            parent = place.and_then(|code| parents[code]);
        }
        assert!(place.is_some(), "{product}");
    }
}

#[test]
fn pictures_are_small_and_every_shape_differs() {
    let mut drawn: HashMap<Shape, Vec<u8>> = HashMap::new();
    for picture in &CATALOG.pictures {
        drawn.entry(picture.spec.shape).or_insert_with(|| draw(&picture.spec));
    }
    assert!(drawn.len() >= 60, "{} shapes", drawn.len());
    let distinct: HashSet<&Vec<u8>> = drawn.values().collect();
    assert_eq!(distinct.len(), drawn.len());
    for (shape, png) in &drawn {
        assert!(
            png.starts_with(b"\x89PNG") && png.len() < 60_000,
            "{shape:?}: {} bytes",
            png.len()
        );
    }
    let spec = CATALOG.pictures[0].spec;
    assert_eq!(draw(&spec), draw(&spec));
}
