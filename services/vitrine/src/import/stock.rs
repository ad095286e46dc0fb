//! Stock of products that have none yet. What was counted or sold since is never undone, so a second
//! import changes nothing here either.

use std::collections::HashSet;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

/// Status that the order service gives an sku it keeps no stock of.
const UNKNOWN: &str = "unknown";

/// Sets the quantity on hand of those skus that the order service does not know.
pub(super) async fn set_initial(client: &Client, quantities: &[(&str, u32)]) -> Result<()> {
    if quantities.is_empty() {
        return Ok(());
    }
    let skus: Vec<&str> = quantities.iter().map(|(sku, _)| *sku).collect();
    let known = known_skus(client, &skus).await?;
    let lines: Vec<Value> = quantities
        .iter()
        .filter(|(sku, _)| !known.contains(*sku))
        .map(|(sku, on_hand)| json!({ "sku": sku, "on_hand": on_hand }))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    client.send_lines(Method::PATCH, "/v1/stock", &lines).await
}

async fn known_skus(client: &Client, skus: &[&str]) -> Result<HashSet<String>> {
    let mut url = reqwest::Url::parse("http://localhost").expect("an address");
    url.query_pairs_mut().append_pair("skus", &skus.join(","));
    let answer = client.get(&format!("/v1/stock?{}", url.query().unwrap_or_default())).await?;
    let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    let known = items.iter().filter(|item| item["status"] != UNKNOWN);
    Ok(known.filter_map(|item| item["sku"].as_str()).map(str::to_owned).collect())
}
