use serde::Serialize;
use uuid::Uuid;

/// Claims of an id token (OpenID Connect Core §2): who signed in, when and how. For the application that
/// asked, and no API.
#[derive(Serialize)]
pub(super) struct IdClaims<'a> {
    pub(super) iss: &'a str,
    pub(super) sub: &'a str,
    pub(super) aud: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<&'a str>,
    /// RFC 8176.
    pub(super) amr: &'a [String],
    pub(super) sid: Uuid,
}
