//! What the answers of this API have in common.

use access::Caller;
use problem::ProblemBody;

pub(crate) use problem::Rules;
pub(crate) use web::{same_code, with_etag};

/// Errors that any operation may answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only documents the responses")]
pub(crate) enum Failures {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// No valid access token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// There is no such thing, or it is not the caller's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// The state of things does not allow it; `code` says why.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `If-Match` names an older version.
    #[response(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(ProblemBody),
    /// A rule is broken; `errors` names the fields.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// Something needed does not answer for now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// Whom idempotency keys, carts and orders belong to: the `sub` of the token.
pub(crate) fn owner_of(caller: &Caller) -> String {
    caller.subject.to_string()
}
