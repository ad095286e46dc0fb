//! How a page asks a service, in its client's name.

use std::{convert::Infallible, time::Duration};

use axum::{extract::FromRequestParts, response::IntoResponse};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response, header, request::Parts};
use problem::{Kind, Problem};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{app::App, headers, proxy, routes::Service};

/// The largest answer that becomes part of a page, in bytes.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;
/// Query parameters that mean the same on every path of the delivery API.
const CONTEXT: [&str; 3] = ["channel", "locale", "currency"];

/// A client that wants a page.
pub(crate) struct Visitor {
    pub(super) app: App,
    headers: HeaderMap,
    path: String,
    query: String,
}

/// Why a part could not be had.
pub(crate) enum Refusal {
    /// The service said no: its own words, to be passed on.
    Answer(Box<Response<Bytes>>),
    /// There is no usable answer.
    Problem(Problem),
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self {
            app: app.clone(),
            headers: headers::for_own_requests(&parts.headers),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        })
    }
}

impl Visitor {
    /// The last segment of the page's path, percent-encoded as it came.
    pub(super) fn key(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the client brings a token.
    pub(super) fn is_signed_in(&self) -> bool {
        self.headers.contains_key(header::AUTHORIZATION)
    }

    /// `path` with the client's channel, locale and currency added.
    pub(super) fn in_context(&self, path: &str) -> String {
        self.with_parameters(path, |name| CONTEXT.contains(&name))
    }

    /// `path` with those of the client's query parameters added that `wanted` picks by name.
    pub(super) fn with_parameters(&self, path: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut path = path.to_owned();
        for pair in self.query.split('&') {
            let name = pair.split('=').next().unwrap_or_default();
            if !name.is_empty() && wanted(name) {
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(pair);
            }
        }
        path
    }

    /// What in the request decides how a public part looks, besides its path.
    pub(super) fn language(&self) -> &str {
        let language = self.headers.get(header::ACCEPT_LANGUAGE);
        language.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Asks a service and reads its answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        service: Service,
        path: &str,
        patience: Duration,
    ) -> Result<T, Refusal> {
        let uri = path
            .parse()
            .map_err(|error: http::uri::InvalidUri| unreadable(service, error.into()))?;
        let request = proxy::request_of(uri, self.headers.clone());
        let App { gateway, worker } = &self.app;
        let answer = gateway.send(*worker, service, request, patience).await;
        let (head, body) = answer.map_err(Refusal::Problem)?.into_parts();
        let body = proxy::read_whole(body, LARGEST_ANSWER)
            .await
            .map_err(|error| unreadable(service, anyhow::anyhow!(error)))?;
        if !head.status.is_success() {
            return Err(Refusal::Answer(Box::new(Response::from_parts(head, body))));
        }
        read(service, &body)
    }

    /// Asks for something that becomes part of the page as it is.
    pub(super) async fn ask_raw(
        &self,
        service: Service,
        path: &str,
        patience: Duration,
    ) -> Result<Box<RawValue>, Refusal> {
        self.ask(service, path, patience).await
    }
}

/// Reads what a service said.
pub(super) fn read<T: DeserializeOwned>(service: Service, body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| unreadable(service, error.into()))
}

fn unreadable(service: Service, cause: anyhow::Error) -> Refusal {
    let detail = format!("{} answered something that cannot be read", service.name());
    Refusal::Problem(Problem::new(Kind::BadGateway, "bad_answer", detail).caused_by(cause))
}

impl Refusal {
    /// Whether the service is in trouble, rather than the request.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Answer(answer) => answer.status().is_server_error(),
            Self::Problem(_) => true,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        /// With what a redirect has: services give addresses relative to the one asked for, which hold
        /// for pages too.
        const PASSED_ON: [HeaderName; 6] = [
            header::CONTENT_TYPE,
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            header::LOCATION,
            header::CACHE_CONTROL,
            header::VARY,
        ];
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Answer(answer) => {
                let (head, body) = answer.into_parts();
                let kept = |name: HeaderName| Some((head.headers.get(&name)?.clone(), name));
                let kept = PASSED_ON.into_iter().filter_map(kept);
                let kept: HeaderMap = kept.map(|(value, name)| (name, value)).collect();
                (head.status, kept, body).into_response()
            }
        }
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
        }
    }
    encoded
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

/// Texts as a list in a query parameter.
pub(super) fn list(texts: &[String]) -> String {
    texts.iter().map(|text| encode(text)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_a_query_are_percent_encoded() {
        assert_eq!(list(&["a-1".into(), "b c&d".into(), "é".into()]), "a-1,b%20c%26d,%C3%A9");
    }
}
