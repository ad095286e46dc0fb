//! The keys that sign tokens, and the set that everyone checks them against.
//!
//! A key is published, then signs, then is kept until the last token it signed has expired, then is
//! deleted: by a [`schedule`](Schedule) and on command, without a request that fails. Access tokens are
//! signed with EdDSA, or RS256 if so configured; id tokens with RS256, which every client must know
//! (OpenID Connect Core §15.1).

pub(crate) mod api;
mod generate;
mod load;
mod ring;
mod rotate;
mod schedule;
pub(crate) mod store;

use std::{fmt, str::FromStr};

pub(crate) use load::{load_or_create, watch};
pub(crate) use ring::KeyRing;
pub(crate) use rotate::{rotate, withdraw};
pub(crate) use schedule::Schedule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a key signs (RFC 7518 §3.3, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[sqlx(type_name = "text")]
pub enum KeyAlgorithm {
    /// Ed25519.
    EdDSA,
    /// RSA with 2048 bits and SHA-256.
    RS256,
}

impl KeyAlgorithm {
    pub(crate) const ALL: [Self; 2] = [Self::EdDSA, Self::RS256];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or("must be EdDSA or RS256")
    }
}
