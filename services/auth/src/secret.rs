//! Random tokens and secrets, and their hashes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vault::random_bytes;

/// A random token that says which row it belongs to: the row's id, a UUIDv7, and 256 random bits after
/// it, as 64 letters, digits, `-` and `_`. The row keeps its [`hash`].
pub(crate) struct Token {
    pub(crate) id: Uuid,
    pub(crate) text: String,
}

impl Token {
    pub(crate) fn generate() -> Self {
        let id = Uuid::now_v7();
        let bytes = [id.as_bytes().as_slice(), &random_bytes::<32>()].concat();
        Self { id, text: BASE64_URL_SAFE_NO_PAD.encode(bytes) }
    }

    /// Reads a token that somebody sent; `None` if it is none of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 48)?;
        let id = Uuid::from_slice(&bytes[..16]).ok()?;
        Some(Self { id, text: text.to_owned() })
    }

    /// How it is kept.
    pub(crate) fn hash(&self) -> Vec<u8> {
        hash(&self.text)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_row_and_nothing_else_does() {
        let token = Token::generate();
        assert_eq!(token.text.len(), 64);
        let read = Token::parse(&token.text).unwrap();
        assert_eq!((read.id, read.hash()), (token.id, token.hash()));
        for bad in ["", "x", &token.text[1..], &format!("{}=", token.text), &"ü".repeat(32)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }
}
