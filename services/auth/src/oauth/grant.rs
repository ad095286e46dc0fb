use super::OauthError;
use crate::client::{Client, ClientKind};

/// How a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// An application, for a person who signed in (OAuth 2.1 §4.1).
    AuthorizationCode,
    /// A client for itself (RFC 6749 §4.4).
    ClientCredentials,
    /// The next token of a session (RFC 6749 §6).
    RefreshToken,
    /// A shopper without account.
    Anonymous,
}

impl Grant {
    pub(super) const ALL: [Self; 4] =
        [Self::AuthorizationCode, Self::ClientCredentials, Self::RefreshToken, Self::Anonymous];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
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
        let is_application = matches!(client.kind, ClientKind::Public | ClientKind::Confidential);
        let allowed = match self {
            Self::AuthorizationCode => is_application,
            Self::ClientCredentials => !is_application,
            Self::RefreshToken => client.kind != ClientKind::Service,
            Self::Anonymous => is_application && client.first_party,
        };
        if allowed {
            return Ok(());
        }
        Err(OauthError::unauthorized_client("this client may not use this grant type"))
    }
}
