//! Extractors that answer bad input with our error body, naming the field and the rule.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Request, rejection::BytesRejection,
    },
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use problem::{Kind, Problem, Violation};
use serde::{Serialize, de::DeserializeOwned};

/// A JSON body, in and out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "unsupported_media_type",
                "the body must be application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(body_problem)?;
        parse_json(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    /// Without a `Content-Type` there is no body; one that is not JSON is refused all the same.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads JSON; 400 if it is none, 422 naming the field if it is not what is asked for.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = json_pointer(error.path());
        let inner = error.into_inner();
        if inner.classify() == serde_json::error::Category::Data {
            Problem::invalid(pointer, "invalid_value", strip_position(&inner.to_string()))
        } else {
            Problem::bad_request("invalid_json", format!("the body is not JSON: {inner}"))
        }
    })?;
    deserializer.end().map_err(|error| {
        Problem::bad_request("invalid_json", format!("the body is not JSON: {error}"))
    })?;
    Ok(value)
}

fn body_problem(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Kind::TooLarge, "body_too_large", "the body is larger than allowed here")
    } else {
        Problem::bad_request("unreadable_body", "the body could not be read to its end")
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn json_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// serde_json appends " at line 1 column 2", which says nothing to a program's author.
fn strip_position(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(text, _)| text).to_owned()
}

/// Query parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    #[expect(clippy::disallowed_types, reason = "this is what stands in for it")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(parameter_problem(rejection.body_text())),
        }
    }
}

fn parameter_problem(text: String) -> Problem {
    // "Failed to deserialize query string: limit: invalid digit found in string"
    let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    let violation = match text.split_once(": ") {
        Some((name, rule)) => Violation::of_parameter(name, "invalid_value", rule),
        None => Violation::of_parameter("query", "invalid_value", text),
    };
    Problem::invalid_all(vec![violation])
}

/// Path parameters. One that does not parse names nothing that exists: 404.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    #[expect(clippy::disallowed_types, reason = "this is what stands in for it")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found("thing with this id")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Body {
        #[expect(dead_code, reason = "only its type matters")]
        lines: Vec<Line>,
    }

    #[test]
    fn a_bad_field_is_named_by_its_pointer() {
        let problem =
            parse_json::<Body>(br#"{"lines":[{"quantity":1},{"quantity":-1}]}"#).unwrap_err();
        assert_eq!(problem.violations()[0].pointer.as_deref(), Some("/lines/1/quantity"));
    }

    #[test]
    fn what_is_not_json_is_a_bad_request() {
        for bad in [&b""[..], b"{", b"{\"lines\":[]} x"] {
            let problem = parse_json::<Body>(bad).unwrap_err();
            assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        }
    }
}
