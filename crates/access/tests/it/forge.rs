//! Tokens made by hand, good and bad.

use access::{KeySource, Verifier};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use jsonwebtoken::get_current_timestamp;
use rsa::{
    RsaPrivateKey, pkcs1v15, rand_core::OsRng, signature::SignatureEncoding, traits::PublicKeyParts,
};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const ISSUER: &str = "https://shop.test";
pub(crate) const SUBJECT: &str = "01976f3e-7b1c-7a70-8a39-0f2d3c5b7e11";

/// An issuer with an Ed25519 key (`ed`) and an RSA key (`rsa`).
pub(crate) struct Forge {
    ed: SigningKey,
    rsa: RsaPrivateKey,
}

impl Forge {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            ed: SigningKey::from_bytes(&[seed; 32]),
            rsa: RsaPrivateKey::new(&mut OsRng, 2048).unwrap(),
        }
    }

    /// The published key set.
    pub(crate) fn key_set(&self) -> Value {
        let (n, e) = (self.rsa.n().to_bytes_be(), self.rsa.e().to_bytes_be());
        json!({ "keys": [self.ed_jwk(), {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": text(&n), "e": text(&e)
        }]})
    }

    pub(crate) fn ed_jwk(&self) -> Value {
        let x = text(&self.ed_public());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "ed", "x": x })
    }

    pub(crate) fn ed_public(&self) -> [u8; 32] {
        self.ed.verifying_key().to_bytes()
    }

    /// Trusts this issuer.
    pub(crate) fn verifier(&self) -> Verifier {
        web::install_tls();
        let set = KeySource::Fixed(serde_json::from_value(self.key_set()).unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Verifier::new(ISSUER, set, http)
    }

    /// Signs with the Ed25519 key, whatever the parts say.
    pub(crate) fn sign(&self, header: &str, payload: &str) -> String {
        let message = message(header, payload);
        format!("{message}.{}", text(&self.ed.sign(message.as_bytes()).to_bytes()))
    }

    /// Signs with the RSA key, whatever the parts say.
    pub(crate) fn sign_rsa(&self, header: &str, payload: &str) -> String {
        let message = message(header, payload);
        let key = pkcs1v15::SigningKey::<Sha256>::new(self.rsa.clone());
        format!("{message}.{}", text(&key.sign(message.as_bytes()).to_vec()))
    }

    /// A good token.
    pub(crate) fn good(&self) -> String {
        self.sign(&header().to_string(), &payload().to_string())
    }

    /// A good token but for this in its header; `null` leaves a member out.
    pub(crate) fn header_with(&self, name: &str, value: Value) -> String {
        self.sign(&with(header(), name, value), &payload().to_string())
    }

    /// A good token but for this claim; `null` leaves it out.
    pub(crate) fn claim(&self, name: &str, value: Value) -> String {
        self.sign(&header().to_string(), &with(payload(), name, value))
    }
}

pub(crate) fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "ed" })
}

pub(crate) fn payload() -> Value {
    json!({
        "iss": ISSUER, "aud": "vitrine", "sub": SUBJECT, "client_id": "storefront",
        "iat": now(), "exp": now() + 600, "jti": "1",
    })
}

pub(crate) fn now() -> i64 {
    get_current_timestamp().try_into().unwrap()
}

pub(crate) fn with(mut object: Value, name: &str, value: Value) -> String {
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    object.to_string()
}

pub(crate) fn message(header: &str, payload: &str) -> String {
    format!("{}.{}", text(header.as_bytes()), text(payload.as_bytes()))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
