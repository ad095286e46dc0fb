//! Random tokens and secrets, and their hashes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Random bytes of the operating system.
pub(crate) fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// 256 random bits as 43 letters, digits, `-` and `_`.
pub(crate) fn random_secret() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// How a random secret is kept. A fast hash is enough: nobody guesses 256 random bits.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

/// Whether the secret has this hash; takes the same time whether it does or not.
pub(crate) fn matches(secret: &str, hash_at_rest: &[u8]) -> bool {
    hash(secret).ct_eq(hash_at_rest).into()
}
