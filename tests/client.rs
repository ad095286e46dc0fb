use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use reqwest::{Method, RequestBuilder, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// A client of a running system.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    headers: Vec<(&'static str, String)>,
}

/// An HTTP client that follows no redirects.
pub(crate) fn http() -> reqwest::Client {
    // An error means that it was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a plain client can be built")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Client {
    /// A client of this address, without token.
    pub fn new(url: String) -> Self {
        Self { http: http(), url, token: None, headers: Vec::new() }
    }

    /// The same client with this access token.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client with this header.
    #[must_use]
    pub fn header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(other, _)| *other != name);
        client.headers.push((name, value.to_owned()));
        client
    }

    /// The same client with an Idempotency-Key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// The access token, if there is one.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same client as a new shopper without account.
    pub async fn anonymous(&self) -> Result<Self> {
        let form = [("grant_type", "urn:vitrine:grant:anonymous"), ("client_id", "storefront")];
        let request = self.http.post(format!("{}/oauth/token", self.url)).form(&form);
        let answer = self.send(request).await?;
        ensure!(answer.status == 200, "no token: {} {}", answer.status, answer.text);
        Ok(self.bearer_of(&answer))
    }

    fn bearer_of(&self, answer: &Answer) -> Self {
        self.bearer(answer.json()["access_token"].as_str().unwrap_or_default())
    }

    /// The same client, signed in.
    pub async fn log_in(&self, email: &str, password: &str) -> Result<Self> {
        let body = json!({ "email": email, "password": password });
        let answer = self.post("/v1/login", body).await?.assert_status(200);
        Ok(self.bearer_of(&answer))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// PATCH with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST of lines of JSON.
    pub async fn post_lines(&self, path: &str, lines: &str) -> Result<Answer> {
        let request = self.request(Method::POST, path);
        self.send(request.header(CONTENT_TYPE, "application/x-ndjson").body(lines.to_owned())).await
    }

    /// Upserts through a collection of the management API; fails unless every line is accepted.
    pub async fn upsert(&self, resource: &str, lines: &[Value]) -> Result<()> {
        let lines = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        self.upsert_lines(resource, lines).await
    }

    /// The same with lines that are written already.
    pub async fn upsert_lines(&self, resource: &str, lines: String) -> Result<()> {
        let request = self
            .request(Method::PATCH, &format!("/api/rest/v1/{resource}"))
            .header(CONTENT_TYPE, "application/vnd.akeneo.collection+json")
            .body(lines);
        let answer = self.send(request).await?.assert_status(200);
        for line in answer.text.lines() {
            let outcome: Value = serde_json::from_str(line)?;
            if !matches!(outcome["status_code"].as_u64(), Some(201 | 204)) {
                bail!("{resource}: {line}");
            }
        }
        Ok(())
    }

    /// Asks again and again until the answer is good: for what follows within a second on a machine that
    /// is not busy, such as the shop after a change in the catalog. Gives up after a minute.
    pub async fn eventually(&self, path: &str, good: impl Fn(&Answer) -> bool) -> Result<Answer> {
        let started = Instant::now();
        loop {
            let answer = self.get(path).await?;
            if good(&answer) {
                return Ok(answer);
            }
            if started.elapsed() > Duration::from_secs(60) {
                bail!("{path} did not become what it should: {} {}", answer.status, answer.text);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    async fn send(&self, mut request: RequestBuilder) -> Result<Answer> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Ok(Answer { status, headers, text: response.text().await? })
    }
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Fails unless the status is this; shows the body.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails unless the answer is a problem with this status and code.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        let answer = self.assert_status(status);
        assert_eq!(answer.json()["code"], code, "{}", answer.text);
        answer
    }
}
