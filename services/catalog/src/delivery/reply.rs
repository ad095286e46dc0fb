//! Answers of public reads: with an `ETag`, how long they may be kept, and which position of the catalog
//! they reflect.

use std::hash::{DefaultHasher, Hasher};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::view::View;

/// The position of the catalog that an answer reflects; grows with every change.
const POSITION: HeaderName = HeaderName::from_static("vitrine-catalog-position");

/// A body with what is said of it.
pub(super) struct Reply {
    body: Bytes,
    etag: String,
    position: i64,
    locale: String,
    max_age_seconds: u32,
}

impl Reply {
    /// JSON for a view, tagged by its content.
    pub(super) fn json(body: impl Into<Bytes>, view: &View, position: i64) -> Self {
        let body = body.into();
        let mut hash = DefaultHasher::new();
        hash.write(&body);
        let etag = format!("\"{:016x}\"", hash.finish());
        Self { body, etag, position, locale: language_tag(view), max_age_seconds: 15 }
    }

    /// JSON for a view, of a document that changes only with its own position.
    pub(super) fn document(body: Bytes, view: &View, own: i64, position: i64) -> Self {
        let etag = format!("\"{own}-{}\"", view.currency);
        Self { body, etag, position, locale: language_tag(view), max_age_seconds: 30 }
    }

    /// The answer: 304 without a body if the client has this one.
    pub(super) fn answer(self, request: &HeaderMap) -> Response {
        let is_known = matches(request, &self.etag);
        let body = if is_known { Bytes::new() } else { self.body };
        let mut response = body.into_response();
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let kept = format!("public, max-age={}, stale-while-revalidate=60", self.max_age_seconds);
        let position = self.position.to_string();
        let texts = [
            (header::ETAG, &self.etag),
            (header::CACHE_CONTROL, &kept),
            (header::CONTENT_LANGUAGE, &self.locale),
            (POSITION, &position),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        response
    }
}

/// Sends the client to the address that a page has now. It stands beside the one asked for, so that it
/// holds for whoever passes it on under a path of its own.
pub(super) fn moved(slug: &str, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let headers = [
        (header::LOCATION, format!("{slug}{query}")),
        (header::CACHE_CONTROL, "public, max-age=30".to_owned()),
        (header::VARY, "accept-language".to_owned()),
    ];
    (StatusCode::MOVED_PERMANENTLY, headers).into_response()
}

/// The locale as a language tag (RFC 5646).
fn language_tag(view: &View) -> String {
    view.locale.code.replace('_', "-")
}

/// A packed answer is not the same bytes: its tag is weak (RFC 9110 §8.8.3.3).
pub(super) async fn weaken_packed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && !tag.starts_with("W/")
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(header::ETAG, weak);
    }
    response
}

/// Whether `If-None-Match` names the tag (RFC 9110 §13.1.2: weak comparison).
pub(super) fn matches(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag)
}
