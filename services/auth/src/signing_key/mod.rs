//! The keys that sign access tokens, and the set that everyone checks them against.

pub(crate) mod api;
mod load;
pub(crate) mod store;

use std::sync::Arc;

use access::Claims;
use arc_swap::ArcSwap;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::JwkSet};
pub(crate) use load::{load_or_create, reload_periodically};
use problem::{Problem, Result};
use serde_json::{Value, json};

/// A new Ed25519 key.
pub(crate) struct NewKey {
    pub(crate) key_id: String,
    pub(crate) public: Vec<u8>,
    /// PKCS #8.
    pub(crate) private: Vec<u8>,
}

impl NewKey {
    pub(crate) fn generate() -> anyhow::Result<Self> {
        let key = SigningKey::from_bytes(&crate::secret::random_bytes());
        let private = key.to_pkcs8_der()?.as_bytes().to_vec();
        let public = key.verifying_key().to_bytes().to_vec();
        let key_id = BASE64_URL_SAFE_NO_PAD.encode(&crate::secret::hash(&jwk_text(&public))[..12]);
        Ok(Self { key_id, public, private })
    }
}

/// The canonical form of a public key, whose hash names it (RFC 7638 §3).
fn jwk_text(public: &[u8]) -> String {
    let x = BASE64_URL_SAFE_NO_PAD.encode(public);
    format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
}

/// A published key (RFC 8037 §2).
pub(crate) fn public_jwk(key_id: &str, public: &[u8]) -> Value {
    json!({
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
        "kid": key_id, "x": BASE64_URL_SAFE_NO_PAD.encode(public),
    })
}

/// The key that signs.
pub(crate) struct Signer {
    pub(crate) key_id: String,
    pub(crate) private: EncodingKey,
}

/// The key that signs and the keys that are published; cheap to clone, replaced whole.
#[derive(Clone)]
pub(crate) struct KeyRing {
    pub(crate) signer: Arc<ArcSwap<Signer>>,
    pub(crate) published: Arc<ArcSwap<JwkSet>>,
}

impl KeyRing {
    /// A signed access token (RFC 9068).
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String> {
        let signer = self.signer.load();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(signer.key_id.clone());
        encode(&header, claims, &signer.private).map_err(Problem::internal)
    }
}
