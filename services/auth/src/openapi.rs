//! What the operations of this service document alike.

use problem::ProblemBody;
use utoipa::{
    IntoResponses, Modify,
    openapi::{
        OpenApi,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::oauth::OauthErrorBody;

/// Adds the security scheme `client`: client id and secret.
pub(crate) struct ClientAuth;

impl Modify for ClientAuth {
    fn modify(&self, document: &mut OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Basic);
        scheme.description = Some("Client id and secret (RFC 6749 §2.3.1).".to_owned());
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("client", SecurityScheme::Http(scheme));
    }
}

/// Why a token request is refused.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum OauthErrors {
    /// `invalid_request`, `invalid_grant`, `unauthorized_client`, `unsupported_grant_type`,
    /// `invalid_scope`
    #[response(status = 400)]
    BadRequest(OauthErrorBody),
    /// `invalid_client`
    #[response(status = 401)]
    InvalidClient(OauthErrorBody),
    /// The body is larger than 64 KiB
    #[response(status = 413)]
    TooLarge(OauthErrorBody),
    /// `temporarily_unavailable`; try again after `Retry-After`
    #[response(status = 503)]
    Unavailable(OauthErrorBody),
}

/// What every operation with a token may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum Refusals {
    /// No token, or not a valid one
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// The token is of the wrong sort, or lacks a scope
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// Not available for now; try again after `Retry-After`
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// What every operation on one thing may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum Missing {
    /// There is no such thing, or it is not the caller's
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
}

/// What every write with a body may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum BadInput {
    /// The body is not JSON
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// The body is larger than 64 KiB
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is not declared as JSON
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemBody),
    /// A field breaks a rule; `errors` names it
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}

/// What every write of an existing thing may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum Stale {
    /// `If-Match` names another version
    #[response(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(ProblemBody),
}

/// What every throttled operation may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum Throttled {
    /// Too many attempts; try again after `Retry-After`
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyRequests(ProblemBody),
    /// Too many passwords are being checked; try again after `Retry-After`
    #[response(status = 503, content_type = "application/problem+json")]
    Busy(ProblemBody),
}

/// What every list may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses")]
pub(crate) enum BadQuery {
    /// A query parameter breaks a rule; `errors` names it
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}
