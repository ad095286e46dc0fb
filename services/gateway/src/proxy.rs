//! One request on its way through.

use std::time::Instant;

use axum::response::IntoResponse;
use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method, Request, Response, Uri, Version, header, request::Parts,
};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use problem::{Kind, Problem};
use tower::ServiceExt;

use crate::{
    body::{RequestBody, ResponseBody},
    client::Client,
    cors,
    gateway::Worker,
    headers,
    quota::Quota,
    routes::{self, Route, Service, Target},
    send,
};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// A write with a key and a body up to this size is held, so that it can be sent again.
const HELD_BODY_BYTES: u64 = 64 * 1024;

/// Answers a request.
pub(crate) async fn handle(
    worker: &Worker,
    peer: &Client,
    request: Request<Incoming>,
) -> Response<ResponseBody> {
    let started = Instant::now();
    let gateway = &worker.gateway;
    let (mut parts, body) = request.into_parts();
    let version = parts.version;
    let behind = peer.behind(&gateway.config.trusted_proxies, &parts.headers);
    let client = behind.as_ref().unwrap_or(peer);
    let permission = gateway.config.cors_origins.permission(&parts.headers);
    let identity = headers::prepare_request(&mut parts, client);
    let quotas = gateway.take_quotas(client.address, &parts.headers, started).await;
    let route = routes::find(parts.uri.path());
    let answer = answer(worker, route.map(|(_, route)| route), quotas, parts, body).await;
    let mut response = answer.unwrap_or_else(own_problem);

    let head = response.headers_mut();
    identity.describe(head);
    if let Some(permission) = permission {
        cors::describe(permission, head);
    }
    quotas.iter().flatten().for_each(|quota| quota.describe(head));
    let elapsed = started.elapsed();
    let timing = format!("gateway;dur={:.1}", elapsed.as_secs_f64() * 1000.0);
    head.append(SERVER_TIMING, HeaderValue::try_from(timing).expect("a number is header text"));
    // On its way out: the client is to open its next connection elsewhere.
    if !gateway.lifecycle.is_ready() && version < Version::HTTP_2 {
        head.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    gateway.meters.record(route.map(|(index, _)| index), response.status(), elapsed);
    response
}

async fn answer(
    worker: &Worker,
    route: Option<&Route>,
    quotas: [Option<Quota>; 2],
    parts: Parts,
    body: Incoming,
) -> Result<Response<ResponseBody>, Problem> {
    if let Some(wait) = quotas.into_iter().flatten().find_map(|quota| quota.retry_after) {
        return Err(Problem::too_many_requests(wait.as_secs() + 1));
    }
    if cors::is_preflight(&parts) {
        return Ok(cors::answer_preflight().map(ResponseBody::Own));
    }
    if matches!(parts.method, Method::CONNECT | Method::TRACE) {
        let detail = "this method is not served";
        return Err(Problem::new(Kind::MethodNotAllowed, "method_not_allowed", detail));
    }
    let route = route.ok_or_else(|| Problem::not_found("route"))?;
    match route.target {
        Target::Service(service) => forward(worker, route, service, parts, body).await,
        Target::Gateway => Ok(Box::pin(answer_here(worker, parts)).await),
    }
}

/// Passes the request on and the answer back.
async fn forward(
    worker: &Worker,
    route: &Route,
    service: Service,
    mut parts: Parts,
    body: Incoming,
) -> Result<Response<ResponseBody>, Problem> {
    let limits = worker.gateway.limits(route.class);
    let body = RequestBody::new(body, limits.body_bytes)?;
    let body = if is_held(&parts, &body) { hold(body).await? } else { body };
    parts.uri = origin_form(parts.uri);
    parts.extensions.clear();
    let request = Request::from_parts(parts, body);
    let answer = worker.gateway.send(worker.index, service, request, limits.patience).await?;
    let mut response = answer.map(ResponseBody::Service);
    headers::strip_hop_by_hop(response.headers_mut());
    *response.version_mut() = Version::HTTP_11;
    Ok(response)
}

fn is_held(parts: &Parts, body: &RequestBody) -> bool {
    !parts.method.is_safe()
        && parts.headers.contains_key(send::IDEMPOTENCY_KEY)
        && body.size_hint().exact().is_some_and(|size| (1..=HELD_BODY_BYTES).contains(&size))
}

async fn hold(body: RequestBody) -> Result<RequestBody, Problem> {
    Ok(RequestBody::Whole(body.collect().await?.to_bytes()))
}

/// The address as a server wants it: path and query, without scheme and host.
fn origin_form(uri: Uri) -> Uri {
    if uri.authority().is_none() {
        return uri;
    }
    uri.into_parts().path_and_query.map_or_else(Uri::default, Uri::from)
}

/// Pages, documents and health. None of them reads a body.
async fn answer_here(worker: &Worker, parts: Parts) -> Response<ResponseBody> {
    let request = Request::from_parts(parts, axum::body::Body::empty());
    let Ok(response) = worker.own.clone().oneshot(request).await;
    response.map(ResponseBody::Own)
}

fn own_problem(problem: Problem) -> Response<ResponseBody> {
    problem.into_response().map(ResponseBody::Own)
}

/// The gateway's own requests have no body.
pub(crate) fn request_of(uri: Uri, headers: http::HeaderMap) -> Request<RequestBody> {
    let mut request = Request::new(RequestBody::Empty);
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn read_whole(
    body: impl Body<Data = Bytes, Error = Box<dyn std::error::Error + Send + Sync>>,
    limit: usize,
) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    http_body_util::Limited::new(body, limit)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
}
