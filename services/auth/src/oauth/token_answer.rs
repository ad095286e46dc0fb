use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A successful token response (RFC 6749 §5.1).
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct TokenAnswer {
    /// A JWT (RFC 9068) for every API of this installation.
    pub(crate) access_token: String,
    #[schema(example = "Bearer")]
    pub(crate) token_type: String,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    pub(crate) expires_in: i64,
    /// Opaque; exchange it for the next pair. Absent where a client speaks for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    /// Who signed in, for those who asked for `openid` (OpenID Connect Core §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// Scopes of the access token, separated by spaces; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "orders:read orders:write")]
    pub(crate) scope: Option<String>,
}

impl IntoResponse for TokenAnswer {
    fn into_response(self) -> Response {
        let mut response = web::Json(self).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}
