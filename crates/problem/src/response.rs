use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Kind, Problem};

/// One broken rule of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Violation {
    /// JSON pointer (RFC 6901) to the field of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of the query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Stable code of the rule.
    #[schema(example = "too_long")]
    pub code: String,
    /// The rule in words.
    pub detail: String,
}

impl Violation {
    /// A rule broken by a field of the body.
    pub fn at(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            code: code.to_owned(),
            detail: detail.into(),
        }
    }

    /// A rule broken by a query or path parameter.
    pub fn of_parameter(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: None,
            parameter: Some(name.to_owned()),
            code: code.to_owned(),
            detail: detail.into(),
        }
    }
}

/// The body of an error response, `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Names the sort of problem; `urn:vitrine:problem:<code>`.
    #[serde(rename = "type")]
    #[schema(example = "urn:vitrine:problem:not_found")]
    pub kind: String,
    /// The status in words.
    #[schema(example = "Not Found")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What is wrong, for people.
    #[schema(example = "there is no such product")]
    pub detail: String,
    /// What is wrong, for programs; stable.
    #[schema(example = "not_found")]
    pub code: String,
    /// Every broken rule of a 422.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Violation>,
    /// Extension members of this sort of problem.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extensions: Map<String, Value>,
}

impl Problem {
    /// The HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        match self.kind() {
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Gone => StatusCode::GONE,
            Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UriTooLong => StatusCode::URI_TOO_LONG,
            Kind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Kind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::BadGateway => StatusCode::BAD_GATEWAY,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The body of the response.
    pub fn body(&self) -> ProblemBody {
        let status = self.status();
        ProblemBody {
            kind: format!("urn:vitrine:problem:{}", self.code()),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: self.detail().to_owned(),
            code: self.code().to_owned(),
            errors: self.violations().to_vec(),
            extensions: self.0.extensions.clone(),
        }
    }

    /// Writes the cause to the log, once, with its whole chain. Called where the response is made.
    pub fn log(&self) {
        let Some(cause) = &self.0.cause else { return };
        let chain: Vec<String> = cause.chain().map(ToString::to_string).collect();
        if self.kind() == Kind::Internal {
            tracing::error!(
                error.code = self.code(),
                error.chain = chain.join(": "),
                "request failed"
            );
        } else {
            tracing::warn!(
                error.code = self.code(),
                error.chain = chain.join(": "),
                "request failed"
            );
        }
    }

    /// The headers that go with the problem: `Retry-After` and `WWW-Authenticate` (RFC 6750 §3).
    pub fn add_headers(&self, headers: &mut http::HeaderMap) {
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let challenge = match (self.kind(), &self.0.challenge) {
            (_, Some(challenge)) => challenge,
            (Kind::Unauthenticated, None) => "Bearer",
            _ => return,
        };
        if let Ok(value) = HeaderValue::from_str(challenge) {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let mut response = (self.status(), axum::Json(self.body())).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        self.add_headers(response.headers_mut());
        response
    }
}
