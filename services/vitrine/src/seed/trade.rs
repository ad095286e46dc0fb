use std::collections::HashMap;

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, progress::Progress};
use crate::{
    client::Client,
    demo::commerce::{Customer, DemoCommerce, Interaction},
};

/// Registrations under way at the same time: each costs a password hash.
const CONCURRENCY: usize = 2;
const STOCK_LINES: usize = 500;
const INTERACTION_LINES: usize = 5000;

/// Stock, rules of sale, customers, and what they viewed and bought.
pub(super) async fn load(client: &Client, trade: DemoCommerce, progress: &Progress) -> Result<()> {
    progress.expect(trade.stock.len() + trade.customers.len() + trade.interactions.len());
    progress.say("stock");
    create(client, "/v1/locations", &trade.locations).await?;
    for levels in trade.stock.chunks(STOCK_LINES) {
        let lines = levels.iter().map(|level| json!(level)).collect::<Vec<_>>();
        client.send_lines(Method::PATCH, "/v1/stock", &lines).await?;
        progress.done(levels.len());
    }
    create(client, "/v1/promotions", &trade.promotions).await?;
    create(client, "/v1/coupons", &trade.coupons).await?;
    create(client, "/v1/shipping-methods", &trade.shipping_methods).await?;
    create(client, "/v1/tax-rates", &trade.tax_rates).await?;
    progress.say("customers");
    let ids = register(client, &trade.customers, progress).await?;
    progress.say("orders and views");
    for interactions in trade.interactions.chunks(INTERACTION_LINES) {
        let lines: Vec<Value> = interactions.iter().map(|one| line(one, &ids)).collect();
        client.send_lines(Method::POST, "/v1/interactions/import", &lines).await?;
        progress.done(interactions.len());
    }
    Ok(())
}

/// Creates what is not there yet.
async fn create(client: &Client, path: &str, bodies: &[Value]) -> Result<()> {
    for (number, body) in bodies.iter().enumerate() {
        client.post_new(path, &format!("demo {path} {number}"), body).await?;
    }
    Ok(())
}

/// Registers customers; their ids by mail address.
async fn register(
    client: &Client,
    customers: &[Customer],
    progress: &Progress,
) -> Result<HashMap<String, String>> {
    stream::iter(customers)
        .map(|customer| async move {
            let id = register_one(client, customer).await?;
            progress.done(1);
            Ok((customer.email.clone(), id))
        })
        .buffer_unordered(CONCURRENCY)
        .try_collect()
        .await
}

async fn register_one(client: &Client, customer: &Customer) -> Result<String> {
    let body = json!({
        "email": customer.email, "password": PASSWORD,
        "first_name": customer.first_name, "last_name": customer.last_name,
    });
    let key = format!("demo {}", customer.email);
    let account = match client.post_new("/v1/customers", &key, &body).await? {
        Some(account) => account,
        // Registered by a load that was interrupted.
        None => client.as_other(&customer.email, PASSWORD).await?.get("/v1/me").await?,
    };
    let id = account["id"].as_str().context("an account has an id")?;
    Ok(id.to_owned())
}

/// The line with the customer's id in place of their mail address.
fn line(interaction: &Interaction, ids: &HashMap<String, String>) -> Value {
    let mut line = json!(interaction);
    if let Some(id) = interaction.customer.as_ref().and_then(|email| ids.get(email)) {
        line["customer"] = json!(id);
    }
    line
}
