//! What happens to the headers on their way through.

use http::{HeaderMap, HeaderName, HeaderValue, Version, header, request::Parts};
use web::trace::TraceContext;

use crate::client::Client;

/// Headers of one connection, not of the message (RFC 9110 §7.6.1).
static HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// What a client says of itself in headers that begin so (after `x-`), a service might believe.
const FOREIGN: [&str; 14] = [
    "forwarded",
    "user",
    "internal",
    "vitrine",
    "original-",
    "rewrite-",
    "real-ip",
    "auth",
    "remote-",
    "client-",
    "customer",
    "staff",
    "scope",
    "role",
];

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The names of a request: the client finds them in the answer, the services get them too.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    request_id: HeaderValue,
    trace: HeaderValue,
}

/// Makes the client's headers those that a service may see.
pub(crate) fn prepare_request(parts: &mut Parts, client: &Client) -> Identity {
    let host = parts.headers.get(header::HOST).cloned().or_else(|| {
        parts.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok())
    });
    let headers = &mut parts.headers;
    strip_hop_by_hop(headers);
    strip_foreign(headers);
    let identity = Identity::of(headers);
    headers.insert(REQUEST_ID, identity.request_id.clone());
    headers.insert(TRACEPARENT, identity.trace.clone());
    headers.insert(FORWARDED_FOR, client.address_text.clone());
    headers.insert(FORWARDED_PROTO, client.scheme.clone());
    if let Some(host) = host {
        headers.insert(FORWARDED_HOST, host.clone());
        headers.insert(header::HOST, host);
    }
    parts.version = Version::HTTP_11;
    identity
}

/// Removes what was about the connection to the service.
pub(crate) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONNECTION) {
        for name in named_by_connection(headers) {
            headers.remove(name);
        }
    }
    // With both, the length is not the body's (RFC 9112 §6.3): passed on it would hide a second
    // request in the first.
    if headers.contains_key(header::TRANSFER_ENCODING) {
        headers.remove(header::CONTENT_LENGTH);
    }
    remove_all(headers, |name| HOP_BY_HOP.contains(name));
}

/// Most messages have none of what is unwanted: one look at each name is cheaper than one search for
/// each unwanted name.
fn remove_all(headers: &mut HeaderMap, is_unwanted: impl Fn(&HeaderName) -> bool) {
    let unwanted: Vec<HeaderName> =
        headers.keys().filter(|name| is_unwanted(name)).cloned().collect();
    for name in unwanted {
        headers.remove(name);
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect()
}

fn strip_foreign(headers: &mut HeaderMap) {
    remove_all(headers, |name| {
        let claim = name.as_str().strip_prefix("x-");
        claim.is_some_and(|claim| FOREIGN.iter().any(|prefix| claim.starts_with(prefix)))
            || name == header::FORWARDED
            // Ours is the server that says 100 Continue: hyper does so when the body is first read.
            || name == header::EXPECT
    });
}

impl Identity {
    fn of(headers: &mut HeaderMap) -> Self {
        let caller = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
        let trace = match caller.and_then(TraceContext::parse) {
            Some(context) => context.child(),
            None => {
                headers.remove(TRACESTATE);
                TraceContext::start()
            }
        };
        let sent = headers.get(REQUEST_ID).filter(|id| is_sane(id)).cloned();
        // A request that nobody named goes by the id of its trace: one name to search for.
        let request_id = sent.unwrap_or_else(|| hexadecimal(&trace.trace_id()));
        Self { request_id, trace: hexadecimal(&trace.to_string()) }
    }

    /// Puts the names into the answer.
    pub(crate) fn describe(self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, self.request_id);
        headers.insert(TRACEPARENT, self.trace);
    }
}

fn hexadecimal(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hexadecimal digits are header text")
}

fn is_sane(id: &HeaderValue) -> bool {
    (1..=64).contains(&id.len())
        && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// The headers with which a page asks the services in the client's name.
pub(crate) fn for_own_requests(headers: &HeaderMap) -> HeaderMap {
    const KEPT: [HeaderName; 8] = [
        header::AUTHORIZATION,
        header::ACCEPT_LANGUAGE,
        header::HOST,
        REQUEST_ID,
        TRACEPARENT,
        FORWARDED_FOR,
        FORWARDED_HOST,
        FORWARDED_PROTO,
    ];
    KEPT.into_iter()
        .filter_map(|name| headers.get(&name).cloned().map(|value| (name, value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn prepared(headers: &[(&str, &str)]) -> HeaderMap {
        let mut request = Request::builder().uri("/v1/products");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        prepare_request(&mut parts, &Client::of_connection(([10, 1, 2, 3], 4).into()));
        parts.headers
    }

    #[test]
    fn headers_of_the_connection_and_those_it_names_are_dropped() {
        let headers = prepared(&[
            ("connection", "close, X-Secret"),
            ("x-secret", "1"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("accept", "application/json"),
        ]);
        for name in ["connection", "x-secret", "te", "upgrade"] {
            assert!(!headers.contains_key(name), "{name}");
        }
        assert_eq!(headers["accept"], "application/json");
    }

    #[test]
    fn nobody_outside_says_who_they_are_by_a_header() {
        let headers = prepared(&[
            ("x-user-id", "1"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-prefix", "/internal"),
            ("x-original-url", "/internal"),
            ("forwarded", "for=1.2.3.4"),
            ("x-real-ip", "1.2.3.4"),
            ("x-internal", "1"),
            ("x-internal-token", "1"),
            ("x-vitrine-subject", "staff:1"),
            ("x-authenticated-user", "1"),
            ("x-auth-request-email", "a@b.c"),
            ("x-remote-user", "1"),
            ("x-client-id", "service-order"),
            ("x-customer-id", "1"),
            ("x-scopes", "internal"),
            ("x-roles", "administrator"),
            ("x-request-id", "mine"),
            ("host", "shop.example"),
        ]);
        let names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        assert!(
            names.iter().all(|name| match name.strip_prefix("x-") {
                Some(name) => name == "request-id" || name.starts_with("forwarded-"),
                None => *name != "forwarded",
            }),
            "{names:?}"
        );
        assert!(!headers.contains_key("x-forwarded-prefix"));
        assert_eq!(headers["x-forwarded-for"], "10.1.2.3");
        assert_eq!(headers["x-forwarded-host"], "shop.example");
        assert_eq!(headers["x-forwarded-proto"], "http");
    }

    #[test]
    fn a_valid_trace_is_continued_and_a_bad_one_replaced() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let headers = prepared(&[
            ("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01")),
            ("tracestate", "a=b"),
        ]);
        assert!(headers["traceparent"].to_str().unwrap().contains(trace));
        assert!(headers.contains_key("tracestate"));
        let headers = prepared(&[("traceparent", "00-0-0-01"), ("tracestate", "a=b")]);
        assert!(TraceContext::parse(headers["traceparent"].to_str().unwrap()).is_some());
        assert!(!headers.contains_key("tracestate"));
    }

    #[test]
    fn a_sane_request_id_is_kept_and_any_other_replaced() {
        assert_eq!(prepared(&[("x-request-id", "order-7.a_B")])["x-request-id"], "order-7.a_B");
        for bad in ["", "a b", "<script>", &"x".repeat(65)] {
            assert_eq!(prepared(&[("x-request-id", bad)])["x-request-id"].len(), 32, "{bad}");
        }
    }
}
