//! A client that does not give up: it sends a request again, under the same key, until it is answered.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use load::{Answer, Client};
use serde_json::Value;
use tokio::time::timeout;

/// Longer than anything stays down, and than the lease of a checkout that died.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(200);

/// What stood in the way of answers, and how often: the status and code, or `no answer` and the
/// like.
#[derive(Default)]
pub(super) struct Trouble(RefCell<BTreeMap<String, usize>>);

impl Trouble {
    fn note(&self, what: &str) {
        *self.0.borrow_mut().entry(what.to_owned()).or_default() += 1;
    }

    /// All of it.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        self.0.borrow().clone()
    }
}

/// The client.
pub(super) struct Persistent<'a> {
    client: Client,
    trouble: &'a Trouble,
    /// The next request is given up and sent again after this time.
    haste: Cell<Option<Duration>>,
}

impl<'a> Persistent<'a> {
    /// A new shopper without account.
    pub(super) async fn anonymous(client: &Client, trouble: &'a Trouble) -> Self {
        let began = Instant::now();
        loop {
            match client.anonymous().await {
                Ok(client) => return Self { client, trouble, haste: Cell::default() },
                Err(error) => assert!(began.elapsed() < PATIENCE, "no token: {error:#}"),
            }
            trouble.note("no token");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Hangs up on the first try of the next request after this time.
    pub(super) fn hurry(&self, haste: Duration) {
        self.haste.set(Some(haste));
    }

    /// GET.
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.persist(path, || self.client.get(path)).await
    }

    /// PUT of JSON.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.persist(path, || self.client.put(path, body.clone())).await
    }

    /// POST of JSON under this key.
    pub(super) async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        let client = self.client.key(key);
        self.persist(path, || client.post(path, body.clone())).await
    }

    async fn persist<T: Future<Output = Result<Answer>>>(
        &self,
        path: &str,
        send: impl Fn() -> T,
    ) -> Answer {
        let began = Instant::now();
        loop {
            let answer = match self.haste.take() {
                Some(haste) => timeout(haste, send()).await.ok(),
                None => Some(send().await),
            };
            let why = match answer {
                Some(Ok(answer)) if !is_passing(&answer) => return answer,
                Some(Ok(answer)) => format!("{} {}", answer.status, code_of(&answer)),
                Some(Err(_)) => "no answer".to_owned(),
                None => "hung up".to_owned(),
            };
            assert!(began.elapsed() < PATIENCE, "{path} was never answered, at last: {why}");
            self.trouble.note(&why);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Whether the client is to send the request again.
fn is_passing(answer: &Answer) -> bool {
    let in_flight = answer.status == 409 && code_of(answer) == "request_in_flight";
    answer.status == 429 || answer.status >= 500 || in_flight
}

/// The code of a problem; empty if it is none.
pub(super) fn code_of(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}
