use std::sync::Arc;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header, get_current_timestamp};
use problem::Problem;

use crate::{Caller, Claims, KeySource, key_set::Key, keys::Keys, verified::fingerprint};

/// Clocks of two machines may differ by this much.
const LEEWAY_SECONDS: i64 = 30;
/// No honest token is longer.
const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Checks access tokens; cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<Keys>,
    issuer: Arc<str>,
    audience: Arc<str>,
}

impl Verifier {
    /// The audience of every token for our APIs.
    pub const AUDIENCE: &'static str = "vitrine";

    /// Trusts tokens of this issuer, signed by a key of this set. Call it inside a runtime: a remote
    /// set is kept fresh by a task of its own.
    pub fn new(issuer: &str, source: KeySource, http: reqwest::Client) -> Self {
        Self {
            keys: Keys::new(source, http),
            issuer: issuer.into(),
            audience: Self::AUDIENCE.into(),
        }
    }

    /// The same keys and issuer, for tokens with another audience.
    #[must_use]
    pub fn for_audience(&self, audience: &str) -> Self {
        Self { audience: audience.into(), ..self.clone() }
    }

    /// Checks a token (RFC 9068 §4, RFC 8725): `typ`, a known key with its own algorithm, signature,
    /// issuer, audience, lifetime, and that no claim is missing. What else the header says of keys is
    /// not read. 401 if any of it fails, 503 if no key set could be had yet.
    ///
    /// A token that was found good before is found again by its hash, until it expires or the keys
    /// change: on one core about half a million a second, against 25,000 signature checks.
    pub async fn verify(&self, token: &str) -> Result<Caller, Problem> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(not_valid());
        }
        let now = get_current_timestamp() as i64;
        let fingerprint = fingerprint(&self.audience, token);
        if let Some(caller) = self.keys.current().verified.find(&fingerprint, now) {
            return Ok(caller);
        }
        let (key_id, algorithm) = read_header(token).ok_or_else(not_valid)?;
        let set = self.keys.with_key(&key_id).await?.ok_or_else(not_valid)?;
        let key = set.find(&key_id).filter(|key| key.algorithm == algorithm);
        let claims = self.check(token, key.ok_or_else(not_valid)?, now).ok_or_else(not_valid)?;
        let until = claims.exp.saturating_add(LEEWAY_SECONDS);
        let caller = claims.into_caller();
        set.verified.insert(fingerprint, caller.clone(), until);
        Ok(caller)
    }

    fn check(&self, token: &str, key: &Key, now: i64) -> Option<Claims> {
        let mut validation = Validation::new(key.algorithm);
        validation.leeway = LEEWAY_SECONDS.unsigned_abs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&*self.issuer]);
        validation.set_audience(&[&*self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode::<Claims>(token, &key.public, &validation).ok()?.claims;
        claims.are_complete(now + LEEWAY_SECONDS).then_some(claims)
    }
}

/// Key and algorithm that an access token names. `None` for any other sort of token, and for one with
/// extensions that we must understand and do not (RFC 7515 §4.1.11).
fn read_header(token: &str) -> Option<(String, Algorithm)> {
    let header = decode_header(token).ok()?;
    let is_access_token = matches!(header.typ.as_deref(), Some("at+jwt" | "application/at+jwt"));
    let is_plain = header.crit.is_none() && header.zip.is_none() && header.enc.is_none();
    Some((header.kid.filter(|_| is_access_token && is_plain)?, header.alg))
}

fn not_valid() -> Problem {
    Problem::invalid_token("the access token is not valid or has expired")
}
