use std::sync::Arc;

use access::Claims;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::JwkSet};
use problem::{Problem, Result};
use serde::Serialize;

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
