//! Secrets at rest: sealed under the master key, so that a copy of the database alone is worth
//! nothing.

use std::fmt;

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use web::Secret;

const NONCE_LENGTH: usize = 24;

/// The key above all keys; never printed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Reads 32 bytes in base64.
    pub fn parse(text: &Secret) -> Result<Self> {
        BASE64_STANDARD
            .decode(text.expose().trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .context(
                "the variable VITRINE_MASTER_KEY must be 32 bytes in base64, as printed by \
                 `openssl rand -base64 32`",
            )
    }

    /// A key for one use, so that no two uses can be played against each other.
    fn derive(&self, purpose: &str) -> [u8; 32] {
        digest_with(&self.0, purpose, "")
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Seals and opens; cheap to clone.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    digest_key: [u8; 32],
}

impl Vault {
    /// With the keys that follow from this one.
    pub fn new(master_key: &MasterKey) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&master_key.derive("seal").into()),
            digest_key: master_key.derive("digest"),
        }
    }

    /// Encrypts; only [`open`](Self::open) with the same `place` reads it again, so that a sealed
    /// value cannot be moved to another row.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = random_bytes::<NONCE_LENGTH>();
        let payload = Payload { msg: plain, aad: place };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only messages of many gigabytes cannot be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Decrypts; `None` if it was changed, moved or sealed under another master key.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: sealed, aad: place };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// A name for something that the database need not know in clear.
    pub fn digest(&self, purpose: &str, text: &str) -> Vec<u8> {
        digest_with(&self.digest_key, purpose, text).to_vec()
    }
}

/// Random bytes of the operating system.
pub fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

fn digest_with(key: &[u8; 32], purpose: &str, text: &str) -> [u8; 32] {
    let mut hmac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(purpose.as_bytes());
    hmac.update(&[0]);
    hmac.update(text.as_bytes());
    hmac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_unchanged_and_under_its_key() {
        let vault = Vault::new(&MasterKey([1; 32]));
        let mut sealed = vault.seal(b"here", b"text");
        assert_eq!(vault.open(b"here", &sealed).as_deref(), Some(&b"text"[..]));
        assert_eq!(vault.open(b"there", &sealed), None);
        assert_eq!(Vault::new(&MasterKey([2; 32])).open(b"here", &sealed), None);
        assert_eq!(vault.open(b"here", b"short"), None);
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open(b"here", &sealed), None);
    }
}
