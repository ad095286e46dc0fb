//! Talks to a running installation over its public API, as any connector would.

use std::{
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures::{TryStreamExt, stream};
use reqwest::{
    Body, Method, RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
    multipart::{Form, Part},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{fs::File, io::AsyncWriteExt};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// Most lines the management API takes in one request.
pub(crate) const MAX_LINES: usize = 100;

const COLLECTION: &str = "application/vnd.akeneo.collection+json";
const NDJSON: &str = "application/x-ndjson";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// The same for files.
const FILE_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// A request is tried this often while the other side says "later" or nothing.
const ATTEMPTS: u32 = 6;
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// Where an installation is, and an account there.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Connection {
    /// Public address, e.g. `http://127.0.0.1:8080`.
    pub(crate) url: String,
    /// E-mail of a member of staff.
    pub(crate) email: String,
    /// Their password.
    pub(crate) password: String,
}

/// What became of one line of a bulk request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LineOutcome {
    /// 201 created, 204 there already, anything else: refused.
    pub(crate) status_code: u16,
    /// Whether an existing one was changed.
    pub(crate) changed: Option<bool>,
    /// Why it was refused.
    pub(crate) message: Option<String>,
    /// The broken rules.
    #[serde(default)]
    pub(crate) errors: Vec<LineError>,
}

/// One broken rule of a refused line.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LineError {
    /// What the rule is about.
    #[serde(default)]
    pub(crate) property: String,
    /// The attribute, if it is about a value.
    pub(crate) attribute: Option<String>,
    /// The rule in words.
    #[serde(default)]
    pub(crate) message: String,
}

impl LineOutcome {
    /// Whether the line took effect or had nothing to do.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.status_code, 201 | 204)
    }

    /// Why the line was refused, in one line.
    pub(crate) fn reason(&self) -> String {
        let message =
            self.message.clone().unwrap_or_else(|| format!("status {}", self.status_code));
        let details: Vec<String> = self.errors.iter().map(LineError::to_text).collect();
        if details.is_empty() { message } else { details.join("; ") }
    }
}

impl LineError {
    fn to_text(&self) -> String {
        let what = self.attribute.as_deref().unwrap_or(&self.property);
        format!("{what}: {}", self.message)
    }
}

/// A signed-in client; safe to share.
pub(crate) struct Client {
    connection: Connection,
    http: reqwest::Client,
    token: Mutex<Option<(String, Instant)>>,
}

impl Client {
    /// Signs in; fails in one sentence if the installation or the account is not there.
    pub(crate) async fn sign_in(connection: Connection) -> Result<Self> {
        let client = Self { connection, http: http()?, token: Mutex::new(None) };
        client.token().await?;
        Ok(client)
    }

    /// The same installation, signed in as someone else.
    pub(crate) async fn as_other(&self, email: &str, password: &str) -> Result<Self> {
        let url = self.connection.url.clone();
        Self::sign_in(Connection { url, email: email.to_owned(), password: password.to_owned() })
            .await
    }

