//! Answers of public reads: with an `ETag`, how long they may be kept, and which position of the catalog
//! they reflect.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use types::CurrencyCode;

use super::{pack::Coding, view::View};

/// The position of the catalog that an answer reflects; grows with every change.
const POSITION: HeaderName = HeaderName::from_static("vitrine-catalog-position");
/// Changes with what is made of a stored document: the tag names bytes, not their origin.
const FORM: u32 = 2;
/// The longest that an answer counts as fresh.
pub(super) const MAX_AGE_SECONDS: u32 = 30;
/// How long caches may serve it beyond that, while they ask for a new one.
pub(super) const STALE_SECONDS: u32 = 60;

/// A body with what is said of it, whoever asks.
pub(super) struct Answer {
    pub body: Bytes,
    /// Names these very bytes.
    pub etag: Arc<str>,
    max_age_seconds: u32,
}

/// The state of the catalog that answers reflect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub position: i64,
    pub age_seconds: u64,
}

impl Answer {
    /// JSON, tagged by its content.
    pub(super) fn json(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let hash = Sha256::digest(&body);
        let etag = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self { body, etag: format!("\"{etag}\"").into(), max_age_seconds: 15 }
    }

    /// JSON of a document that changes only with its own position.
    pub(super) fn document(body: Bytes, own: i64, currency: &CurrencyCode) -> Self {
        let etag = format!("\"{own}-{currency}-{FORM}\"").into();
        Self { body, etag, max_age_seconds: MAX_AGE_SECONDS }
    }

    /// 304: the client has this one.
    pub(super) fn unchanged(&self, view: &View, standing: Standing) -> Response {
        let mut response = self.response(Bytes::new(), view, standing);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    }

    /// The body as it is.
    pub(super) fn plain(&self, view: &View, standing: Standing) -> Response {
        self.response(self.body.clone(), view, standing)
    }

    /// The body packed. That is not the same bytes: its tag is weak (RFC 9110 §8.8.3.3).
    pub(super) fn packed(
        &self,
        coding: Coding,
        packed: Bytes,
        view: &View,
        standing: Standing,
    ) -> Response {
        let mut response = self.response(packed, view, standing);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        if let Ok(tag) = HeaderValue::from_str(&format!("W/{}", self.etag)) {
            headers.insert(header::ETAG, tag);
        }
        response
    }

    fn response(&self, body: Bytes, view: &View, standing: Standing) -> Response {
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        describe(headers, &self.etag, self.max_age_seconds, view, standing);
        headers.insert(header::VARY, HeaderValue::from_static("accept-language, accept-encoding"));
        response
    }
}

/// Says of an answer which one it is, how long it may be kept, and what it reflects.
pub(super) fn describe(
    headers: &mut HeaderMap,
    etag: &str,
    max_age_seconds: u32,
    view: &View,
    standing: Standing,
) {
    let max_age = max_age_seconds;
    let kept = format!("public, max-age={max_age}, stale-while-revalidate={STALE_SECONDS}");
    let texts = [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, &kept),
        (header::CONTENT_LANGUAGE, &language_tag(view)),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    headers.insert(POSITION, HeaderValue::from(standing.position));
    if standing.age_seconds > 0 {
        headers.insert(header::AGE, HeaderValue::from(standing.age_seconds));
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
