//! The one error every layer returns, and its one mapping to HTTP (RFC 9457).
//!
//! A [`Problem`] says what is wrong by meaning (`not_found`, `conflict`, `invalid`, …). Clients read
//! its stable `code`; `detail` is for people. The cause of an internal problem is never shown: it is
//! logged once, with its whole chain, when the response is made.

mod constraint;
mod response;
mod rules;

use std::{borrow::Cow, fmt};

pub use constraint::ResultExt;
pub use response::{ProblemBody, Violation};
pub use rules::Rules;
use serde_json::{Map, Value};

/// Result of anything a client may be told about.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What is wrong, by meaning; decides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 400: the request cannot be read.
    BadRequest,
    /// 401: no valid credentials.
    Unauthenticated,
    /// 402: the payment was refused.
    PaymentRequired,
    /// 403: a scope is missing.
    Forbidden,
    /// 404: no such thing, or not the caller's.
    NotFound,
    /// 405: the path exists, not with this method.
    MethodNotAllowed,
    /// 406: no representation the client accepts.
    NotAcceptable,
    /// 409: the state of the thing does not allow it.
    Conflict,
    /// 410: was there, and will not come back.
    Gone,
    /// 412: `If-Match` names an older version.
    PreconditionFailed,
    /// 413: larger than the limit.
    TooLarge,
    /// 414: the address is longer than the limit.
    UriTooLong,
    /// 415: the body's media type is not read here.
    UnsupportedMediaType,
    /// 422: readable, and against a rule.
    Invalid,
    /// 428: `If-Match` is needed here.
    PreconditionRequired,
    /// 429: too many requests.
    TooManyRequests,
    /// 500: our fault.
    Internal,
    /// 502: a dependency answered nonsense.
    BadGateway,
    /// 503: a dependency or capacity is missing for now.
    Unavailable,
    /// 504: the deadline passed.
    Timeout,
}

/// An error with everything its response needs.
pub struct Problem(Box<Inner>);

struct Inner {
    kind: Kind,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    violations: Vec<Violation>,
    retry_after_seconds: Option<u64>,
    challenge: Option<Cow<'static, str>>,
    extensions: Map<String, Value>,
    cause: Option<anyhow::Error>,
}

impl Problem {
    /// A problem of this kind with a stable code and a sentence for people.
    pub fn new(
        kind: Kind,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            code: code.into(),
            detail: detail.into(),
            violations: Vec::new(),
            retry_after_seconds: None,
            challenge: None,
            extensions: Map::new(),
            cause: None,
        }))
    }

    /// 404 `not_found`: `what` names the sort of thing, e.g. "product".
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("there is no such {what}"))
    }

    /// 409 with a code of its own.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// 400: the request cannot be read.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::BadRequest, code, detail)
    }

    /// 422 for one field of the body; `pointer` is a JSON pointer such as `/lines/0/quantity`.
    pub fn invalid(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::invalid_all(vec![Violation::at(pointer, code, detail)])
    }

    /// 422 for one query or path parameter.
    pub fn invalid_parameter(name: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid_all(vec![Violation::of_parameter(name, code, detail)])
    }

    /// 422 with every broken rule of the request.
    pub fn invalid_all(violations: Vec<Violation>) -> Self {
        let mut problem = Self::new(Kind::Invalid, "invalid", "the request breaks a rule");
        problem.0.violations = violations;
        problem
    }

    /// 401: no credentials, or none that are read here.
    pub fn unauthenticated(detail: &'static str) -> Self {
        Self::new(Kind::Unauthenticated, "unauthenticated", detail)
    }

    /// 401: an access token that is of no use, or no longer (RFC 6750 §3.1).
    pub fn invalid_token(detail: &'static str) -> Self {
        let mut problem = Self::unauthenticated(detail);
        problem.0.challenge = Some("Bearer error=\"invalid_token\"".into());
        problem
    }

    /// 400: a request that carries credentials in no way that is allowed (RFC 6750 §3.1).
    pub fn invalid_request(detail: &'static str) -> Self {
        let mut problem = Self::bad_request("invalid_request", detail);
        problem.0.challenge = Some("Bearer error=\"invalid_request\"".into());
        problem
    }

    /// 403: the caller lacks this scope.
    pub fn forbidden(scope: &'static str) -> Self {
        let mut problem = Self::new(
            Kind::Forbidden,
            "insufficient_scope",
            format!("this needs the scope {scope}"),
        );
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        problem.0.challenge = Some(challenge.into());
        problem
    }

    /// 429 with the seconds to wait.
    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        Self::new(Kind::TooManyRequests, "too_many_requests", "too many requests")
            .retry_after(retry_after_seconds)
    }

    /// 503: `dependency` does not answer for now.
    pub fn unavailable(dependency: &str) -> Self {
        Self::new(
            Kind::Unavailable,
            "unavailable",
            format!("{dependency} is not available for now"),
        )
        .retry_after(1)
    }

    /// 500: the cause is logged and never shown.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(Kind::Internal, "internal", "something went wrong on our side").caused_by(cause)
    }

    /// Tells the client when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds an extension member to the body (RFC 9457 §3.2).
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.extensions.insert(member.to_owned(), value.into());
        self
    }

    /// What is wrong, by meaning.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The broken rules of a 422.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("kind", &self.0.kind)
            .field("code", &self.0.code)
            .field("detail", &self.0.detail)
            .field("violations", &self.0.violations)
            .field("cause", &self.0.cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl std::error::Error for Problem {}

impl From<sqlx::Error> for Problem {
    /// A database that does not answer, or not in time, is 503, everything else is our fault.
    fn from(error: sqlx::Error) -> Self {
        if is_out_of_reach(&error) {
            Self::unavailable("the database").caused_by(error)
        } else if is_cancelled(&error) {
            let detail = "answering took too long; ask for less at once";
            Self::new(Kind::Unavailable, "too_slow", detail).caused_by(error)
        } else {
            Self::internal(error)
        }
    }
}

/// Class 57014: the statement ran into its timeout.
fn is_cancelled(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "57014")
}

fn is_out_of_reach(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        // Class 08: connection exceptions; 57P01-57P03: shutting down or starting up;
        // 53300: too many connections.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P0") || code == "53300"
        }),
        _ => false,
    }
}
