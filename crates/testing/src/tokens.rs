use access::{Claims, KeySource, Verifier};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use uuid::Uuid;

/// Issuer of test tokens.
pub const ISSUER: &str = "http://vitrine.test";
const KEY_ID: &str = "test";

/// Issues access tokens that its [`verifier`](Self::verifier) accepts.
pub struct Tokens {
    key: SigningKey,
}

impl Default for Tokens {
    fn default() -> Self {
        Self::new()
    }
}

impl Tokens {
    /// With a key of its own.
    pub fn new() -> Self {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        seed[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        Self { key: SigningKey::from_bytes(&seed) }
    }

    /// Accepts the tokens issued here and no others.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(ISSUER, KeySource::Fixed(self.key_set()), contracts::http_client())
    }

    /// A token of ten minutes for this `sub` with these scopes.
    pub fn issue(&self, sub: &str, scopes: &[&str]) -> String {
        self.sign(sub, scopes, None)
    }

    fn sign(&self, sub: &str, scopes: &[&str], rate_limit: Option<u32>) -> String {
        let now = chrono::Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: Verifier::AUDIENCE.to_owned(),
            sub: sub.to_owned(),
            client_id: "test".to_owned(),
            iat: now,
            exp: now + 600,
            jti: Uuid::now_v7().to_string(),
            scope: scopes.join(" "),
            sid: None,
            rate_limit,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KEY_ID.to_owned());
        let der = self.key.to_pkcs8_der().expect("an Ed25519 key has a PKCS #8 form");
        encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes()))
            .expect("plain claims can be signed")
    }

    /// A shopper without account.
    pub fn anonymous(&self) -> String {
        self.issue(&format!("anon:{}", Uuid::now_v7()), &[])
    }

    /// A new registered customer.
    pub fn customer(&self) -> String {
        self.issue(&Uuid::now_v7().to_string(), &[])
    }

    /// A member of staff with these scopes.
    pub fn staff(&self, scopes: &[&str]) -> String {
        self.issue(&format!("staff:{}", Uuid::now_v7()), scopes)
    }

    /// Another of our services.
    pub fn service(&self, name: &str) -> String {
        self.issue(&format!("service-{name}"), &["internal", "payments:read", "payments:write"])
    }

    /// A connection with this client id, which may send so many requests a second.
    pub fn connection(&self, client_id: &str, rate_limit: Option<u32>) -> String {
        self.sign(client_id, &["catalog:read"], rate_limit)
    }

    /// The key set that `auth` would publish.
    pub fn key_set(&self) -> jsonwebtoken::jwk::JwkSet {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes());
        serde_json::from_value(serde_json::json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": KEY_ID, "x": x
        }]}))
        .expect("this is a key set")
    }
}
