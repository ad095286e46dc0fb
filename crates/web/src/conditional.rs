//! Conditional reads: who has an answer already is told so instead of being sent it again (RFC 9110 §13.1.2).

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use problem::{Problem, Result};
use sha2::{Digest, Sha256};

/// Bytes of the digest in a tag.
const DIGEST: usize = 12;

/// Whether `If-None-Match` names the tag (weak comparison).
pub fn if_none_match(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag)
}

/// Middleware for reads that answer with JSON: the `ETag` is one of what is answered, which may change with
/// more than the thing itself; it begins with the row version, if there is one, that
/// [`IfMatch`](crate::IfMatch) looks for. 304 without body for who has it.
pub async fn tag_answers(request: Request, next: Next) -> Result<Response> {
    let is_read = *request.method() == Method::GET;
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if !is_read || !is_json || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..DIGEST]);
    let version = parts.headers.get(header::ETAG).and_then(|value| value.to_str().ok());
    let etag = match version {
        Some(version) => format!("\"{}.{digest}\"", version.trim_matches('"')),
        None => format!("\"{digest}\""),
    };
    let is_known = if_none_match(&headers, &etag);
    let value = HeaderValue::from_str(&etag).map_err(Problem::internal)?;
    parts.headers.insert(header::ETAG, value);
    if is_known {
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.status = StatusCode::NOT_MODIFIED;
        return Ok(Response::from_parts(parts, Body::empty()));
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}
