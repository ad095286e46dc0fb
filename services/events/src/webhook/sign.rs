//! Signatures of Standard Webhooks 1.0.0, symmetric.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use sha2::Sha256;
use uuid::Uuid;

use super::secret::WebhookSecret;

/// The headers of a message sent at this time, signed by each of the secrets. `id` is the same for every
/// try of a message.
pub(crate) fn headers(
    id: Uuid,
    now: DateTime<Utc>,
    body: &[u8],
    secrets: &[WebhookSecret],
) -> HeaderMap {
    let timestamp = now.timestamp();
    let signatures: Vec<String> =
        secrets.iter().map(|secret| sign(secret, id, timestamp, body)).collect();
    let value = |text: String| HeaderValue::from_str(&text).expect("digits and base64 are text");
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/cloudevents+json")),
        (http::HeaderName::from_static("webhook-id"), value(id.to_string())),
        (http::HeaderName::from_static("webhook-timestamp"), value(timestamp.to_string())),
        (http::HeaderName::from_static("webhook-signature"), value(signatures.join(" "))),
    ])
}

fn sign(secret: &WebhookSecret, id: Uuid, timestamp: i64, body: &[u8]) -> String {
    let mut hmac = <Hmac<Sha256> as Mac>::new_from_slice(secret.bytes())
        .expect("HMAC takes keys of any length");
    hmac.update(format!("{id}.{timestamp}.").as_bytes());
    hmac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(hmac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_what_the_published_library_expects() {
        let (old, new) = (WebhookSecret::generate(), WebhookSecret::generate());
        let texts = [old.to_text(), new.to_text()];
        let body = r#"{"type":"order.placed","subject":"ü"}"#.as_bytes();
        let headers = headers(Uuid::now_v7(), Utc::now(), body, &[new, old]);
        for secret in &texts {
            let verifier = standardwebhooks::Webhook::new(secret).unwrap();
            verifier.verify(body, &headers).unwrap();
            assert!(verifier.verify(b"{}", &headers).is_err());
        }
        let other = standardwebhooks::Webhook::new(&WebhookSecret::generate().to_text()).unwrap();
        assert!(other.verify(body, &headers).is_err());
    }
}
