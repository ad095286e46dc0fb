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
