//! Stripe, over its own wire format (<https://docs.stripe.com/api>): forms in, JSON out.
//!
//! Six calls are all we need, so they stand here and not in a crate with all of Stripe's types. A
//! charge takes two steps: a `PaymentIntent` is created without being confirmed, its id is written
//! down, and only then is it confirmed. So whatever is cut off, either nothing was confirmed or we know
//! what to ask Stripe about.

mod amount;
mod provider;
mod webhook;
mod wire;

use std::sync::Arc;

use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use web::Secret;

use super::{Answer, NoAnswer};
use wire::{ErrorBody, StripeError};

/// Sort of provider.
pub(crate) const KIND: &str = "stripe";
/// The shape of the answers that we read.
const API_VERSION: &str = "2024-06-20";

/// How Stripe is reached.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// Address of its API, `https://api.stripe.com`.
    pub url: String,
    /// The account's secret key.
    pub secret_key: Secret,
    /// What it signs its webhooks with.
    pub webhook_secret: Secret,
    /// Where customers come back to if a confirmation names no address.
    pub return_url: String,
}

/// The provider.
#[derive(Clone)]
pub struct Stripe {
    http: reqwest::Client,
    config: Arc<StripeConfig>,
}

/// Stripe understood and said no.
#[derive(Debug)]
struct Refusal(StripeError);

impl Stripe {
    /// An account at Stripe.
    pub fn new(config: StripeConfig) -> Self {
        Self { http: contracts::http_client(), config: Arc::new(config) }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.with_headers(self.http.get(format!("{}{path}", self.config.url)))
    }

    /// A write, once for its key.
    fn post(&self, path: &str, key: &str, form: &[(&str, String)]) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.config.url));
        self.with_headers(request).header("idempotency-key", key).form(form)
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.config.secret_key.expose()).header("stripe-version", API_VERSION)
    }
}

/// Sends a request. A refusal is an answer; a wrong key, too many requests, a conflict with the same
/// request and what fails at Stripe are none.
async fn send<T: DeserializeOwned>(
    request: RequestBuilder,
) -> Answer<std::result::Result<T, Refusal>> {
    let response = request.send().await.map_err(|error| NoAnswer::because(error.without_url()))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| NoAnswer::because(error.without_url()))?;
    let unreadable = |error| NoAnswer::because(format!("status {status}, {error}"));
    match status {
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::CONFLICT
        | StatusCode::TOO_MANY_REQUESTS => Err(NoAnswer::because(format!("status {status}"))),
        _ if status.is_success() => serde_json::from_slice(&body).map(Ok).map_err(unreadable),
        _ if status.is_client_error() => {
            let body: ErrorBody = serde_json::from_slice(&body).map_err(unreadable)?;
            Ok(Err(Refusal(body.error)))
        }
        _ => Err(NoAnswer::because(format!("status {status}"))),
    }
}
