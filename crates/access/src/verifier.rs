use std::{collections::BTreeSet, sync::Arc};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use problem::Problem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Caller, KeySource, Subject, keys::Keys};

/// Clocks of two machines may differ by this much.
const LEEWAY_SECONDS: u64 = 30;
/// No honest token is longer.
const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Claims of an access token (RFC 9068 §2.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer: the public address of `auth`.
    pub iss: String,
    /// Whom the token is for.
    pub aud: String,
    /// Who it speaks for; see [`Subject`].
    pub sub: String,
    /// The client it was issued to.
    pub client_id: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
    /// Id of the token.
    pub jti: String,
    /// Scopes, separated by spaces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// The sign-in it descends from; absent where a client speaks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
}

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

    /// Trusts tokens of this issuer, signed by a key of this set.
    pub fn new(issuer: &str, source: KeySource, http: reqwest::Client) -> Self {
        Self {
            keys: Arc::new(Keys::new(source, http)),
            issuer: issuer.into(),
            audience: Self::AUDIENCE.into(),
        }
    }

    /// The same keys and issuer, for tokens with another audience.
    #[must_use]
    pub fn for_audience(&self, audience: &str) -> Self {
        Self { audience: audience.into(), ..self.clone() }
    }

    /// Checks a token: signature by a known key with an allowed algorithm, `typ`, issuer, audience
    /// and lifetime (RFC 9068 §4). 401 if any fails, 503 if no key set could be had yet.
    pub async fn verify(&self, token: &str) -> Result<Caller, Problem> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(not_valid());
        }
        let header = decode_header(token).map_err(|_| not_valid())?;
        let is_access_token =
            matches!(header.typ.as_deref(), Some("at+jwt" | "application/at+jwt"));
        let algorithm_allowed = matches!(header.alg, Algorithm::EdDSA | Algorithm::RS256);
        let key_id = header.kid.filter(|_| is_access_token && algorithm_allowed);
        let key = self.keys.find(&key_id.ok_or_else(not_valid)?).await?.ok_or_else(not_valid)?;
        let key = DecodingKey::from_jwk(&key).map_err(|_| not_valid())?;
        let claims = decode::<Claims>(token, &key, &self.validation(header.alg))
            .map_err(|_| not_valid())?
            .claims;
        Ok(caller(claims))
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&*self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation
    }
}

fn caller(claims: Claims) -> Caller {
    Caller {
        subject: Subject::parse(&claims.sub),
        client_id: claims.client_id,
        scopes: claims.scope.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>(),
        session_id: claims.sid,
    }
}

fn not_valid() -> Problem {
    Problem::unauthenticated("the access token is not valid or has expired")
}
