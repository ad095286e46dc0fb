use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use access::{KeySource, Verifier};
use anyhow::Result;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier as _};
use serde_json::json;

const ISSUER: &str = "http://127.0.0.1:8080";
/// Distinct tokens: more than the verifier remembers.
const FRESH: usize = 20_000;
/// Clients that send their token again and again.
const KNOWN: usize = 1_000;

/// Checks a second on one core.
pub(crate) struct Rates {
    /// Nothing but the Ed25519 signature.
    bare: f64,
    /// Tokens seen for the first time.
    fresh: f64,
    /// Tokens seen before.
    known: f64,
}

impl Rates {
    pub(crate) fn print(&self) {
        println!("tokens checked on one core, a second");
        println!("  bare Ed25519 signature check  {:>9.0}", self.bare);
        println!(
            "  token seen for the first time {:>9.0}  {:.2} of it",
            self.fresh,
            self.fresh / self.bare
        );
        println!(
            "  token seen before             {:>9.0}  {:.1} of it",
            self.known,
            self.known / self.bare
        );
    }
}

/// One thread and no other.
pub(crate) fn measure(duration: Duration) -> Result<Rates> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let tokens = (0..FRESH).map(|number| sign(&key, number)).collect::<Result<Vec<String>>>()?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let jwk =
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k", "x": x });
    let set = serde_json::from_value(json!({ "keys": [jwk] }))?;
    let verifier = Verifier::new(ISSUER, KeySource::Fixed(set), http);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let bare = bare(&key, &tokens[0], duration)?;
    runtime.block_on(async {
        let fresh = check(&verifier, tokens.iter(), duration).await?;
        let known = &tokens[..KNOWN];
        check(&verifier, known.iter(), Duration::MAX).await?;
        let known = check(&verifier, known.iter().cycle(), duration).await?;
        Ok(Rates { bare, fresh, known })
    })
}

fn sign(key: &SigningKey, number: usize) -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let id = uuid::Uuid::now_v7();
    let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "k" });
    let claims = json!({
        "iss": ISSUER, "aud": "vitrine", "sub": id, "client_id": "storefront", "iat": now,
        "exp": now + 900, "jti": number.to_string(), "sid": id,
    });
    let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes());
    Ok(format!("{message}.{signature}"))
}

fn bare(key: &SigningKey, token: &str, duration: Duration) -> Result<f64> {
    let (message, signature) = token.rsplit_once('.').unwrap_or_default();
    let signature = Signature::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(signature)?)?;
    let public = key.verifying_key();
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < duration {
        public.verify(message.as_bytes(), &signature)?;
        count += 1;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// The tokens in turn, until there are no more or the time is over.
async fn check(
    verifier: &Verifier,
    tokens: impl Iterator<Item = &String>,
    duration: Duration,
) -> Result<f64> {
    let (started, mut count) = (Instant::now(), 0_u32);
    for token in tokens {
        verifier.verify(token).await?;
        count += 1;
        if started.elapsed() >= duration {
            break;
        }
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}
