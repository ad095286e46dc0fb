//! OAuth clients: applications that people sign in with, our own services, and connections of other
//! systems.

pub(crate) mod authenticate;
pub(crate) mod seed;
pub(crate) mod store;

use access::scope::{
    CatalogRead, EventsRead, Internal, OrdersRead, PaymentsRead, PaymentsWrite,
    RecommendationsRead, Scope, StockRead,
};
use anyhow::{Context, Result, ensure};
use sqlx::FromRow;
use types::{Code, Kind};
use web::Secret;

use crate::signing_key::KeyAlgorithm;

/// The client of first-party logins.
pub(crate) const STOREFRONT: &str = "storefront";

/// What each of our own services may do: call `/internal`, read what the others manage, and take
/// payments (the order service). One list for all: they trust each other's `/internal` anyway.
pub(crate) const SERVICE_SCOPES: &[&str] = &[
    CatalogRead::NAME,
    EventsRead::NAME,
    Internal::NAME,
    OrdersRead::NAME,
    PaymentsRead::NAME,
    PaymentsWrite::NAME,
    RecommendationsRead::NAME,
    StockRead::NAME,
];

/// Fewest characters of a service's secret: SHA-256 protects only what cannot be guessed.
const MIN_SECRET_LENGTH: usize = 32;

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

/// One of our own services and its secret.
#[derive(Debug, Clone)]
pub struct ServiceClient {
    /// Its client id, `service-<name>`.
    pub client_id: String,
    /// Its secret.
    pub secret: Secret,
}

/// Reads `service-order:<secret>,service-catalog:<secret>`; lines work as well as commas.
pub(crate) fn parse_service_clients(list: &Secret) -> Result<Vec<ServiceClient>> {
    list.expose()
        .split([',', '\n'])
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(parse_service_client)
        .collect()
}

fn parse_service_client(entry: &str) -> Result<ServiceClient> {
    let (client_id, secret) = entry
        .split_once(':')
        .context("the variable VITRINE_SERVICE_CLIENTS must be like service-order:<secret>,…")?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    ensure!(
        client_id.len() <= 50 && client_id.strip_prefix("service-").is_some_and(is_name),
        "the variable VITRINE_SERVICE_CLIENTS has a client id that is not service-<name>"
    );
    ensure!(
        secret.len() >= MIN_SECRET_LENGTH,
        "the variable VITRINE_SERVICE_CLIENTS has a secret of {client_id} with fewer than \
         {MIN_SECRET_LENGTH} characters"
    );
    Ok(ServiceClient { client_id: client_id.to_owned(), secret: Secret::new(secret) })
}
