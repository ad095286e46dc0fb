//! The key set that tokens are checked against: fetched from `auth` and kept, fetched again when a
//! token names a key we do not know, and now and then so that a withdrawn key goes.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use arc_swap::ArcSwap;
use jsonwebtoken::jwk::JwkSet;
use problem::Problem;
use tokio::sync::Mutex;

use crate::key_set::KeySet;

/// At most one fetch in this time, whether it succeeds or not: neither forged key ids nor an `auth` that
/// is down make us hammer it.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// No set is used for longer without asking for a newer one.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// Largest key set document; ours have a kilobyte.
const MAX_BYTES: usize = 64 * 1024;

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
    current: ArcSwap<KeySet>,
    min_interval: Duration,
    /// When the last fetch began. Held while one is under way: all who need it wait for the same.
    fetched_at: Mutex<Option<Instant>>,
}

impl Keys {
    /// A remote set is refreshed as long as somebody holds the keys.
    pub(crate) fn new(source: KeySource, http: reqwest::Client) -> Arc<Self> {
        let keys = Arc::new(Self::with_interval(source, http, MIN_INTERVAL));
        if matches!(keys.source, KeySource::Remote(_)) {
            tokio::spawn(keep_fresh(Arc::downgrade(&keys)));
        }
        keys
    }

    fn with_interval(source: KeySource, http: reqwest::Client, min_interval: Duration) -> Self {
        let document = match &source {
            KeySource::Shared(set) => set.load_full(),
            KeySource::Fixed(set) => Arc::new(set.clone()),
            KeySource::Remote(_) => Arc::new(JwkSet { keys: Vec::new() }),
        };
        let current = ArcSwap::from_pointee(KeySet::read(document));
        Self { source, http, current, min_interval, fetched_at: Mutex::default() }
    }

    /// The set at hand.
    pub(crate) fn current(&self) -> Arc<KeySet> {
        if let KeySource::Shared(shared) = &self.source {
            let document = shared.load();
            if !self.current.load().is_of(&document) {
                self.current.store(Arc::new(KeySet::read(document.clone())));
            }
        }
        self.current.load_full()
    }

    /// The set, if it has this key. An unknown id costs at most one fetch for all who ask at the time;
    /// when `auth` is down, the last good set stays. 503 if there never was one.
    pub(crate) async fn with_key(&self, key_id: &str) -> Result<Option<Arc<KeySet>>, Problem> {
        let has_key = |set: &Arc<KeySet>| set.find(key_id).is_some();
        let set = self.current();
        if has_key(&set) {
            return Ok(Some(set));
        }
        let KeySource::Remote(url) = &self.source else { return Ok(None) };
        let mut fetched_at = self.fetched_at.lock().await;
        let may_fetch = fetched_at.is_none_or(|at| at.elapsed() >= self.min_interval);
        if may_fetch && !has_key(&self.current()) {
            // Before the fetch: one that is given up, because its client goes away, counts too.
            *fetched_at = Some(Instant::now());
            self.fetch(url).await;
        }
        let set = self.current();
        if set.is_empty() {
            return Err(Problem::unavailable("the key set of auth"));
        }
        Ok(Some(set).filter(has_key))
    }

    /// Takes over a newer set if there is one.
    async fn fetch(&self, url: &str) {
        match self.download(url).await {
            // With the set stays what was verified under it.
            Ok(document) if self.current.load().says(&document) => {}
            Ok(document) => self.current.store(Arc::new(KeySet::read(Arc::new(document)))),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::warn!(error, "the key set could not be fetched, the last one stays");
            }
        }
    }

    async fn download(&self, url: &str) -> Result<JwkSet> {
        let request = self.http.get(url).timeout(FETCH_TIMEOUT);
        let mut response = request.send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            ensure!(body.len() + chunk.len() <= MAX_BYTES, "it has more than {MAX_BYTES} bytes");
            body.extend_from_slice(&chunk);
        }
        let document: JwkSet = serde_json::from_slice(&body)?;
        ensure!(!document.keys.is_empty(), "it has no keys");
        Ok(document)
    }

    async fn refresh(&self) {
        let KeySource::Remote(url) = &self.source else { return };
        let mut fetched_at = self.fetched_at.lock().await;
        *fetched_at = Some(Instant::now());
        self.fetch(url).await;
    }
}

