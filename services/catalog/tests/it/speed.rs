//! How fast bulk writes are. Not part of the usual run: it measures, and machines differ.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    import::line,
    pim::{Pim, value},
};

const BATCHES: usize = 20;
const VALUES: usize = 20;

/// A product of 20 values, each of which holds the pass it was written in.
fn product(number: usize, pass: &str, changed: usize) -> Value {
    let mut values =
        json!({"name": [{"locale": "en_US", "scope": null, "data": format!("Mug {number}")}]});
    for attribute in 0..VALUES - 1 {
        let pass = if attribute < changed { pass } else { "created" };
        values[format!("text{attribute}")] = value(format!("Value {attribute}, {pass} {number}"));
    }
    json!({"identifier": format!("MUG-{number}"), "family": "mugs", "categories": ["kitchen"], "values": values})
}

#[tokio::test]
#[ignore = "a measurement"]
async fn bulk_writes_are_measured() {
    let pim = Pim::stocked().await;
    let attributes: Vec<Value> = (0..VALUES - 1)
        .map(|n| json!({"code": format!("text{n}"), "type": "pim_catalog_text", "group": "other"}))
        .collect();
    pim.patch_all("attributes", &attributes).await;
    let passes = [("created", 0), ("unchanged", 0), ("one value", 1), ("every value", VALUES)];
    for (pass, changed) in passes {
        let started = Instant::now();
        for batch in 0..BATCHES {
            let lines: Vec<Value> =
                (0..100).map(|line| product(batch * 100 + line, pass, changed)).collect();
            pim.patch_all("products", &lines).await;
        }
        let rate = (BATCHES * 100) as f64 / started.elapsed().as_secs_f64();
        println!("{pass}: {rate:.0} products/s of {VALUES} values");
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn imports_are_measured() {
    let pim = Pim::stocked().await;
    // Each is associated with products before and after it.
    let count = BATCHES * 1_000;
    let lines: Vec<Value> = (0..count)
        .map(|n| {
            let others = [(n + 7_919) % count, (n + count - 104_729 % count) % count];
            let others = others.map(|other| format!("MUG-{other}"));
            let data = json!({"identifier": format!("MUG-{n}"), "family": "mugs",
                "values": {"brand": value("Acme")}, "associations": {"PACK": {"products": others}}});
            line("products", data)
        })
        .collect();
    for pass in ["created", "unchanged"] {
        let started = Instant::now();
        let done = pim.import(&lines).await;
        assert_eq!(done["refused_count"], 0, "{done}");
        let rate = count as f64 / started.elapsed().as_secs_f64();
        println!("{pass}: {rate:.0} lines/s with 2 associations each");
    }
}
