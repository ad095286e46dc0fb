use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header, request::Parts};
use problem::{Kind, Problem, Result};
use serde::Serialize;

use crate::Json;

/// The strong `ETag` of a row version (RFC 9110 §8.8.3).
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits and quotes are header text")
}

/// 200 with the thing and its version as `ETag`.
pub fn with_etag(version: i64, body: impl Serialize) -> Response {
    ([(header::ETAG, etag(version))], Json(body)).into_response()
}

/// 422 if a change would give the thing another code: a code names its thing for ever.
pub fn same_code(before: &str, after: &str) -> Result<()> {
    if before == after {
        return Ok(());
    }
    Err(Problem::invalid("/code", "immutable", "the code of a thing does not change"))
}

/// The `If-Match` header (RFC 9110 §13.1.1): a write that names the version it saw.
#[derive(Debug, Clone, Default)]
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// Any version: the thing must be there.
    pub fn any() -> Self {
        Self(Some("*".into()))
    }

    /// 412 unless the header is absent, `*`, or names the current version.
    pub fn check(&self, current_version: i64) -> Result<()> {
        let Some(header) = &self.0 else { return Ok(()) };
        let current = current_version.to_string();
        if header
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || version_of(tag) == Some(&current))
        {
            return Ok(());
        }
        Err(Problem::new(
            Kind::PreconditionFailed,
            "version_mismatch",
            "the thing was changed since the version that If-Match names",
        )
        .with("current_version", current_version))
    }

    /// 412 if the header is there: what it names is not. Also `*`, which asks for anything at all.
    pub fn check_absent(&self) -> Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        Err(Problem::new(
            Kind::PreconditionFailed,
            "version_mismatch",
            "If-Match names a version, and there is no such thing",
        ))
    }

    /// 428 if the header is absent.
    pub fn required(&self) -> Result<&Self> {
        if self.0.is_some() {
            return Ok(self);
        }
        Err(Problem::new(
            Kind::PreconditionRequired,
            "if_match_required",
            "this write needs the If-Match header with the ETag that was read",
        ))
    }
}

/// The row version in a strong tag: all of it, or what is before the digest of an answer.
fn version_of(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')?.split('.').next()
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let header = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(header.map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_tag_never_matches() {
        assert!(IfMatch(Some("W/\"3\"".into())).check(3).is_err());
        assert!(IfMatch(Some("\"2\", \"3\"".into())).check(3).is_ok());
        assert!(IfMatch(Some("\"3.x\"".into())).check(3).is_ok());
        assert!(IfMatch(Some("\"2.3\"".into())).check(3).is_err());
        assert!(IfMatch(Some("*".into())).check(3).is_ok());
        assert!(IfMatch(None).check(3).is_ok());
    }

    #[test]
    fn nothing_matches_what_is_not_there() {
        assert!(IfMatch::any().check(3).is_ok());
        assert!(IfMatch::any().check_absent().is_err());
        assert!(IfMatch(None).check_absent().is_ok());
    }
}
