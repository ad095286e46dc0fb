//! The sandbox: a payment provider of our own that does what its tokens say, for demonstrations and
//! tests. It keeps its own books and stands behind a boundary that behaves like a network: what it
//! does commits on its own connections, in its own task, before the answer leaves, so an answer can be
//! late or lost with the charge made. It signs and sends webhooks, late and more than once.

mod action;
pub(crate) mod api;
mod books;
mod deliver;
mod provider;
mod script;
mod store;

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use web::Secret;

/// Sort of provider.
pub(crate) const KIND: &str = "sandbox";

/// Where the sandbox finds us, and how it signs.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Which of our connectors it is.
    pub connector: String,
    /// Address at which customers reach the installation, without a slash at the end.
    pub public_url: String,
    /// Where it sends its webhooks.
    pub webhook_url: String,
    /// What it signs them with.
    pub webhook_secret: Secret,
    /// How late `tok_slow` answers.
    pub slow_answer: Duration,
}

/// The provider.
#[derive(Clone)]
pub struct Sandbox {
    db: PgPool,
    http: reqwest::Client,
    config: Arc<SandboxConfig>,
}

impl Sandbox {
    /// A provider that keeps its books in this schema.
    pub fn new(db: PgPool, config: SandboxConfig) -> Self {
        Self { db, http: contracts::http_client(), config: Arc::new(config) }
    }

    fn webhook_secret(&self) -> &Secret {
        &self.config.webhook_secret
    }
}
