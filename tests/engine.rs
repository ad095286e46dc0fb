//! Sends requests and takes times.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

/// How long and how wide a run is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub duration: Duration,
    pub connections: usize,
}

/// Requests to be sent.
pub struct Requests {
    /// In this order, and again from the first if `repeat`.
    pub list: Vec<Spec>,
    /// Whether a request may be sent more than once.
    pub repeat: bool,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Spec {
    pub method: Method,
    pub path: String,
    pub token: Option<String>,
    pub key: Option<String>,
    pub body: Bytes,
}

impl Spec {
    /// A read.
    pub fn get(path: String) -> Self {
        Self { method: Method::GET, path, token: None, key: None, body: Bytes::new() }
    }

    fn request(&self, host: &HeaderValue) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::HOST, host.clone());
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if !self.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Times of good answers, sorted.
    latencies: Vec<Duration>,
    /// Answers that were not 2xx, and requests without answer.
    pub failures: usize,
    elapsed: Duration,
}

impl Outcome {
    /// Good answers.
    pub fn count(&self) -> usize {
        self.latencies.len()
    }

    /// Good answers a second.
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// The time within which this share of the good answers came.
    pub fn percentile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        let index = (last as f64 * share).round() as usize;
        self.latencies.get(index).copied().unwrap_or_default()
    }

    /// Joins what several workers found.
    pub fn join(parts: Vec<Self>, elapsed: Duration) -> Self {
        let mut all = Self { elapsed, ..Self::default() };
        for part in parts {
            all.latencies.extend(part.latencies);
            all.failures += part.failures;
        }
        all.latencies.sort_unstable();
        all
    }

    /// Notes one answer.
    pub fn note(&mut self, good: bool, latency: Duration) {
        if good {
            self.latencies.push(latency);
        } else {
            self.failures += 1;
        }
    }
}

/// Each connection sends its next request as soon as it has its answer.
pub async fn run_closed(url: &str, requests: &Requests, plan: Plan) -> Result<Outcome> {
    run(url, requests, plan, None).await
}

/// Requests are due at a fixed rate, whether or not earlier ones were answered.
pub async fn run_open(
    url: &str,
    requests: &Requests,
    per_second: f64,
    plan: Plan,
) -> Result<Outcome> {
    run(url, requests, plan, Some(Duration::from_secs_f64(1.0 / per_second.max(1.0)))).await
}

async fn run(
    url: &str,
    requests: &Requests,
    plan: Plan,
    interval: Option<Duration>,
) -> Result<Outcome> {
    let next = Arc::new(AtomicUsize::new(0));
    let specs: Arc<[Spec]> = requests.list.clone().into();
    let limit = if requests.repeat { usize::MAX } else { specs.len() };
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..plan.connections {
        let mut connection = Connection::open(url).await?;
        let (next, specs) = (next.clone(), specs.clone());
        workers.spawn(async move {
            let mut outcome = Outcome::default();
            while started.elapsed() < plan.duration {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= limit {
                    break;
                }
                let due = wait_until_due(started, index, interval).await;
                let good = connection.send(&specs[index % specs.len()]).await;
                outcome.note(good, due.elapsed());
            }
            outcome
        });
    }
    let parts = workers.join_all().await;
    Ok(Outcome::join(parts, started.elapsed()))
}

async fn wait_until_due(started: Instant, index: usize, interval: Option<Duration>) -> Instant {
    let Some(interval) = interval else { return Instant::now() };
    let due = started + interval.mul_f64(index as f64);
    tokio::time::sleep_until(due.into()).await;
    due
}

struct Connection {
    address: String,
    host: HeaderValue,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    async fn open(url: &str) -> Result<Self> {
        let uri: Uri = url.parse()?;
        let address = uri.authority().context("the address has no host")?.to_string();
        let host = HeaderValue::from_str(&address)?;
        let sender = connect(&address).await?;
        Ok(Self { address, host, sender })
    }

    /// Whether the answer was good.
    async fn send(&mut self, spec: &Spec) -> bool {
        match self.try_send(spec).await {
            Ok(status) => status.is_success(),
            Err(_) => {
                if let Ok(sender) = connect(&self.address).await {
                    self.sender = sender;
                }
                false
            }
        }
    }

    async fn try_send(&mut self, spec: &Spec) -> Result<StatusCode> {
        self.sender.ready().await?;
        let response = self.sender.send_request(spec.request(&self.host)?).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
