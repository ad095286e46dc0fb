//! Secrets of webhooks: shown once, and kept sealed, because signing needs them.

use base64::{Engine, prelude::BASE64_STANDARD};
use problem::{Problem, Result};
use uuid::Uuid;
use vault::{Vault, random_bytes};

const PREFIX: &str = "whsec_";
/// Bytes; Standard Webhooks asks for 24 to 64.
const LENGTH: usize = 32;

/// What signs the events of one webhook.
pub(crate) struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    pub(crate) fn generate() -> Self {
        Self(random_bytes::<LENGTH>().to_vec())
    }

    /// As clients are shown it.
    pub(crate) fn to_text(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// For the row of this webhook.
    pub(crate) fn seal(&self, vault: &Vault, webhook_id: Uuid) -> Vec<u8> {
        vault.seal(webhook_id.as_bytes(), &self.0)
    }

    /// From the row of this webhook.
    pub(crate) fn open(vault: &Vault, webhook_id: Uuid, sealed: &[u8]) -> Result<Self> {
        vault.open(webhook_id.as_bytes(), sealed).map(Self).ok_or_else(|| {
            let cause = "a secret was sealed under another VITRINE_MASTER_KEY";
            Problem::internal(anyhow::anyhow!(cause))
        })
    }
}
