//! What the answers of this API have in common.

use access::Caller;
use axum::response::{IntoResponse, Response};
use http::header;
use problem::{Problem, ProblemBody, Result, Violation};
use serde::Serialize;
use web::Json;

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

/// 200 with the thing and its version as `ETag`.
pub(crate) fn with_etag(version: i64, body: impl Serialize) -> Response {
    ([(header::ETAG, web::etag(version))], Json(body)).into_response()
}

/// Whom idempotency keys, carts and orders belong to: the `sub` of the token.
pub(crate) fn owner_of(caller: &Caller) -> String {
    caller.subject.to_string()
}

/// Broken rules of a body, collected.
#[derive(Default)]
pub(crate) struct Rules(Vec<Violation>);

impl Rules {
    /// Notes the rule as broken unless `kept`.
    pub(crate) fn check(&mut self, kept: bool, pointer: &str, code: &str, detail: &str) {
        if !kept {
            self.0.push(Violation::at(pointer, code, detail));
        }
    }

    /// A text of 1 to `max` characters without control characters.
    pub(crate) fn text(&mut self, pointer: &str, text: &str, max: usize) {
        let length = text.chars().count();
        self.check(length > 0 && !text.trim().is_empty(), pointer, "required", "must not be empty");
        let detail = format!("must be at most {max} characters");
        self.check(length <= max, pointer, "too_long", &detail);
        let plain = !text.chars().any(char::is_control);
        self.check(plain, pointer, "control_character", "must not hold control characters");
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(&mut self, pointer: &str, text: Option<&str>, max: usize) {
        if let Some(text) = text {
            self.text(pointer, text, max);
        }
    }

    /// 422 with all broken rules, if any.
    pub(crate) fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid_all(self.0)) }
    }
}

/// A code names its thing for ever.
pub(crate) fn same_code(before: &str, after: &str) -> Result<()> {
    if before == after {
        return Ok(());
    }
    Err(Problem::invalid("/code", "immutable", "the code of a thing does not change"))
}
