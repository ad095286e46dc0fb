use std::{collections::HashMap, sync::Arc};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

use crate::verified::Verified;

/// Bytes of an Ed25519 public key (RFC 8032 §5.1.5).
const ED25519_LENGTH: usize = 32;

/// A key set, read once for many tokens; replaced whole.
pub(crate) struct KeySet {
    document: Arc<JwkSet>,
    keys: HashMap<String, Key>,
    /// Tokens that were found good under these keys: a key that is withdrawn takes them along.
    pub(crate) verified: Verified,
}

/// A key and the one algorithm it is for (RFC 8725 §3.1).
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) public: DecodingKey,
}

impl KeySet {
    /// Keys that cannot have signed an access token are left out.
    pub(crate) fn read(document: Arc<JwkSet>) -> Self {
        let named = |jwk: &Jwk| Some((jwk.common.key_id.clone()?, Key::read(jwk)?));
        let keys = document.keys.iter().filter_map(named).collect();
        Self { document, keys, verified: Verified::new() }
    }

    pub(crate) fn find(&self, key_id: &str) -> Option<&Key> {
        self.keys.get(key_id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether it was read from this very document.
    pub(crate) fn is_of(&self, document: &Arc<JwkSet>) -> bool {
        Arc::ptr_eq(&self.document, document)
    }

    /// Whether a document says the same.
    pub(crate) fn says(&self, document: &JwkSet) -> bool {
        *self.document == *document
    }
}

impl Key {
    fn read(jwk: &Jwk) -> Option<Self> {
        let (algorithm, name) = match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
            }
            AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
            _ => return None,
        };
        let common = &jwk.common;
        let is_for_this = common.key_algorithm.as_ref().is_none_or(|own| *own == name)
            && matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
        let public = DecodingKey::from_jwk(jwk).ok().filter(|_| is_for_this)?;
        let is_whole = algorithm != Algorithm::EdDSA
            || public.try_get_as_bytes().is_ok_and(|bytes| bytes.len() == ED25519_LENGTH);
        is_whole.then_some(Self { algorithm, public })
    }
}
