//! Merge rules: to write the same twice is to write it once, whatever is written.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    start,
    value::some_of,
    world::{GROUPS, Target, Thing, World, draw_categories},
};
use crate::pim::Pim;

/// Patches of each product and model.
const PATCHES: usize = 2;
const TYPES: [&str; 2] = ["X_SELL", "UPSELL"];

#[tokio::test]
async fn what_is_written_twice_is_as_if_it_were_written_once() {
    let mut random = start();
    let pim = Pim::open().await;
    let world = World::build(&pim, &mut random).await;
    pim.patch_all("association-types", &[json!({"code": "BUNDLE", "is_quantified": true})]).await;
    for thing in &world.things {
        let path = world.path_of(thing);
        for _ in 0..PATCHES {
            let patch = draw_patch(&world, thing, &mut random);
            let before = pim.get(&path).await.assert_status(200).json();
            let first = pim.patch(&path, patch.clone()).await;
            let once = pim.get(&path).await.assert_status(200).json();
            let second = pim.patch(&path, patch.clone()).await;
            let twice = pim.get(&path).await.assert_status(200).json();
            assert_eq!(twice, once, "{path}: {patch}");
            assert_eq!(second.status, first.status, "{path}: {patch}");
            if first.status == 204 {
                assert_eq!(second.header("vitrine-changed"), "false", "{path}: {patch}");
            } else {
                assert_eq!(first.status, 422, "{path}: {patch}: {}", first.text());
                assert_eq!(second.json(), first.json(), "{path}: {patch}");
                assert_eq!(once, before, "what is refused changes nothing: {path}: {patch}");
            }
        }
    }
}

/// Some properties, some of them as nobody may write them.
fn draw_patch(world: &World, thing: &Thing, random: &mut Rng) -> Value {
    let mut patch = json!({});
    let mut set = |name: &str, value: Value| patch[name] = value;
    if random.bool() {
        set("values", draw_values(world, thing, random));
    }
    for name in ["categories", "add_categories", "remove_categories"] {
        if random.u8(..4) == 0 {
            set(name, json!(draw_categories(random)));
        }
    }
    if random.u8(..3) == 0 {
        let kind = random.choice(TYPES).unwrap();
        set("associations", json!({kind: draw_ends(world, false, random)}));
    }
    if random.u8(..3) == 0 {
        set("quantified_associations", json!({"BUNDLE": draw_ends(world, true, random)}));
    }
    if thing.is(Target::Product) {
        match random.u8(..8) {
            0 => set("enabled", json!(random.bool())),
            1 => set("groups", some_of(&GROUPS, random)),
            2 => set("groups", json!([])),
            3 => set("family", json!(random.choice(["plain", "one", "ghost"]))),
            4 => set("family", Value::Null),
            5 => set("parent", Value::Null),
            _ => {}
        }
    }
    patch
}

/// Values of any attributes, on whatever level they belong, and their removal.
fn draw_values(world: &World, thing: &Thing, random: &mut Rng) -> Value {
    let files: Vec<String> = world.files.keys().cloned().collect();
    let mut values = json!({});
    for (code, attribute) in &world.attributes {
        let is_own = thing.values.contains_key(code);
        if random.u8(..20) > if is_own { 10 } else { 1 } {
            continue;
        }
        let mut entries = Vec::new();
        for (locale, scope) in attribute.places() {
            let data = match random.u8(..4) {
                0 => Value::Null,
                _ => attribute.kind.draw(&files, random),
            };
            entries.push(json!({"locale": locale, "scope": scope, "data": data}));
        }
        values[code] = entries.into();
    }
    values
}

fn draw_ends(world: &World, is_quantified: bool, random: &mut Rng) -> Value {
    let mut ends = json!({});
    for (name, target) in [("products", Target::Product), ("product_models", Target::Model)] {
        if random.u8(..3) == 0 {
            continue;
        }
        let things = world.things.iter().filter(|thing| thing.is(target));
        let count = random.usize(0..4);
        let name_of = |thing: &Thing| match (is_quantified, target) {
            (false, _) => json!(thing.key),
            (true, Target::Product) => json!({"uuid": thing.key, "quantity": 2}),
            (true, Target::Model) => json!({"identifier": thing.key, "quantity": 3}),
        };
        let chosen = random.choose_multiple(things, count);
        ends[name] = chosen.into_iter().map(name_of).collect();
    }
    ends
}