    /// Reads JSON.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.json(|| self.request(Method::GET, path)).await
    }

    /// Posts JSON; `None` if it is there already (409).
    pub(crate) async fn post_new(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<Option<Value>> {
        let request = || self.request(Method::POST, path).header("idempotency-key", key).json(body);
        let response = self.send(request).await?;
        if response.status() == StatusCode::CONFLICT {
            return Ok(None);
        }
        Ok(Some(read(response).await?))
    }

    /// Upserts up to [`MAX_LINES`] entities through a collection of the management API; one outcome a
    /// line, in order.
    pub(crate) async fn patch_lines(
        &self,
        path: &str,
        lines: &[Value],
    ) -> Result<Vec<LineOutcome>> {
        let body = to_lines(lines);
        let request = || {
            self.request(Method::PATCH, path).header(CONTENT_TYPE, COLLECTION).body(body.clone())
        };
        let text = success(self.send(request).await?).await?.text().await?;
        let outcomes: Vec<LineOutcome> = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .with_context(|| format!("{path} answered something unexpected"))?;
        if outcomes.len() != lines.len() {
            bail!("{path} answered {} lines to {}", outcomes.len(), lines.len());
        }
        Ok(outcomes)
    }

    /// Sends lines of JSON.
    pub(crate) async fn send_lines(
        &self,
        method: Method,
        path: &str,
        lines: &[Value],
    ) -> Result<()> {
        let body = to_lines(lines);
        let request =
            || self.request(method.clone(), path).header(CONTENT_TYPE, NDJSON).body(body.clone());
        success(self.send(request).await?).await.map(drop)
    }

    /// Uploads a picture to a product or product model; `owner` as the management API wants it.
    pub(crate) async fn upload(
        &self,
        owner_part: &'static str,
        owner: &Value,
        filename: &str,
        bytes: Vec<u8>,
    ) -> Result<()> {
        let request = || {
            let file = Part::bytes(bytes.clone()).file_name(filename.to_owned());
            let form = Form::new().text(owner_part, owner.to_string()).part("file", file);
            self.request(Method::POST, "/api/rest/v1/media-files").multipart(form)
        };
        success(self.send(request).await?).await.map(drop)
    }

    /// Sends a file to start a job; answers the path of the job.
    pub(crate) async fn send_file(&self, path: &str, kind: &str, file: &Path) -> Result<String> {
        let key = Uuid::now_v7().to_string();
        std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        let request = || {
            let opened = stream::once(File::open(file.to_owned()));
            let body = Body::wrap_stream(opened.map_ok(ReaderStream::new).try_flatten());
            let request = self.request(Method::POST, path).timeout(FILE_TIMEOUT);
            request.header(CONTENT_TYPE, kind).header("idempotency-key", &key).body(body)
        };
        location(&success(self.send(request).await?).await?)
    }

    /// Starts a job; answers its path.
    pub(crate) async fn start(&self, path: &str, body: &Value) -> Result<String> {
        let key = Uuid::now_v7().to_string();
        let request =
            || self.request(Method::POST, path).header("idempotency-key", &key).json(body);
        location(&success(self.send(request).await?).await?)
    }

    /// Writes what is at this path into a file.
    pub(crate) async fn download(&self, path: &str, file: &Path) -> Result<()> {
        let request = || self.request(Method::GET, path).timeout(FILE_TIMEOUT);
        let mut response = success(self.send(request).await?).await?;
        let unwritten = || format!("cannot write {}", file.display());
        let mut output = File::create(file).await.with_context(unwritten)?;
        while let Some(piece) = response.chunk().await? {
            output.write_all(&piece).await.with_context(unwritten)?;
        }
        output.flush().await.with_context(unwritten)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.connection.url))
    }

    async fn json(&self, request: impl Fn() -> RequestBuilder) -> Result<Value> {
        read(self.send(request).await?).await
    }

    /// Sends with a valid token, again while the other side is busy or gone.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response> {
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1.. {
            let result = request().bearer_auth(self.token().await?).send().await;
            let wait = match result {
                Ok(response) if response.status() == StatusCode::UNAUTHORIZED && attempt == 1 => {
                    self.forget_token();
                    continue;
                }
                Ok(response) if is_later(response.status()) && attempt < ATTEMPTS => {
                    retry_after(&response).unwrap_or(backoff)
                }
                Ok(response) => return Ok(response),
                Err(error) if attempt >= ATTEMPTS => {
                    return Err(error).context("the installation does not answer");
                }
                Err(_) => backoff,
            };
            tokio::time::sleep(wait).await;
            backoff *= 2;
        }
        unreachable!("the loop ends by returning")
    }

    async fn token(&self) -> Result<String> {
        if let Some(token) = self.valid_token() {
            return Ok(token);
        }
        let Connection { url, email, password } = &self.connection;
        let response = self
            .http
            .post(format!("{url}/v1/login"))
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .with_context(|| format!("no installation answers at {url}"))?;
        let answer = read(response).await.context("cannot sign in")?;
        let token = answer["access_token"].as_str().context("cannot sign in")?.to_owned();
        let lifetime = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or(0));
        let renew_at = Instant::now() + lifetime.saturating_sub(RENEW_BEFORE);
        *self.token.lock().expect("no holder panics") = Some((token.clone(), renew_at));
        Ok(token)
    }

    fn valid_token(&self) -> Option<String> {
        let token = self.token.lock().expect("no holder panics");
        token
            .as_ref()
            .filter(|(_, renew_at)| *renew_at > Instant::now())
            .map(|(text, _)| text.clone())
    }

    fn forget_token(&self) {
        *self.token.lock().expect("no holder panics") = None;
    }
}

/// The client of a person at a command line: patient, no redirects.
pub(crate) fn http() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    Ok(client)
}

/// The path of the job that was made.
fn location(response: &Response) -> Result<String> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let id = location.and_then(|location| location.rsplit('/').next());
    Ok(format!("/api/rest/v1/jobs/{}", id.context("the answer has no location")?))
}

fn to_lines(values: &[Value]) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn is_later(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The answer's JSON, or its problem in one sentence; null if there is no body.
pub(crate) async fn read(response: Response) -> Result<Value> {
    let bytes = success(response).await?.bytes().await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).context("the answer is not JSON")
}

async fn success(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let path = response.url().path().to_owned();
    let text = response.text().await.unwrap_or_default();
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    let detail = problem["detail"].as_str().unwrap_or(&text);
    let errors = match &problem["errors"] {
        Value::Null => String::new(),
        errors => format!(" {errors}"),
    };
    bail!("{path} answered {status}: {detail}{errors}")
}
