//! Sends a request to a service: picks a replica, and another one where the first fails and a second
//! try does no harm.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderName, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use problem::{Kind, Problem};
use tokio::time::timeout_at;

use crate::{
    body::{BodyError, RequestBody, ServiceBody},
    replica::{Connection, Replica},
    upstream::Upstream,
};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No replica can be reached.
    Down,
    /// The service has as much to do as it is allowed to have.
    Busy,
    /// It did not begin to answer in time. Whether it acted is not known.
    TooSlow,
    /// The connection broke. Whether the service acted is not known.
    Broken,
    /// The client's body could not be passed on.
    Body(BodyError),
}

/// The head of an answer, and the connection on which the rest of it comes.
type Answered = (Response<Incoming>, Connection);

/// An attempt that failed, and the request if the replica has seen nothing of it.
struct Failed {
    why: Failure,
    unsent: Option<Request<RequestBody>>,
}

/// Sends the request and waits for the head of the answer, at most for `patience`.
pub(crate) async fn send(
    upstream: &Arc<Upstream>,
    worker: usize,
    request: Request<RequestBody>,
    patience: Duration,
) -> Result<Response<ServiceBody>, Failure> {
    let slot = upstream.enter().ok_or(Failure::Busy)?;
    upstream.budget.deposit();
    let started = Instant::now();
    let deadline = started + patience;
    let mut copy = copy_if_harmless(&request);
    let mut replica = upstream.pick(None, started).ok_or(Failure::Down)?;
    let mut result = attempt(upstream, &replica, worker, request, deadline).await;
    if let Some(again) = take_for_second_try(&mut result, &mut copy)
        && let Some(other) = second_choice(upstream, &replica, result.is_ok())
    {
        metrics::counter!("gateway_retries_total", "upstream" => upstream.name).increment(1);
        replica = other;
        result = attempt(upstream, &replica, worker, again, deadline).await;
    }
    let (head, connection) = result.map_err(|failed| failed.why)?;
    Ok(head.map(|body| ServiceBody::new(body, connection, slot)))
}

/// The request once more, if the first try left something to hope for.
fn take_for_second_try(
    result: &mut Result<Answered, Failed>,
    copy: &mut Option<Request<RequestBody>>,
) -> Option<Request<RequestBody>> {
    match result {
        Ok((head, _)) if head.status() == StatusCode::SERVICE_UNAVAILABLE => copy.take(),
        Err(Failed { why: Failure::Down | Failure::Broken, unsent }) => {
            unsent.take().or_else(|| copy.take())
        }
        Ok(_) | Err(_) => None,
    }
}

/// Whom to ask after `first`, within the budget. One that answered is not asked again.
fn second_choice(
    upstream: &Upstream,
    first: &Arc<Replica>,
    first_answered: bool,
) -> Option<Arc<Replica>> {
    let now = Instant::now();
    upstream
        .pick(Some(first), now)
        .filter(|second| !(first_answered && Arc::ptr_eq(first, second)))
        .filter(|_| upstream.budget.withdraw(now))
}

