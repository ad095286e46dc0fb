//! What the answers of this API have in common.

use problem::ProblemBody;

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
    /// A rule is broken; `errors` names the fields.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// Something needed does not answer for now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// Errors of operations on one thing that staff keep.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only documents the responses")]
pub(crate) enum Refusals {
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// The state of things does not allow it; `code` says why.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `If-Match` names an older version.
    #[response(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(ProblemBody),
}
