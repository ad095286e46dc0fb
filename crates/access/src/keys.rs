//! The key set that tokens are checked against: fetched from `auth`, kept, refetched when a token
//! names a key we do not know.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use problem::Problem;
use tokio::sync::Mutex;

/// At most one fetch in this time, so that forged key ids cannot make us hammer `auth`.
const REFETCH_INTERVAL: Duration = Duration::from_secs(5);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);

/// Where the key set comes from.
#[derive(Clone)]
pub enum KeySource {
    /// Address of a JWKS document (RFC 7517).
    Remote(String),
    /// A key set that never changes.
    Fixed(JwkSet),
    /// A key set that its owner replaces whole.
    Shared(Arc<ArcSwap<JwkSet>>),
}

pub(crate) struct Keys {
    source: KeySource,
    http: reqwest::Client,
    set: Arc<ArcSwap<JwkSet>>,
    last_fetch: Mutex<Option<Instant>>,
}

impl Keys {
    pub(crate) fn new(source: KeySource, http: reqwest::Client) -> Self {
        let set = match &source {
            KeySource::Shared(set) => set.clone(),
            KeySource::Fixed(set) => Arc::new(ArcSwap::from_pointee(set.clone())),
            KeySource::Remote(_) => Arc::new(ArcSwap::from_pointee(JwkSet { keys: Vec::new() })),
        };
        Self { source, http, set, last_fetch: Mutex::new(None) }
    }

    /// The key with this id. An unknown id costs at most one fetch; when `auth` is down, the last
    /// good set stays.
    pub(crate) async fn find(&self, key_id: &str) -> Result<Option<Jwk>, Problem> {
        if let Some(key) = self.set.load().find(key_id) {
            return Ok(Some(key.clone()));
        }
        let KeySource::Remote(url) = &self.source else { return Ok(None) };
        let mut last_fetch = self.last_fetch.lock().await;
        if let Some(key) = self.set.load().find(key_id) {
            return Ok(Some(key.clone()));
        }
        if last_fetch.is_none_or(|at| at.elapsed() >= REFETCH_INTERVAL) {
            match self.fetch(url).await {
                Ok(set) => {
                    *last_fetch = Some(Instant::now());
                    self.set.store(Arc::new(set));
                }
                Err(error) if self.set.load().keys.is_empty() => {
                    return Err(Problem::unavailable("the key set of auth").caused_by(error));
                }
                Err(error) => {
                    *last_fetch = Some(Instant::now());
                    tracing::warn!(%error, "the key set could not be fetched, the last one stays");
                }
            }
        }
        Ok(self.set.load().find(key_id).cloned())
    }

    async fn fetch(&self, url: &str) -> reqwest::Result<JwkSet> {
        self.http.get(url).timeout(FETCH_TIMEOUT).send().await?.error_for_status()?.json().await
    }
}
