//! The layers around every service's routes, outermost first: request id and trace, metrics, panics
//! become problems, a deadline, body limits.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};
use problem::{Kind, Problem};
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use tracing::Instrument;
use uuid::Uuid;

use crate::trace::{self, TraceContext};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Limits of a service's requests.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest body in bytes, where a route sets none of its own.
    pub body_bytes: usize,
    /// A handler must answer within this time.
    pub request: Duration,
    /// The same for [`Self::uploads`], which take as long as their bodies.
    pub upload: Duration,
    /// Routes whose bodies are large, by their paths.
    pub uploads: &'static [&'static str],
    /// The client must send the next piece of its body within this time.
    pub body_progress: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            request: Duration::from_secs(30),
            upload: Duration::from_secs(30),
            uploads: &[],
            body_progress: Duration::from_secs(15),
        }
    }
}

/// Puts the layers around a service's routes.
pub fn with_layers(routes: Router, service: &'static str, limits: Limits) -> Router {
    routes
        .fallback(|| async { Problem::not_found("route") })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(RequestBodyTimeoutLayer::new(limits.body_progress))
        .layer(from_fn(move |request, next| deadline(limits, request, next)))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::internal(anyhow::anyhow!("a handler panicked")).into_response()
        }))
        .layer(from_fn(move |request, next| observe(service, request, next)))
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        Kind::MethodNotAllowed,
        "method_not_allowed",
        "this path does not take this method",
    )
}

async fn deadline(limits: Limits, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_upload = route.is_some_and(|route| limits.uploads.contains(&route));
    let limit = if is_upload { limits.upload } else { limits.request };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(Kind::Timeout, "timeout", "the request took too long").into_response()
        }
    }
}

/// Gives the request an id and a trace, and records how it went.
async fn observe(service: &'static str, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = request_id(&request);
    let context = request
        .headers()
        .get(TRACEPARENT)
        .and_then(|value| value.to_str().ok())
        .and_then(TraceContext::parse)
        .map_or_else(TraceContext::start, TraceContext::child);
    request.headers_mut().insert(REQUEST_ID, request_id.clone());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request", service, %method, route, request_id = ?request_id, trace_id = context.trace_id()
    );
    let mut response = trace::within(context, next.run(request).instrument(span.clone())).await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id);
    if let Ok(value) = HeaderValue::from_str(&context.to_string()) {
        headers.insert(TRACEPARENT, value);
    }
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    span.in_scope(|| tracing::debug!(status, elapsed_ms = elapsed.as_millis(), "answered"));
    metrics::histogram!(
        "http_request_duration_seconds",
        "service" => service,
        "method" => method.to_string(),
        "route" => route,
        "status" => status.to_string(),
    )
    .record(elapsed.as_secs_f64());
    response
}

/// The id that the caller sent, if it is short and harmless, else a new one.
fn request_id(request: &Request) -> HeaderValue {
    request
        .headers()
        .get(REQUEST_ID)
        .filter(|value| {
            value.len() <= 64
                && value.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        })
        .cloned()
        .unwrap_or_else(|| {
            HeaderValue::from_str(&Uuid::now_v7().to_string()).expect("a UUID is header text")
        })
}
