//! Jobs of the catalog, followed to their end.

use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::client::Client;

const INTERVAL: Duration = Duration::from_millis(500);
const TEMPLATE: &str = "{msg}  {bar:30} {pos} of {len}";

/// Waits until the job at this path has ended well; answers it.
pub(crate) async fn wait(client: &Client, path: &str, what: &'static str) -> Result<Value> {
    let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
    let bar = ProgressBar::new(0).with_style(style).with_message(what);
    let ended = follow(client, path, &bar).await;
    bar.finish_and_clear();
    ended
}

async fn follow(client: &Client, path: &str, bar: &ProgressBar) -> Result<Value> {
    loop {
        let job = client.get(path).await?;
        bar.set_length(job["total"].as_u64().unwrap_or_default());
        bar.set_position(job["processed"].as_u64().unwrap_or_default());
        match job["status"].as_str() {
            Some("completed") => return Ok(job),
            Some("queued" | "running") => tokio::time::sleep(INTERVAL).await,
            _ => bail!("the job is {}: {}", job["status"], job["message"]),
        }
    }
}