async fn keep_fresh(keys: Weak<Keys>) {
    loop {
        tokio::time::sleep(REFRESH_INTERVAL).await;
        let Some(keys) = keys.upgrade() else { return };
        keys.refresh().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::{
        Router,
        body::Body,
        http::StatusCode,
        response::{IntoResponse, Response},
        routing::get,
    };
    use serde_json::json;

    use super::*;

    const NEVER: Duration = Duration::from_secs(3600);

    /// An `auth` whose answer can be changed; counts how often it is asked.
    #[derive(Clone, Default)]
    struct Auth {
        answer: Arc<std::sync::Mutex<Option<String>>>,
        fetches: Arc<AtomicUsize>,
    }

    impl Auth {
        fn publish(&self, key_ids: &[&str]) {
            let keys: Vec<_> = key_ids
                .iter()
                .map(|kid| json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "A".repeat(43) }))
                .collect();
            self.say(json!({ "keys": keys }).to_string());
        }

        fn say(&self, text: String) {
            *self.answer.lock().unwrap() = Some(text);
        }

        fn go_down(&self) {
            *self.answer.lock().unwrap() = None;
        }

        fn answer(&self) -> Response {
            self.fetches.fetch_add(1, Ordering::Relaxed);
            match self.answer.lock().unwrap().clone() {
                Some(text) => Body::from(text).into_response(),
                None => StatusCode::BAD_GATEWAY.into_response(),
            }
        }

        fn fetches(&self) -> usize {
            self.fetches.load(Ordering::Relaxed)
        }

        async fn keys(&self, min_interval: Duration) -> Arc<Keys> {
            web::install_tls();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/jwks", listener.local_addr().unwrap());
            let auth = self.clone();
            let router = Router::new().route("/jwks", get(move || async move { auth.answer() }));
            tokio::spawn(async move { axum::serve(listener, router).await });
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            Arc::new(Keys::with_interval(KeySource::Remote(url), http, min_interval))
        }
    }

    async fn has(keys: &Keys, key_id: &str) -> bool {
        keys.with_key(key_id).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_new_key_is_there_with_the_first_token_that_names_it() {
        let auth = Auth::default();
        auth.publish(&["old"]);
        let keys = auth.keys(Duration::ZERO).await;
        assert!(has(&keys, "old").await);
        auth.publish(&["new", "old"]);
        assert!(has(&keys, "new").await && has(&keys, "old").await);
        assert_eq!(auth.fetches(), 2);
    }

    #[tokio::test]
    async fn forged_key_ids_cost_one_fetch_however_many_there_are() {
        let auth = Auth::default();
        auth.publish(&["known"]);
        let keys = auth.keys(NEVER).await;
        let asked: Vec<_> = (0..200).map(|n| format!("forged-{n}")).collect();
        let found = futures::future::join_all(asked.iter().map(|id| has(&keys, id))).await;
        assert!(found.iter().all(|found| !found));
        assert!(has(&keys, "known").await);
        assert_eq!(auth.fetches(), 1);
    }

    #[tokio::test]
    async fn while_there_is_no_set_yet_an_auth_that_is_down_is_not_hammered() {
        let auth = Auth::default();
        let keys = auth.keys(NEVER).await;
        for _ in 0..50 {
            let problem = keys.with_key("any").await.err().unwrap();
            assert_eq!((problem.status().as_u16(), problem.code()), (503, "unavailable"));
        }
        assert_eq!(auth.fetches(), 1);
    }

    #[tokio::test]
    async fn the_last_good_set_stays_when_auth_is_down_or_answers_nonsense() {
        let auth = Auth::default();
        auth.publish(&["known"]);
        let keys = auth.keys(Duration::ZERO).await;
        assert!(has(&keys, "known").await);
        auth.go_down();
        keys.refresh().await;
        let too_large = format!(r#"{{"keys":[],"padding":"{}"}}"#, "x".repeat(MAX_BYTES));
        for nonsense in ["", "[]", r#"{"keys":[]}"#, r#"{"keys":{}}"#, &too_large] {
            auth.say(nonsense.to_owned());
            assert!(!has(&keys, "unknown").await);
            assert!(has(&keys, "known").await, "{nonsense:.20}");
        }
        assert_eq!(auth.fetches(), 7);
    }

    #[tokio::test]
    async fn a_refresh_takes_a_withdrawn_key_and_its_tokens_along() {
        let auth = Auth::default();
        auth.publish(&["bad", "good"]);
        let keys = auth.keys(NEVER).await;
        assert!(has(&keys, "bad").await);
        let before = keys.current();
        keys.refresh().await;
        assert!(Arc::ptr_eq(&before, &keys.current()), "an equal set changes nothing");
        auth.publish(&["good"]);
        keys.refresh().await;
        assert!(!has(&keys, "bad").await && has(&keys, "good").await);
        assert!(!Arc::ptr_eq(&before, &keys.current()));
    }

    #[test]
    fn what_cannot_have_signed_an_access_token_is_no_key() {
        let (x, n) = ("A".repeat(43), "A".repeat(342));
        let set = json!({ "keys": [
            { "kid": "short", "kty": "OKP", "crv": "Ed25519", "x": "AAAA" },
            { "kid": "curve", "kty": "OKP", "crv": "P-256", "x": x },
            { "kid": "encryption", "kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc" },
            { "kid": "secret", "kty": "oct", "k": x, "alg": "HS256" },
            { "kid": "ec", "kty": "EC", "crv": "P-256", "x": x, "y": x, "alg": "ES256" },
            { "kid": "rs512", "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS512" },
            { "kid": "rsa", "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "use": "sig" },
            { "kty": "OKP", "crv": "Ed25519", "x": x },
            { "kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "use": "sig" },
        ]});
        let set = KeySet::read(Arc::new(serde_json::from_value(set).unwrap()));
        for key_id in ["short", "curve", "encryption", "secret", "ec", "rs512", ""] {
            assert!(set.find(key_id).is_none(), "{key_id}");
        }
        assert!(set.find("rsa").is_some() && set.find("ed").is_some());
    }
}
