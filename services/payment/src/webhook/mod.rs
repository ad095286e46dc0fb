//! Webhooks of providers: signed as Stripe does it, `t=<seconds>,v1=<hex>` over `<seconds>.<body>` by
//! HMAC-SHA256. An event says only that something changed; what, we fetch from the provider, so
//! duplicates, delays and disorder do no harm.

pub(crate) mod api;
pub(crate) mod store;

use hmac::{Hmac, Mac};
use http::HeaderMap;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;
use web::Secret;

/// Header with the sandbox's signature.
pub(crate) const SANDBOX_SIGNATURE: &str = "webhook-signature";
/// Header with Stripe's.
pub(crate) const STRIPE_SIGNATURE: &str = "stripe-signature";
/// A signature older or newer than this is refused, in seconds.
const TOLERANCE_SECONDS: u64 = 300;
const MAX_ID_LENGTH: usize = 255;

/// What a provider tells.
#[derive(Debug)]
pub(crate) struct ProviderEvent {
    /// Id of the event; one that comes again is the same.
    pub(crate) id: String,
    /// Sort of event.
    pub(crate) kind: String,
    /// What changed.
    pub(crate) about: About,
}

/// What an event is about.
#[derive(Debug)]
pub(crate) enum About {
    /// The charge of this attempt.
    Attempt(Uuid),
    /// The charge that the provider calls this.
    Reference(String),
    /// Nothing of ours.
    Other,
}

/// An event of the sandbox.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct SandboxEvent {
    /// Id of the event; one that comes again is the same.
    #[schema(max_length = 255)]
    pub(crate) id: String,
    /// Sort of event.
    #[serde(rename = "type")]
    #[schema(example = "charge.updated", max_length = 255)]
    pub(crate) kind: String,
    /// The charge that changed: our attempt.
    pub(crate) charge: Uuid,
}

impl ProviderEvent {
    /// 422 if a text is empty, too long or holds a NUL.
    pub(crate) fn check(&self) -> Result<()> {
        for (pointer, text) in [("/id", &self.id), ("/type", &self.kind)] {
            if text.is_empty() || text.len() > MAX_ID_LENGTH || text.contains('\0') {
                let rule = "must be 1 to 255 bytes without NUL";
                return Err(Problem::invalid(pointer, "invalid_value", rule));
            }
        }
        Ok(())
    }
}

/// The text of a signature header; empty if there is none.
pub(crate) fn signature_in<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Signs a body at a time, in seconds since 1970.
pub(crate) fn sign(secret: &Secret, timestamp: i64, body: &[u8]) -> String {
    let digest = mac(secret, timestamp, body).finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={timestamp},v1={hex}")
}

/// Checks a signature at the time `now`: 400 if it is malformed, wrong, or too far from now. Several
/// `v1` are allowed while a secret is being replaced.
pub(crate) fn verify(secret: &Secret, signature: &str, body: &[u8], now: i64) -> Result<()> {
    let part = |name: &'static str| {
        signature
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    let timestamp: i64 = part("t").next().and_then(|t| t.parse().ok()).ok_or_else(invalid)?;
    if !part("v1").any(|hex| is_signed(secret, timestamp, body, hex)) {
        return Err(invalid());
    }
    if now.abs_diff(timestamp) > TOLERANCE_SECONDS {
        return Err(Problem::bad_request("signature_expired", "the signature is too old or new"));
    }
    Ok(())
}

fn is_signed(secret: &Secret, timestamp: i64, body: &[u8], hex: &str) -> bool {
    // Compares in constant time.
    decode(hex).is_some_and(|digest| mac(secret, timestamp, body).verify_slice(&digest).is_ok())
}

fn mac(secret: &Secret, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn decode(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

fn invalid() -> Problem {
    Problem::bad_request("invalid_signature", "the signature is missing or wrong")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn secret() -> Secret {
        Secret::new("whsec_test")
    }

    fn code(signature: &str, body: &[u8], now: i64) -> String {
        verify(&secret(), signature, body, now).unwrap_err().code().to_owned()
    }

    #[test]
    fn a_signature_holds_for_its_body_and_five_minutes() {
        let signature = sign(&secret(), NOW, b"{}");
        assert!(verify(&secret(), &signature, b"{}", NOW + 300).is_ok());
        assert_eq!(code(&signature, b"{ }", NOW), "invalid_signature");
        assert_eq!(code(&signature, b"{}", NOW + 301), "signature_expired");
        assert_eq!(code(&signature, b"{}", NOW - 301), "signature_expired");
    }

    #[test]
    fn what_is_not_a_signature_is_refused() {
        for bad in ["", "t=1", "v1=00", "t=x,v1=00", "t=1800000000,v1=0", "t=1800000000,v1=zz"] {
            assert_eq!(code(bad, b"{}", NOW), "invalid_signature", "{bad}");
        }
    }

    #[test]
    fn one_good_signature_of_several_is_enough() {
        let good = sign(&secret(), NOW, b"{}");
        assert!(verify(&secret(), &format!("{good},v1=00"), b"{}", NOW).is_ok());
    }
}
