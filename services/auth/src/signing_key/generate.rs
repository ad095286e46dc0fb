use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1::{DecodeRsaPublicKey, EncodeRsaPrivateKey, EncodeRsaPublicKey},
    rand_core::OsRng,
    traits::PublicKeyParts,
};
use serde_json::{Value, json};

use super::KeyAlgorithm;

/// NIST SP 800-57 §5.6.1: good until 2030 and beyond for signatures that live a day.
const RSA_BITS: usize = 2048;

/// A new key.
pub(super) struct NewKey {
    pub(super) key_id: String,
    pub(super) algorithm: KeyAlgorithm,
    pub(super) public: Vec<u8>,
    pub(super) private: Vec<u8>,
}

impl NewKey {
    /// Takes a moment for RSA: not for a thread of the runtime.
    pub(super) fn generate(algorithm: KeyAlgorithm) -> Result<Self> {
        let (public, private) = match algorithm {
            KeyAlgorithm::EdDSA => {
                let key = SigningKey::from_bytes(&vault::random_bytes());
                (key.verifying_key().to_bytes().to_vec(), key.to_pkcs8_der()?.as_bytes().to_vec())
            }
            KeyAlgorithm::RS256 => {
                let key = RsaPrivateKey::new(&mut OsRng, RSA_BITS)?;
                let public = key.to_public_key().to_pkcs1_der()?.into_vec();
                (public, key.to_pkcs1_der()?.as_bytes().to_vec())
            }
        };
        Ok(Self { key_id: key_id(algorithm, &public)?, algorithm, public, private })
    }
}

/// The first 96 bits of the key's thumbprint (RFC 7638 §3): the hash of its required members in order.
fn key_id(algorithm: KeyAlgorithm, public: &[u8]) -> Result<String> {
    let canonical = match algorithm {
        KeyAlgorithm::EdDSA => {
            let x = BASE64_URL_SAFE_NO_PAD.encode(public);
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
        }
        KeyAlgorithm::RS256 => {
            let (n, e) = rsa_numbers(public)?;
            format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
        }
    };
    Ok(BASE64_URL_SAFE_NO_PAD.encode(&crate::secret::hash(&canonical)[..12]))
}

/// A key as it is published (RFC 7517, RFC 7518 §6.3.1, RFC 8037 §2).
pub(super) fn public_jwk(key_id: &str, algorithm: KeyAlgorithm, public: &[u8]) -> Result<Value> {
    let alg = algorithm.name();
    Ok(match algorithm {
        KeyAlgorithm::EdDSA => json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": alg, "kid": key_id,
            "x": BASE64_URL_SAFE_NO_PAD.encode(public),
        }),
        KeyAlgorithm::RS256 => {
            let (n, e) = rsa_numbers(public)?;
            json!({ "kty": "RSA", "use": "sig", "alg": alg, "kid": key_id, "n": n, "e": e })
        }
    })
}

/// Modulus and exponent, as they stand in a JWK.
fn rsa_numbers(public: &[u8]) -> Result<(String, String)> {
    let key = RsaPublicKey::from_pkcs1_der(public).context("a stored RSA key is damaged")?;
    let encode = |bytes: Vec<u8>| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Ok((encode(key.n().to_bytes_be()), encode(key.e().to_bytes_be())))
}
