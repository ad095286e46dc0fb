//! Which web pages of other origins may use the API from a browser (Fetch standard, CORS protocol).
//! Cookies are never part of it: who calls shows a token.

use std::str::FromStr;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, accept-language, idempotency-key, if-match, if-none-match, \
     traceparent, x-request-id",
);
const ANSWER_HEADERS: HeaderValue = HeaderValue::from_static(
    "etag, location, link, retry-after, idempotent-replayed, ratelimit, ratelimit-policy, \
     server-timing, traceparent, x-request-id",
);
/// How long a browser remembers a permission, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

/// The origins whose pages may call; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// No other origin.
    #[default]
    None,
    /// Every origin, `*`.
    Any,
    /// These, such as `https://shop.example`.
    These(Vec<HeaderValue>),
}

impl AllowedOrigins {
    /// What an answer to this request says in `Access-Control-Allow-Origin`.
    pub(crate) fn permission(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        match self {
            Self::None => None,
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::These(origins) => origins.iter().find(|allowed| *allowed == origin).cloned(),
        }
    }
}

/// Whether a browser asks beforehand if it may send a request.
pub(crate) fn is_preflight(request: &Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(header::ORIGIN)
        && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a browser that asks beforehand; [`describe`] adds the permission.
pub(crate) fn answer_preflight() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

/// Tells the browser that the page may read the answer.
pub(crate) fn describe(permission: HeaderValue, headers: &mut HeaderMap) {
    if permission != "*" {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, permission);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
}

impl FromStr for AllowedOrigins {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        text.split(',')
            .map(|origin| read_origin(origin.trim()))
            .collect::<Result<_, _>>()
            .map(Self::These)
    }
}

fn read_origin(text: &str) -> Result<HeaderValue, String> {
    let problem = || format!("{text:?} is not * or an origin like https://shop.example");
    let uri: http::Uri = text.parse().map_err(|_| problem())?;
    let is_origin = uri.scheme().is_some() && uri.host().is_some() && !text.ends_with('/');
    if !is_origin || uri.path() != "/" || uri.query().is_some() {
        return Err(problem());
    }
    HeaderValue::from_str(text).map_err(|_| problem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_origins_that_are_named_are_allowed() {
        let allowed: AllowedOrigins =
            "https://shop.example, http://localhost:3000".parse().unwrap();
        let permission = |origin: &'static str| {
            let headers = [(header::ORIGIN, HeaderValue::from_static(origin))];
            allowed.permission(&headers.into_iter().collect())
        };
        assert!(permission("https://shop.example").is_some());
        assert!(permission("http://localhost:3000").is_some());
        for other in ["https://shop.example.evil", "http://shop.example", "null"] {
            assert!(permission(other).is_none(), "{other}");
        }
        assert!(allowed.permission(&HeaderMap::new()).is_none());
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for bad in ["shop.example", "https://shop.example/", "https://a,https://b/c", ""] {
            assert!(bad.parse::<AllowedOrigins>().is_err(), "{bad}");
        }
    }
}
