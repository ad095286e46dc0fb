//! Stock of products that have none yet. What was counted or sold since is never undone, so a second
//! import changes nothing here either.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;

const LOCATIONS: &str = "/v1/locations";

/// Makes a place for stock where there is none.
pub(super) async fn ensure_location(client: &Client) -> Result<()> {
    let locations = client.get(LOCATIONS).await?;
    if locations["items"].as_array().is_some_and(|items| !items.is_empty()) {
        return Ok(());
    }
    let location = json!({ "code": "main", "name": "Main warehouse" });
    client.post_new(LOCATIONS, "import location main", &location).await.map(drop)
}

/// Sets the quantity on hand of those skus that no stock is kept of.
pub(super) async fn set_initial(client: &Client, quantities: &[(&str, u32)]) -> Result<()> {
    if quantities.is_empty() {
        return Ok(());
    }
    let lines: Vec<Value> =
        quantities.iter().map(|(sku, on_hand)| json!({ "sku": sku, "on_hand": on_hand })).collect();
    client.send_lines(Method::PATCH, "/v1/stock?only_new=true", &lines).await
}
