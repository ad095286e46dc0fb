use std::time::Duration;

use chrono::Utc;
use futures::future::join_all;
use problem::Result;
use serde_json::json;

use super::{
    Sandbox,
    store::{self, SandboxEvent},
};
use crate::{connector::ChargeStatus, webhook};

const POLL_INTERVAL: Duration = Duration::from_millis(300);
const RETRY_AFTER: Duration = Duration::from_secs(2);
const MAX_TRIES: i32 = 10;

impl Sandbox {
    /// Sends webhooks for ever, each until it is accepted or given up.
    pub async fn deliver_webhooks(self) {
        loop {
            match self.deliver_next_webhook().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(POLL_INTERVAL).await,
                Err(error) => {
                    tracing::warn!(?error, "the sandbox could not send its webhooks");
                    tokio::time::sleep(POLL_INTERVAL * 10).await;
                }
            }
        }
    }

    /// Settles one pending charge and sends the webhook about it, with as many copies as scripted, all
    /// at once. Returns whether one was due.
    pub async fn deliver_next_webhook(&self) -> Result<bool> {
        let Some(event) = store::claim_event(&self.db, RETRY_AFTER, MAX_TRIES).await? else {
            return Ok(false);
        };
        store::approve(&self.db, event.charge_id, ChargeStatus::Pending).await?;
        let copies = (0..event.copies).map(|_| self.send(&event));
        match join_all(copies).await.into_iter().collect::<reqwest::Result<Vec<()>>>() {
            Ok(_) => store::mark_delivered(&self.db, event.event_id).await?,
            Err(error) => tracing::debug!(%error, "a sandbox webhook will be sent again"),
        }
        Ok(true)
    }

    async fn send(&self, event: &SandboxEvent) -> reqwest::Result<()> {
        let body = json!({
            "id": event.event_id, "type": "charge.updated", "charge": event.charge_id
        })
        .to_string();
        let signature =
            webhook::sign(self.webhook_secret(), Utc::now().timestamp(), body.as_bytes());
        self.http
            .post(&self.config.webhook_url)
            .header("content-type", "application/json")
            .header(webhook::SANDBOX_SIGNATURE, signature)
            .body(body)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }
}
