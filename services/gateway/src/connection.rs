//! How much one connection (an API client of another system) may ask for: its access token says so, for
//! itself and whatever address it calls from.

use std::time::Instant;

use access::{KeySource, Subject, Verifier, bearer_token};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::HeaderMap;
use serde::Deserialize;

use crate::{
    config::{Config, RateLimit},
    quota::{Pace, Quota, Quotas},
};

/// The quotas of all connections.
pub(crate) struct Connections {
    verifier: Verifier,
    quotas: Quotas,
    /// Of those whose token names no limit.
    usual: Option<Pace>,
}

impl Connections {
    pub(crate) fn new(config: &Config, now: Instant) -> Self {
        let keys = KeySource::Remote(format!("{}/.well-known/jwks.json", config.auth_url()));
        Self {
            verifier: Verifier::new(&config.issuer, keys, contracts::http_client()),
            quotas: Quotas::new(now),
            usual: pace(config.connection_rate_limit),
        }
    }

    /// Takes one request out of the bucket of the connection that sends it. `None` for everybody else,
    /// and for those without a limit. A token that is not good says nothing here: the service will
    /// refuse it.
    pub(crate) async fn take(&self, headers: &HeaderMap, now: Instant) -> Option<Quota> {
        let token = bearer_token(headers).ok()??;
        if !claims_to_be_a_connection(token) {
            return None;
        }
        let caller = self.verifier.verify(token).await.ok()?;
        let Subject::Client(client_id) = caller.subject else { return None };
        let pace = caller.rate_limit_per_second.map_or(self.usual, pace)?;
        Some(self.quotas.take(client_id, pace, now))
    }
}

/// A second's worth may come at once.
fn pace(per_second: u32) -> Option<Pace> {
    Pace::new("connection", RateLimit { per_second, burst: per_second })
}

/// Reads the token without checking it: most are those of people, and cost nothing more.
fn claims_to_be_a_connection(token: &str) -> bool {
    #[derive(Deserialize)]
    struct Claims {
        sub: String,
    }
    let payload = token.split('.').nth(1).unwrap_or_default();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(payload).ok();
    let claims = claims.and_then(|claims| serde_json::from_slice::<Claims>(&claims).ok());
    claims.is_some_and(|claims| matches!(Subject::parse(&claims.sub), Subject::Client(_)))
}
