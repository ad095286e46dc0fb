//! How fast bulk writes are. Not part of the usual run: it measures, and machines differ.

use std::time::Instant;

use serde_json::{Value, json};

use crate::pim::{Pim, value};

const BATCHES: usize = 20;

fn product(number: usize, attributes: usize) -> Value {
    let mut values = json!({
        "name": [{"locale": "en_US", "scope": null, "data": format!("Mug {number}")}],
        "color": value("red"), "tags": value(json!(["new"])), "pieces": value(number + 1),
        "price": value(json!([{"amount": "9.99", "currency": "EUR"}])),
    });
    for attribute in 0..attributes {
        values[format!("text{attribute}")] = value(format!("Value {attribute} of {number}"));
    }
    json!({"identifier": format!("MUG-{number}"), "family": "mugs", "categories": ["kitchen"], "values": values})
}

#[tokio::test]
#[ignore = "a measurement"]
async fn bulk_writes_are_measured() {
    let pim = Pim::stocked().await;
    let attributes: Vec<Value> = (0..25)
        .map(|n| json!({"code": format!("text{n}"), "type": "pim_catalog_text", "group": "other"}))
        .collect();
    pim.patch_all("attributes", &attributes).await;
    for pass in ["created", "unchanged", "changed"] {
        let started = Instant::now();
        for batch in 0..BATCHES {
            let extra = if pass == "changed" { 24 } else { 25 };
            let lines: Vec<Value> = (0..100)
                .map(|line| {
                    let mut product = product(batch * 100 + line, extra);
                    if pass == "changed" {
                        product["values"]["text24"] = value("changed");
                    }
                    product
                })
                .collect();
            pim.patch_all("products", &lines).await;
        }
        let rate = (BATCHES * 100) as f64 / started.elapsed().as_secs_f64();
        println!("{pass}: {rate:.0} products/s of 30 values");
    }
}
