//! How the management API refuses: `application/problem+json` that also carries the members its
//! clients know, in one of three shapes: broken rules, a body that is not as documented, plain.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use problem::{Kind, Problem};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::report::Report;

/// Result of anything the management API may refuse.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// Where the expected format is documented.
pub const DOCUMENTATION: &str = "/docs";

const LOST_RACE: &str = "write_conflict";

/// A refusal with everything its answer needs.
#[derive(Debug)]
pub struct Refusal(Box<Shape>);

#[derive(Debug)]
enum Shape {
    Plain { status: StatusCode, slug: &'static str, message: String, documented: bool },
    Rules(Report),
    Problem { problem: Problem, message: Option<String> },
}

impl Refusal {
    /// A status with a sentence; `slug` is the stable name of the problem.
    pub fn new(status: StatusCode, slug: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Shape::Plain { status, slug, message: message.into(), documented: false }))
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 400: the body is not a JSON object.
    pub fn not_json() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_json", "Invalid json message received")
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 413.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// 422 in plain shape: pagination and search parameters.
    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_parameter", message)
    }

    /// 422 with a link to the documentation.
    pub fn documented(message: impl Into<String>) -> Self {
        Self(Box::new(Shape::Plain {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            slug: "invalid_format",
            message: message.into(),
            documented: true,
        }))
    }

    /// A problem of the house, told in the words this API's clients know.
    pub fn worded(problem: Problem, message: impl Into<String>) -> Self {
        Self(Box::new(Shape::Problem { problem, message: Some(message.into()) }))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Shape::Plain { status, .. } => *status,
            Shape::Rules(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Shape::Problem { problem, .. } => problem.status(),
        }
    }

    /// Whether the refusal is about us and not about what the client sent.
    pub fn is_ours(&self) -> bool {
        self.status().is_server_error()
    }

    /// Whether the database ended the transaction in favour of another one.
    pub fn is_lost_race(&self) -> bool {
        matches!(&*self.0, Shape::Problem { problem, .. } if problem.code() == LOST_RACE)
    }

    /// `message`, `errors` and `_links`: what a line of a bulk answer holds.
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("message".into(), self.message().into());
        if let Shape::Rules(report) = &*self.0 {
            members.insert("errors".into(), json!(report.violations()));
        }
        if self.is_documented() {
            members.insert("_links".into(), json!({"documentation": {"href": DOCUMENTATION}}));
        }
        members
    }

    /// What is wrong, for people.
    pub fn message(&self) -> String {
        match &*self.0 {
            Shape::Plain { message, .. } => message.clone(),
            Shape::Rules(report) => report.message().to_owned(),
            Shape::Problem { problem, message } => {
                message.clone().unwrap_or_else(|| problem.detail().to_owned())
            }
        }
    }

    fn is_documented(&self) -> bool {
        match &*self.0 {
            Shape::Plain { documented, .. } => *documented,
            Shape::Rules(report) => report.is_documented(),
            Shape::Problem { .. } => false,
        }
    }

    fn slug(&self) -> &str {
        match &*self.0 {
            Shape::Plain { slug, .. } => slug,
            Shape::Rules(report) if report.is_documented() => "invalid_format",
            Shape::Rules(_) => "validation_failed",
            Shape::Problem { problem, .. } => problem.code(),
        }
    }
}

impl From<Report> for Refusal {
    fn from(report: Report) -> Self {
        Self(Box::new(Shape::Rules(report)))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(Shape::Problem { problem, message: None }))
    }
}

impl From<sqlx::Error> for Refusal {
    /// Rules that the database enforces are the client's to keep; a lost race is to be tried again.
    fn from(error: sqlx::Error) -> Self {
        let broken = error.as_database_error();
        let code = broken.and_then(|error| error.code());
        let constraint = broken.and_then(|error| error.constraint()).unwrap_or_default();
        match code.as_deref() {
            Some("23505") => broken_key(constraint),
            Some("23503") => {
                broken_rule("code", "It needs something that is not there, or something needs it.")
            }
            Some("23514") => broken_rule("code", "A value is out of its range."),
            Some("22P05" | "22021") => broken_rule("code", "The character U+0000 is not allowed."),
            Some("40P01" | "40001") => {
                Problem::new(Kind::Unavailable, LOST_RACE, "other writes were in the way")
                    .retry_after(1)
                    .caused_by(error)
                    .into()
            }
            _ => Problem::from(error).into(),
        }
    }
}

/// What was free when it was looked up, and taken by somebody else before it was written.
fn broken_key(constraint: &str) -> Refusal {
    match constraint {
        "product_identifier_key" => {
            broken_rule("identifier", "The identifier is already used for another product.")
        }
        "product_axis_values_key" | "product_model_axis_values_key" => broken_rule(
            "attribute",
            "Cannot set these values for the attribute axes, as another sibling entity already has them",
        ),
        "product_unique_value_pkey" => {
            broken_rule("values", "A unique value is already set on another product.")
        }
        _ => broken_rule("code", "This value is already used."),
    }
}

fn broken_rule(property: &str, rule: &str) -> Refusal {
    let mut report = Report::default();
    report.rule(property, rule);
    report.into()
}

/// 405 where a path takes other methods only: `GET, POST`.
pub fn refuse_method(method: &Method, path: &str, allowed: &str) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("No route found for \"{method} {path}\": Method Not Allowed (Allow: {allowed})"),
    )
}

/// Body of a refusal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ManagementProblem)]
pub struct RefusalBody {
    /// Names the sort of problem; `urn:vitrine:problem:<name>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:vitrine:problem:validation_failed")]
    kind: String,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// The HTTP status, where clients of this API look for it.
    #[schema(example = 422)]
    code: u16,
    /// What is wrong, for people.
    #[schema(example = "Validation failed.")]
    detail: String,
    /// `message`, `errors: [{property, message, attribute?, locale?, scope?}]` and `_links`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    members: Map<String, Value>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = RefusalBody {
            kind: format!("urn:vitrine:problem:{}", self.slug()),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: status.as_u16(),
            detail: self.message(),
            members: self.members(),
        };
        let mut response = (status, web::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Shape::Problem { problem, .. } = &*self.0 {
            problem.log();
            problem.add_headers(headers);
        }
        response
    }
}
