use std::sync::Arc;

use access::Claims;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{self, JwkSet},
};
use problem::{Problem, Result};
use serde::{Serialize, de::DeserializeOwned};

use super::KeyAlgorithm;

/// A key that signs when its time has come.
pub(super) struct Signer {
    pub(super) key_id: String,
    pub(super) algorithm: KeyAlgorithm,
    pub(super) signs_from: DateTime<Utc>,
    pub(super) private: EncodingKey,
}

/// The keys that sign and the keys that are published; cheap to clone, replaced whole.
#[derive(Clone)]
pub(crate) struct KeyRing {
    /// Newest first.
    pub(super) signers: Arc<ArcSwap<Vec<Signer>>>,
    pub(crate) published: Arc<ArcSwap<JwkSet>>,
    /// Of access tokens.
    pub(super) access_algorithm: KeyAlgorithm,
}

impl KeyRing {
    /// A signed access token (RFC 9068).
    pub(crate) fn sign_access_token(&self, claims: &Claims, now: DateTime<Utc>) -> Result<String> {
        self.sign(self.access_algorithm, "at+jwt", claims, now)
    }

    /// A signed id token (OpenID Connect Core §2).
    pub(crate) fn sign_id_token(
        &self,
        algorithm: KeyAlgorithm,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<String> {
        self.sign(algorithm, "JWT", claims, now)
    }

    /// What an id token says that one of the published keys signed, of whatever age: it tells whom an
    /// application means, and opens nothing (RP-Initiated Logout 1.0 §4).
    pub(crate) fn read_id_token<T: DeserializeOwned>(
        &self,
        issuer: &str,
        token: &str,
    ) -> Option<T> {
        let header = decode_header(token).ok().filter(|it| it.typ.as_deref() == Some("JWT"))?;
        let published = self.published.load();
        let key = published.find(header.kid.as_deref()?)?;
        let mut validation = Validation::new(match key.common.key_algorithm? {
            jwk::KeyAlgorithm::EdDSA => Algorithm::EdDSA,
            jwk::KeyAlgorithm::RS256 => Algorithm::RS256,
            _ => return None,
        });
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["iss", "sub", "aud"]);
        Some(decode(token, &DecodingKey::from_jwk(key).ok()?, &validation).ok()?.claims)
    }

    fn sign(
        &self,
        algorithm: KeyAlgorithm,
        kind: &str,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let signers = self.signers.load();
        let signer = signers
            .iter()
            .find(|signer| signer.algorithm == algorithm && signer.signs_from <= now)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("no {algorithm} key signs now")))?;
        let mut header = Header::new(match algorithm {
            KeyAlgorithm::EdDSA => Algorithm::EdDSA,
            KeyAlgorithm::RS256 => Algorithm::RS256,
        });
        header.typ = Some(kind.to_owned());
        header.kid = Some(signer.key_id.clone());
        encode(&header, claims, &signer.private).map_err(Problem::internal)
    }
}
