//! Answers that all operations of the management API have in common.

use serde::Serialize;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{
        OpenApi, RefOr, Response,
        path::{Operation, Parameter},
    },
};

use super::error::RefusalBody;

/// The header of a write that happens once, however often it is sent.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documentation: the extractor of writers reads it")]
pub struct RetryHeader {
    /// Chosen by the client. Sent again with the same body, the write is not done again and the first
    /// answer is repeated with `Idempotent-Replayed: true`.
    #[param(rename = "Idempotency-Key", max_length = 255)]
    idempotency_key: Option<String>,
}

/// Query parameters of bulk writes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the extractor of writers reads it")]
pub struct BulkParameters {
    /// Whether all lines are written or none. If one is refused, each of the others says 424 and why.
    #[param(default = false)]
    atomic: Option<bool>,
}

/// How a read can be refused.
#[derive(IntoResponses)]
pub enum ReadRefusals {
    /// No access token, or not a valid one.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(#[to_schema] RefusalBody),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] RefusalBody),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] RefusalBody),
    /// `Accept` does not name JSON.
    #[response(status = 406, content_type = "application/problem+json")]
    NotAcceptable(#[to_schema] RefusalBody),
    /// A parameter is not valid.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] RefusalBody),
}

/// How a write can be refused.
#[derive(IntoResponses)]
pub enum WriteRefusals {
    /// The body is not JSON.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(#[to_schema] RefusalBody),
    /// No access token, or not a valid one.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(#[to_schema] RefusalBody),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] RefusalBody),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] RefusalBody),
    /// A request with this `Idempotency-Key` is running.
    #[response(status = 409, content_type = "application/problem+json")]
    InFlight(#[to_schema] RefusalBody),
    /// `If-Match` names another version, or there is no such thing.
    #[response(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(#[to_schema] RefusalBody),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] RefusalBody),
    /// The body is of another media type.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(#[to_schema] RefusalBody),
    /// The body breaks rules; all are listed.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] RefusalBody),
}

/// The answer to a create.
#[derive(IntoResponses)]
pub enum CreatedAnswer {
    /// Created; `Location` is its address.
    #[response(status = 201)]
    Created,
}

/// The answer to an update, which may create.
#[derive(IntoResponses)]
pub enum SavedAnswer {
    /// Created; `Location` is its address.
    #[response(status = 201)]
    Created,
    /// Updated; `Location` is its address. `Vitrine-Changed: false` if it was already so.
    #[response(status = 204)]
    Updated,
}

/// One line of a bulk answer.
#[derive(Serialize, ToSchema)]
pub struct BulkAnswerLine {
    /// Number of the line, from 1.
    line: u32,
    /// Key of the thing: `code`, `identifier` or `uuid` by kind.
    code: Option<String>,
    /// 201 created, 204 updated, 424 not written since another line of an atomic request was refused,
    /// else as for a single write.
    status_code: u16,
    /// `false` if the thing was already so and nothing was written.
    changed: Option<bool>,
    /// What is wrong.
    message: Option<String>,
    /// All broken rules.
    errors: Option<Vec<super::report::Violation>>,
}

/// The header of a read.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documentation: a layer reads it")]
struct KnownHeader {
    /// `ETag` of an answer that the client has: 304 if it is still the same.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// Says of every operation of the management API what its layers do: reads that answer with JSON are
/// conditional, changes and deletions happen once for each key. And of reads that are conditional anyway, which
/// header that takes.
pub fn describe_headers(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let is_management = path.starts_with("/api/rest/");
        if let Some(read) = &mut item.get {
            let responses = &mut read.responses.responses;
            if is_management && answers_json(responses.get("200")) {
                let response = Response::new("The client has this answer, see `If-None-Match`");
                responses.insert("304".to_owned(), response.into());
            }
            if responses.contains_key("304") {
                add(read, KnownHeader::into_params(|| None));
            }
        }
        for write in [&mut item.patch, &mut item.delete].into_iter().flatten() {
            if is_management {
                add(write, RetryHeader::into_params(|| None));
            }
        }
    }
}

fn answers_json(response: Option<&RefOr<Response>>) -> bool {
    match response {
        Some(RefOr::T(response)) => response.content.contains_key("application/json"),
        Some(RefOr::Ref(_)) | None => false,
    }
}

fn add(operation: &mut Operation, given: Vec<Parameter>) {
    let parameters = operation.parameters.get_or_insert_default();
    for parameter in given {
        let is_same = |other: &RefOr<Parameter>| matches!(other, RefOr::T(other) if other.name == parameter.name);
        if !parameters.iter().any(is_same) {
            parameters.push(parameter.into());
        }
    }
}