/// A copy for a second try, where a request that arrives twice acts once.
fn copy_if_harmless(request: &Request<RequestBody>) -> Option<Request<RequestBody>> {
    if !is_repeatable(request.method(), request.headers().contains_key(IDEMPOTENCY_KEY)) {
        return None;
    }
    let mut copy = Request::new(request.body().copy()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

/// Whether a request may be sent twice: it is safe (RFC 9110 §9.2.1), or a key makes it act once.
pub(crate) fn is_repeatable(method: &Method, has_key: bool) -> bool {
    method.is_safe() || has_key
}

async fn attempt(
    upstream: &Upstream,
    replica: &Arc<Replica>,
    worker: usize,
    mut request: Request<RequestBody>,
    deadline: Instant,
) -> Result<Answered, Failed> {
    while let Some(connection) = replica.take_idle(worker) {
        match exchange(upstream, replica, connection, request, deadline).await {
            // It was closed just now and took nothing of the request.
            Err(Failed { unsent: Some(unsent), .. }) => request = unsent,
            result => return result,
        }
    }
    match replica.connect(worker).await {
        Ok(connection) => exchange(upstream, replica, connection, request, deadline).await,
        Err(error) => {
            note_down(replica, &error);
            Err(Failed { why: Failure::Down, unsent: Some(request) })
        }
    }
}

async fn exchange(
    upstream: &Upstream,
    replica: &Replica,
    mut connection: Connection,
    request: Request<RequestBody>,
    deadline: Instant,
) -> Result<Answered, Failed> {
    let sending = connection.sender.try_send_request(request);
    let Ok(answer) = timeout_at(deadline.into(), sending).await else {
        note_failure(replica, "it did not answer in time");
        return Err(Failed { why: Failure::TooSlow, unsent: None });
    };
    let mut error = match answer {
        Ok(head) => {
            judge(upstream, replica, head.status());
            if says_goodbye(&head) {
                replica.take_leave(Instant::now());
            }
            return Ok((head, connection));
        }
        Err(error) => error,
    };
    if let Some(unsent) = error.take_message() {
        return Err(Failed { why: Failure::Down, unsent: Some(unsent) });
    }
    let why = failure_of(error.into_error());
    if matches!(why, Failure::Broken) {
        note_failure(replica, "it broke off");
    }
    Err(Failed { why, unsent: None })
}

fn failure_of(error: hyper::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        match inner.downcast_ref::<BodyError>() {
            Some(BodyError::TooLarge) => return Failure::Body(BodyError::TooLarge),
            Some(_) => return Failure::Body(BodyError::Stalled),
            None => cause = inner.source(),
        }
    }
    tracing::debug!(%error, "a service broke off");
    Failure::Broken
}

/// Whether the replica takes nothing more on this connection, as one that is about to end.
fn says_goodbye(head: &Response<Incoming>) -> bool {
    let connection = head.headers().get(header::CONNECTION);
    connection.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// Learns from an answer. Errors of the only replica are no reason to stop asking it.
fn judge(upstream: &Upstream, replica: &Replica, status: StatusCode) {
    if status.is_server_error() && upstream.has_others() {
        note_failure(replica, "it keeps answering with errors");
    } else if replica.circuit.succeeded() {
        tracing::info!(service = upstream.name, address = %replica.address, "answers again");
    }
}

fn note_failure(replica: &Replica, why: &str) {
    if replica.circuit.failed(Instant::now()) {
        tracing::warn!(address = %replica.address, why, "not asked for a while");
    }
}

fn note_down(replica: &Replica, error: &std::io::Error) {
    if replica.circuit.broke(Instant::now()) {
        tracing::warn!(address = %replica.address, %error, "cannot be reached");
    }
}

impl Failure {
    /// Counts it.
    pub(crate) fn count(&self, service: &'static str) {
        let reason = match self {
            Self::Down => "down",
            Self::Busy => "busy",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken",
            Self::Body(_) => "body",
        };
        metrics::counter!("gateway_failures_total", "upstream" => service, "reason" => reason)
            .increment(1);
    }

    /// What the client is told.
    pub(crate) fn into_problem(self, service: &'static str) -> Problem {
        let problem = match self {
            Self::Down => return Problem::unavailable(service).with("service", service),
            Self::Busy => Problem::new(
                Kind::Unavailable,
                "overloaded",
                format!("{service} has too much to do for now"),
            )
            .retry_after(1),
            Self::TooSlow => Problem::new(
                Kind::Timeout,
                "upstream_timeout",
                format!("{service} did not answer in time; whether it acted is not known"),
            ),
            Self::Broken => Problem::new(
                Kind::BadGateway,
                "upstream_broke_off",
                format!("{service} broke off; whether it acted is not known"),
            ),
            Self::Body(error) => return error.into(),
        };
        problem.with("service", service)
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => {
                Self::new(Kind::TooLarge, "body_too_large", "the body is larger than allowed here")
            }
            BodyError::Stalled | BodyError::Client(_) => {
                Self::bad_request("unreadable_body", "the body could not be read to its end")
            }
        }
    }
}
