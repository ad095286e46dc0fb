use super::OauthError;
use crate::client::{Client, ClientKind};

/// How a token is asked for. The authorization code will join here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// A client for itself (RFC 6749 §4.4).
    ClientCredentials,
    /// The next token of a session (RFC 6749 §6).
    RefreshToken,
    /// A shopper without account.
    Anonymous,
}

impl Grant {
    pub(super) const ALL: [Self; 3] =
        [Self::ClientCredentials, Self::RefreshToken, Self::Anonymous];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
            Self::Anonymous => "urn:vitrine:grant:anonymous",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self, OauthError> {
        Self::ALL
            .into_iter()
            .find(|grant| grant.name() == name)
            .ok_or_else(OauthError::unsupported_grant_type)
    }

    /// Whether this sort of client may use it.
    pub(super) fn check_client(self, client: &Client) -> Result<(), OauthError> {
        let allowed = match self {
            Self::ClientCredentials => client.kind != ClientKind::Public,
            Self::RefreshToken => client.kind != ClientKind::Service,
            Self::Anonymous => client.kind == ClientKind::Public,
        };
        if allowed {
            return Ok(());
        }
        Err(OauthError::unauthorized_client("this client may not use this grant type"))
    }
}
