use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use problem::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of a refused token request (RFC 6749 §5.2).
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct OauthErrorBody {
    /// `invalid_request`, `invalid_client`, `invalid_grant`, `unauthorized_client`,
    /// `unsupported_grant_type`, `invalid_scope`, `temporarily_unavailable` or `server_error`.
    #[schema(example = "invalid_grant")]
    pub(crate) error: Cow<'static, str>,
    /// What is wrong, for developers.
    pub(crate) error_description: Cow<'static, str>,
}

/// Why a token request is refused.
#[derive(Debug)]
pub(crate) struct OauthError {
    status: StatusCode,
    code: &'static str,
    description: Cow<'static, str>,
    /// The client tried Basic and must be told to try it again (RFC 6749 §5.2).
    challenge: bool,
    cause: Option<Problem>,
}

impl OauthError {
    fn new(code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            description: description.into(),
            challenge: false,
            cause: None,
        }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new("invalid_request", description)
    }

    /// 413: nobody needs so long a request.
    pub(crate) fn too_large() -> Self {
        let error = Self::invalid_request("the body is larger than allowed here");
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..error }
    }

    /// 401: unknown client or wrong secret.
    pub(crate) fn invalid_client(used_basic: bool) -> Self {
        let error = Self::new("invalid_client", "the client is unknown or its secret is wrong");
        Self { status: StatusCode::UNAUTHORIZED, challenge: used_basic, ..error }
    }

    /// 400: the refresh token is of no use (any more).
    pub(crate) fn invalid_grant() -> Self {
        Self::new("invalid_grant", "the refresh token is invalid, expired, revoked or used before")
    }

    /// 400: the code is of no use (any more), or not for whoever sends it.
    pub(crate) fn invalid_code() -> Self {
        Self::new(
            "invalid_grant",
            "the code is invalid, expired or used before, or redirect_uri or code_verifier is not its own",
        )
    }

    /// 400: this client may not do this.
    pub(crate) fn unauthorized_client(description: &'static str) -> Self {
        Self::new("unauthorized_client", description)
    }

    /// 400: no such grant here.
    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new("unsupported_grant_type", "this grant type is not offered here")
    }

    /// 400: more scopes than there are to give.
    pub(crate) fn invalid_scope() -> Self {
        Self::new("invalid_scope", "a scope is unknown or more than may be given")
    }

    /// 400: this token cannot be revoked (RFC 7009 §2.2.1).
    pub(crate) fn unsupported_token_type() -> Self {
        Self::new(
            "unsupported_token_type",
            "this access token ends by itself and cannot be revoked",
        )
    }

    /// The problem beneath, where the fault is ours.
    pub(crate) fn into_cause(self) -> Option<Problem> {
        self.cause
    }
}

impl From<Problem> for OauthError {
    fn from(problem: Problem) -> Self {
        let (status, code, description) = match problem.kind() {
            Kind::Unavailable | Kind::Timeout => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "not available for now, try again",
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "something went wrong on our side",
            ),
        };
        Self { status, cause: Some(problem), ..Self::new(code, description) }
    }
}

impl From<sqlx::Error> for OauthError {
    fn from(error: sqlx::Error) -> Self {
        Problem::from(error).into()
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let body = OauthErrorBody { error: self.code.into(), error_description: self.description };
        let mut response = (self.status, web::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(problem) = self.cause {
            problem.log();
            problem.add_headers(headers);
        }
        if self.challenge {
            let challenge = HeaderValue::from_static("Basic realm=\"vitrine\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
