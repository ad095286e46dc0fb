use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::{Caller, Subject};

/// Claims of an access token (RFC 9068 §2.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer: the public address of `auth`.
    pub iss: String,
    /// Whom the token is for; of several, separated by spaces, those that it names.
    #[serde(deserialize_with = "read_audience")]
    pub aud: String,
    /// Who it speaks for; see [`Subject`].
    pub sub: String,
    /// The client it was issued to.
    pub client_id: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
    /// Id of the token.
    pub jti: String,
    /// Scopes, separated by spaces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// The sign-in it descends from; absent where a client speaks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// Requests a second that the client may send; absent where nothing but the installation's own
    /// limits count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<u32>,
}

impl Claims {
    /// Whether every claim that must be there says something (RFC 9068 §2.2), and nothing was issued
    /// after `latest`.
    pub(crate) fn are_complete(&self, latest: i64) -> bool {
        let texts = [&self.iss, &self.sub, &self.client_id, &self.jti];
        texts.iter().all(|text| !text.is_empty()) && (0..=latest).contains(&self.iat)
    }

    pub(crate) fn into_caller(self) -> Caller {
        Caller {
            subject: Subject::parse(&self.sub),
            client_id: self.client_id,
            scopes: self.scope.split_whitespace().map(str::to_owned).collect(),
            session_id: self.sid,
            rate_limit_per_second: self.rate_limit,
        }
    }
}

/// One audience, or several in an array (RFC 7519 §4.1.3).
fn read_audience<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(audience) => audience,
        Audience::Several(audiences) => audiences.join(" "),
    })
}
