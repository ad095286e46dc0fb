//! OAuth clients: applications that people sign in with, our own services, and connections of other
//! systems.

pub(crate) mod authenticate;
pub(crate) mod seed;
mod service;
pub(crate) mod store;
mod storefront;

pub use service::ServiceClient;
pub(crate) use service::{MIN_SECRET_LENGTH, parse_service_clients};
use sqlx::FromRow;
pub(crate) use storefront::Storefront;
use types::{Code, Kind};

use crate::{secret, signing_key::KeyAlgorithm};

/// The client of first-party logins.
pub(crate) const STOREFRONT: &str = "storefront";

/// The sort of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum ClientKind {
    /// An application that runs in browsers or on phones and keeps no secret.
    Public,
    /// An application that runs on a server.
    Confidential,
    /// One of our own services.
    Service,
    /// Another system.
    Connection,
}

/// A client, as far as signing in needs it.
#[derive(FromRow)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) kind: ClientKind,
    pub(crate) label: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) secret_hash: Option<Vec<u8>>,
    pub(crate) username: Option<String>,
    pub(crate) password_hash: Option<Vec<u8>>,
    /// Of before the last rotation, as long as they are good.
    pub(crate) old_secret_hash: Option<Vec<u8>>,
    pub(crate) old_password_hash: Option<Vec<u8>>,
    /// Requests a second; `None` is the default of the installation.
    pub(crate) rate_limit_per_second: Option<i32>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) first_party: bool,
    pub(crate) id_token_algorithm: KeyAlgorithm,
}

impl Client {
    /// Whether its tokens may do all that their subject may.
    pub(crate) fn is_ours(&self) -> bool {
        match self.kind {
            ClientKind::Public | ClientKind::Confidential => self.first_party,
            ClientKind::Service | ClientKind::Connection => true,
        }
    }

    /// Requests a second that its tokens allow.
    pub(crate) fn rate_limit(&self) -> Option<u32> {
        self.rate_limit_per_second.map(i32::unsigned_abs)
    }

    /// Whether this is its secret.
    pub(crate) fn has_secret(&self, text: &str) -> bool {
        let hashes = [&self.secret_hash, &self.old_secret_hash];
        hashes.into_iter().flatten().any(|hash| secret::matches(text, hash))
    }

    /// Whether this is its password.
    pub(crate) fn has_password(&self, text: &str) -> bool {
        let hashes = [&self.password_hash, &self.old_password_hash];
        hashes.into_iter().flatten().any(|hash| secret::matches(text, hash))
    }
}

/// What a client is called in requests; chosen by us.
pub(crate) type ClientId = Code<ClientIdKind>;

/// The grammar of [`ClientId`].
pub(crate) enum ClientIdKind {}

impl Kind for ClientIdKind {
    const NAME: &'static str = "ClientId";
    const RULE: &'static str = "must be 1 to 100 letters, digits, hyphens or underscores";
    const EXAMPLE: &'static str = "7_Xk3uPq0aZsRt5vWy";
    fn is_valid(text: &str) -> bool {
        let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=100).contains(&text.len()) && text.bytes().all(is_part)
    }
}
