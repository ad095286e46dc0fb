//! Filters: every search finds what somebody finds who reads each thing and judges it by the words of the
//! documentation.

use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    condition::{self, Condition},
    evaluate, start,
    world::{Target, World},
};
use crate::pim::{Pim, encode};

/// Searches with several conditions, for products and for models each.
const COMBINATIONS: usize = 60;
const ROOT: &str = "https://pim.example/api/rest/v1/";

#[tokio::test]
async fn every_search_finds_what_a_naive_reader_finds() {
    let mut random = start();
    let pim = Pim::open().await;
    let world = World::build(&pim, &mut random).await;
    for target in [Target::Product, Target::Model] {
        let mut searches: Vec<Vec<Condition>> = Vec::new();
        for (property, operator) in condition::all(target, &world) {
            searches.push(vec![condition::draw(&property, operator, &world, &mut random)]);
        }
        for _ in 0..COMBINATIONS {
            let every = condition::all(target, &world);
            let mut draw = || {
                let (property, operator) = random.choice(&every).unwrap().clone();
                condition::draw(&property, operator, &world, &mut random)
            };
            searches.push(vec![draw(), draw()]);
        }
        for conditions in searches {
            check(&pim, &world, target, &conditions, &mut random).await;
        }
    }
}

async fn check(
    pim: &Pim,
    world: &World,
    target: Target,
    conditions: &[Condition],
    random: &mut Rng,
) {
    let mut search = json!({});
    for condition in conditions {
        let list = search[&condition.property].take();
        let mut list = list.as_array().cloned().unwrap_or_default();
        list.push(condition.to_json());
        search[&condition.property] = list.into();
    }
    let expected: BTreeSet<String> = world
        .things
        .iter()
        .filter(|thing| thing.is(target))
        .filter(|thing| conditions.iter().all(|c| evaluate::holds(world, thing, c)))
        .map(|thing| thing.key.clone())
        .collect();
    let found = find_all(pim, target, &search, random).await;
    assert_eq!(found, expected, "{target:?}: {search}");
}

/// Keys on all pages, however the list is turned; none comes twice.
async fn find_all(pim: &Pim, target: Target, search: &Value, random: &mut Rng) -> BTreeSet<String> {
    let (path, key) = match target {
        Target::Product => ("products-uuid", "uuid"),
        Target::Model => ("product-models", "code"),
    };
    let limit = random.choice([9, 40, 100]).unwrap();
    let kind = random.choice(["page", "search_after"]).unwrap();
    let search = encode(&search.to_string());
    let mut next = Some(format!("{path}?pagination_type={kind}&limit={limit}&search={search}"));
    let mut found = BTreeSet::new();
    while let Some(path) = next {
        let page = pim.get(&path).await.assert_status(200).json();
        for item in page["_embedded"]["items"].as_array().unwrap() {
            let key = item[key].as_str().unwrap().to_owned();
            assert!(found.insert(key.clone()), "{key} comes twice: {path}");
        }
        let link = page["_links"]["next"]["href"].as_str();
        next = link.map(|link| link.strip_prefix(ROOT).unwrap().to_owned());
    }
    found
}
