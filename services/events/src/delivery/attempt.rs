//! One try of one delivery.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::event::Event;
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use problem::{Problem, Result};
use serde_json::Value;

use crate::{
    egress::{Answer, Egress},
    webhook::{secret::WebhookSecret, sign},
};

/// Largest body, in bytes (Standard Webhooks asks for less than 20 kB). The data of a larger event is left
/// out.
const MAX_BODY: usize = 20_000;
/// A pause that an address asks for is no longer than this.
const MAX_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// How a try ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 2xx.
    Accepted(StatusCode),
    /// 410: the address wants no more.
    Gone,
    /// Anything else.
    Failed {
        status: Option<StatusCode>,
        error: String,
        /// How long the address asked not to be called at all.
        pause: Option<Duration>,
    },
}

/// Sends an event, signed with these secrets.
pub(crate) async fn post(
    egress: &Egress,
    url: &str,
    event: Event,
    secrets: &[WebhookSecret],
) -> Result<Outcome> {
    let id = event.id;
    let body = body_of(event)?;
    let now = Utc::now();
    let headers = sign::headers(id, now, &body, secrets);
    Ok(match egress.post(url, headers, body).await {
        Ok(answer) => judge(&answer, now),
        Err(failure) => Outcome::Failed { status: None, error: failure.to_string(), pause: None },
    })
}

fn body_of(mut event: Event) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(&event).map_err(Problem::internal)?;
    if body.len() < MAX_BODY {
        return Ok(body);
    }
    event.data = Value::Null;
    serde_json::to_vec(&event).map_err(Problem::internal)
}

fn judge(Answer { status, headers }: &Answer, now: DateTime<Utc>) -> Outcome {
    match *status {
        status if status.is_success() => Outcome::Accepted(status),
        StatusCode::GONE => Outcome::Gone,
        status => {
            let asks =
                matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
            let redirects =
                if status.is_redirection() { ", and redirects are not followed" } else { "" };
            Outcome::Failed {
                status: Some(status),
                error: format!("the answer was {status}{redirects}"),
                pause: retry_after(headers, now).filter(|_| asks),
            }
        }
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = DateTime::parse_from_rfc2822(text).ok()?;
            (until.to_utc() - now).to_std().unwrap_or_default()
        }
    };
    Some(pause.min(MAX_PAUSE))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::change::example;

    fn pause(status: u16, retry_after: &str) -> Option<Duration> {
        let now = "2026-11-27T12:00:00Z".parse().unwrap();
        let headers = HeaderMap::from_iter([(RETRY_AFTER, retry_after.parse().unwrap())]);
        let status = StatusCode::from_u16(status).unwrap();
        match judge(&Answer { status, headers }, now) {
            Outcome::Failed { pause, .. } => pause,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pause_is_in_seconds_or_until_a_date_and_has_an_end() {
        let seconds = Duration::from_secs;
        assert_eq!(pause(429, "30"), Some(seconds(30)));
        assert_eq!(pause(503, "Fri, 27 Nov 2026 12:01:00 GMT"), Some(seconds(60)));
        assert_eq!(pause(503, "Fri, 27 Nov 2026 11:00:00 GMT"), Some(seconds(0)));
        assert_eq!(pause(429, "99999999999"), Some(MAX_PAUSE));
        assert_eq!(pause(429, "soon"), None);
        assert_eq!(pause(500, "30"), None);
    }

    #[test]
    fn an_event_that_is_too_large_comes_without_its_data() {
        let event = |data| example("order.placed", data);
        let read = |body: Vec<u8>| serde_json::from_slice::<Event>(&body).unwrap().data;
        assert_eq!(read(body_of(event(json!({ "a": 1 }))).unwrap()), json!({ "a": 1 }));
        let large = body_of(event(json!({ "a": "x".repeat(MAX_BODY) }))).unwrap();
        assert!(large.len() < MAX_BODY);
        assert_eq!(read(large), Value::Null);
    }
}
